import type { Fixture } from '../generators/case.ts';
import type { Configuration } from '../specs/configuration.ts';
import type { Result } from '../specs/report.ts';
import type { Requirement, Technique } from '../specs/requirement.ts';
import { checkStatus } from './checks.ts';
import { type Draft, drafts } from './drafts.ts';
import { isAccepted, isSilence } from './exchange.ts';
import { FindingBook } from './findings.ts';
import { type Judge, mayBeAccepted, type Settled } from './judge.ts';
import type { Results } from './results.ts';
import { shrink } from './shrink.ts';

/** What a technique needs to play requirements. */
export interface PlayContext {
  readonly judge: Judge;
  readonly results: Results;
  readonly limits: Configuration['limits'];
  readonly seed: number;
  /** Generated cases for each property. */
  readonly runs: number;
}

/** Rebuilds that a run needs for controls and situations, and the groups of rows that share what is left. */
const reservedRebuilds = 32;
const groupsOfAcceptances = 11;

/** What the cases of one stimulus have shown so far. */
interface Tally {
  cases: number;
  accepted: number;
  /** A case got no answer: the others would only wait as long. */
  silent: boolean;
  cut: Result['cut_by'] | undefined;
  /** Why the first case that could not be judged was not. */
  reason: Exclude<Settled, { judged: unknown }> | undefined;
  readonly books: ReadonlyMap<Requirement, FindingBook>;
  /** Milliseconds that the run had waited for pools before the generated cases. */
  waitedBefore: number;
  /** The first failing case of each requirement, by its place. */
  readonly failing: Map<Requirement, number>;
}

/** Plays the cases of rows that share a stimulus, several at once where the pool allows it, and shrinks what fails. */
export async function playCases(
  context: PlayContext,
  rows: readonly [Requirement, ...Requirement[]],
  fixture: Fixture,
  technique: Technique,
): Promise<void> {
  const { judge, limits, seed, runs } = context;
  const [first] = rows;
  const { fixed, random } = drafts(first, fixture, seed, runs);
  const all = [...fixed, ...random];
  const tally: Tally = {
    cases: 0,
    accepted: 0,
    silent: false,
    cut: undefined,
    reason: undefined,
    books: new Map(rows.map((row) => [row, new FindingBook()])),
    failing: new Map(),
    waitedBefore: 0,
  };
  const isSerial =
    (wantsAcceptance(first) && limits.rebuilds !== undefined) || (mayBeAccepted(first) && judge.goesBusy);
  const workers = isSerial ? 1 : limits.concurrency;
  const play = async (from: number, to: number): Promise<void> => {
    let next = from;
    const work = async (): Promise<void> => {
      while (next < to) {
        const index = next;
        next += 1;
        await playOne(context, rows, all[index], index, index < fixed.length, tally);
      }
    };
    await Promise.all(Array.from({ length: workers }, work));
  };
  await play(0, fixed.length);
  tally.waitedBefore = judge.waited;
  // Where requests are plenty, one goes behind the fixed cases of each kind: has any of them started something?
  if (runs > 0 && !wantsAcceptance(first)) {
    await judge.keepVigil(true);
    if (random.length > 0) await judge.settleDown();
  }
  await play(fixed.length, all.length);
  for (const [row, index] of tally.failing) await shrink(context, row, rows, fixture, index, tally.books.get(row));
  for (const row of rows) conclude(context.results, row, technique, tally, all.length === 0);
}

/** Whether the cases of a row are there to be accepted. */
export function wantsAcceptance({ send }: Requirement): boolean {
  return send.kind === 'valid body' || send.kind === 'billed image';
}

async function playOne(
  { judge, limits, runs }: PlayContext,
  rows: readonly [Requirement, ...Requirement[]],
  draft: Draft | undefined,
  index: number,
  isFixed: boolean,
  tally: Tally,
): Promise<void> {
  if (draft === undefined || tally.silent) return;
  if (wantsAcceptance(rows[0])) {
    if (judge.session.exhausted || tally.accepted >= quota(limits.rebuilds, rows[0])) tally.cut = 'rebuilds';
    else if (judge.waitedTooLong(isFixed ? 'fixed' : 'generated') && tally.cases > 0) tally.cut = 'ready_wait';
    else if (!isFixed && judge.waited - tally.waitedBefore > limits.ready_wait) tally.cut = 'ready_wait';
    if (tally.cut !== undefined) return;
  }
  // Among acceptances, which make the pool busy, what a rejection started is seen only right behind it.
  const isMixed = runs > 0 && judge.goesBusy && mayBeAccepted(rows[0]) && !wantsAcceptance(rows[0]);
  if (isMixed) await judge.settleDown();
  const settled = await judge.settle(draft, rows);
  if (!('judged' in settled)) {
    tally.reason ??= settled;
    return;
  }
  const { judged } = settled;
  tally.cases += 1;
  if (isAccepted(judged)) tally.accepted += 1;
  if (isSilence(judged.result)) tally.silent = true;
  if (isMixed && !isAccepted(judged)) await judge.keepVigil(true);
  for (const row of rows) {
    const flaw = checkStatus(judged, row.expect.statuses, row.send.kind);
    if (flaw === undefined) continue;
    let [failed, sent] = [1, 1];
    if (!tally.failing.has(row)) {
      tally.failing.set(row, index);
      if (wantsAcceptance(row)) await judge.checkControl();
      // The first failing case of a requirement is sent once more.
      if (!tally.silent) {
        const again = await judge.settle(draft, rows);
        sent += 1;
        if ('judged' in again && checkStatus(again.judged, row.expect.statuses, row.send.kind)) failed += 1;
      }
    }
    tally.books.get(row)?.add('status', flaw, judged, failed, sent);
  }
}

/** Acceptances that one stimulus may use: what cannot be divided goes to the combinations of fields. */
function quota(rebuilds: number | undefined, { send }: Requirement): number {
  if (rebuilds === undefined) return Number.POSITIVE_INFINITY;
  const free = rebuilds - reservedRebuilds;
  const share = Math.max(1, Math.floor(free / groupsOfAcceptances));
  const isFirst = send.kind === 'valid body' && send.vary === 'combinations';
  return isFirst ? Math.max(share, free - share * (groupsOfAcceptances - 1)) : share;
}

function conclude(
  results: Results,
  row: Requirement,
  technique: Technique,
  { books, cases, accepted, cut, reason }: Tally,
  isEmpty: boolean,
): void {
  const book = books.get(row) ?? new FindingBook();
  const grounds = { book, cases, accepted, rejected: cases - accepted, ...(cut === undefined ? {} : { cut_by: cut }) };
  const untested = (why: string) => results.put(row, technique, 'untested', { ...grounds, reason: why });
  if (book.size > 0) results.put(row, technique, 'fail', grounds);
  else if (isEmpty) untested('this credential has no such form');
  else if (cases === 0 && cut !== undefined) untested(`the limit on ${cut} is reached`);
  else if (reason !== undefined && 'error' in reason)
    results.put(row, technique, 'error', { ...grounds, reason: reason.error });
  else if (reason !== undefined && cases === 0) untested(reason.untested);
  else results.put(row, technique, 'pass', grounds);
}
