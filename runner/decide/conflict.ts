import type { Requirement } from '../../specs/requirement.ts';
import { requirement } from '../../specs/requirements.ts';
import { type Core, fewRebuilds } from './core.ts';
import { isAccepted, type Observation, outcomeOf } from './observation.ts';
import { type Procedure, type Sending, wait } from './procedure.ts';
import { acceptedControl, ask, askUntilReady, lockPatienceOf, makeReady, restFor } from './readiness.ts';
import { isDisturbed, kindOf, settle } from './settle.ts';
import { inPath, poolOf } from './target.ts';

/** Milliseconds after which an effect counts as late. */
export const lateness = 400;
/** Searches that find nothing, after which the target is taken for one that is busy by itself now and then. */
export const mostFruitless = 3;
/** Rejections that start something, after which no more of them are looked for. */
const enoughFound = 2;
/** Milliseconds of searches, all in all, after which none is begun: at least, and times as long as a pool takes to be ready. */
const longestSearch = 8_000;
const searchFactor = 20;
/** Milliseconds for which an effect is looked for as late as it was seen. */
const longestLag = 5_000;
/** Milliseconds between two controls, pair by pair, that show whether a target goes busy now and then, or late. */
const pairs = [0, 0, 0, 60, 200, 600] as const;
/**
 * With the rejections, which must be followed by a refusal, or without, by an acceptance: in no order that comes again, for
 * a pool may be busy after each second acceptance, or each third.
 */
export const turns = [true, false, false, true, true, false] as const;
/** The same where rejections are looked for behind on several pools, each of which may be busy by chance. */
export const turnsOfSeveral = [...turns, true, false, false, true] as const;
/** How often a refused control is tried before it counts as lost, and milliseconds between. */
const controlTries = 3;
const controlPause = 250;

const row: Requirement = requirement('state/rejected-request-starts-nothing');

/** The control was accepted, and is refused now, whatever was tried: no rejection says anything any more. */
export class ControlLost extends Error {
  override readonly name = 'ControlLost';
  readonly control: Observation;

  constructor(control: Observation) {
    super(`The control was accepted before, and is answered with ${outcomeOf(control)} now.`);
    this.control = control;
  }
}

/** Looks whether the control is still accepted. Throws ControlLost when it is not, and not for a busy pool. */
export function* checkControl(core: Core): Procedure<void> {
  let last: Observation | undefined;
  for (let attempt = 0; attempt < controlTries; attempt += 1) {
    if (core.room < 1) return;
    if (attempt > 0) core.target.now = yield* wait(attempt * controlPause, 'the control was refused');
    if (attempt > 0 && core.target.hasHandler) yield* core.state('pool is ready', true);
    last = yield* acceptedControl(core);
    if (last === undefined || isAccepted(last) || core.target.saysBusy(last) || isDisturbed(last)) return;
  }
  if (last !== undefined) throw new ControlLost(last);
}

/** What was rejected lately, and may have started something. */
export interface Suspicion {
  /** The valid request that was refused behind them. */
  readonly refused: Observation;
  /** Between the latest accepted valid request and the one that was refused. */
  readonly latest: readonly Sending[];
  /** In the rounds before, for effects that come late. */
  readonly earlier: readonly Sending[];
}

/**
 * A valid request got 409 behind rejected ones, though the pool had rested. Finds the rejection that starts something:
 * it is followed by a refusal, and as long and longer a rest without it by an acceptance, by turns, for a pool may be busy by chance.
 */
export function* findStarter(core: Core, suspicion: Suspicion): Procedure<void> {
  const { target } = core;
  const { latest, earlier } = suspicion;
  const enough = core.options.pools.length > 1 || target.isSlow ? 1 : enoughFound;
  const isEnough = core.fruitless >= mostFruitless || core.ledger.causes(row).length >= enough;
  const patience = Math.max(longestSearch, searchFactor * target.readyIn);
  if (isEnough || core.searched > patience || latest.length + earlier.length === 0) return;
  const started = target.now;
  const before = core.ledger.causes(row).length;
  const isExplained = yield* search(core, suspicion);
  core.searched += target.now - started;
  // Why a valid request was refused was not found out, and few rebuilds are left to: nobody knows whether the row holds.
  // One of several pools may have been made busy from another, whatever explains it.
  const isOpen = core.ledger.causes(row).length === before && !(isExplained && core.options.pools.length === 1);
  if (isOpen && core.room < fewRebuilds) leaveCut(core);
}

function leaveCut({ ledger }: Core): void {
  const tally = ledger.tally(row);
  tally.isUnproved = true;
  tally.cut ??= 'rebuilds';
}

/** Whether it was found out why the valid request was refused. */
function* search(core: Core, suspicion: Suspicion): Procedure<boolean> {
  const base = yield* restThatSuffices(core);
  if (base === undefined) return false;
  if (!core.target.goesBusy && (yield* goesBusyAfterAll(core))) return true;
  for (const [suspects, way] of waysOf(core, suspicion, base)) {
    if (suspects.length === 0 || (yield* provoke(core, suspects, way)).refused === undefined) continue;
    const group = yield* halve(core, suspects, way);
    const proof = yield* prove(core, group, way);
    if (proof === undefined) continue;
    tell(core, group, proof, way);
    return true;
  }
  core.fruitless += 1;
  return false;
}

/** How rejections are looked behind. */
interface Way {
  /** Milliseconds between the last of some rejections and the control. */
  readonly delay: (group: readonly Sending[]) => number;
  /** So many times the usual rest. */
  readonly base: number;
  /** The pools that the rejections and the control are sent to, where the configuration names several. */
  readonly pools: { readonly from: string; readonly to: string } | undefined;
}

/** At once, late, and as it was when the control was refused; at its own pool, and behind rejections at each other one. */
function waysOf(
  core: Core,
  { refused, latest, earlier }: Suspicion,
  base: number,
): readonly (readonly [readonly Sending[], Way])[] {
  const all = [...earlier, ...latest];
  const ends = new Map(all.map((sending) => [sending, core.latestOf(sending)?.ended]));
  const asItWas = (group: readonly Sending[]): number => {
    const last = group.at(-1);
    const lag = refused.started - ((last === undefined ? undefined : ends.get(last)) ?? refused.started);
    return Math.max(0, Math.min(longestLag, lag));
  };
  const to = poolOf(refused.sending.case.request.path);
  const named = namedPools(core);
  const own = named.includes(to) ? { from: to, to } : undefined;
  const others = own === undefined ? [] : named.filter((pool) => pool !== to);
  const way = (delay: Way['delay'], pools: Way['pools']): Way => ({ delay, base, pools });
  return [
    [latest, way(() => 0, own)],
    [latest, way(asItWas, own)],
    [all, way(() => lateness, own)],
    ...others.flatMap((from): (readonly [readonly Sending[], Way])[] => [
      [all, way(() => 0, { from, to })],
      [all, way(() => lateness, { from, to })],
    ]),
  ];
}

/** The pools as requests name them; none where a handler gives them, or there is but one. */
function namedPools({ options: { hasHandler, pools } }: Core): readonly string[] {
  return hasHandler || pools.length < 2 ? [] : pools.map(inPath);
}

/** A refusal behind the rejections, and how often it came: each time, and never without them. */
interface Proof {
  readonly refused: Observation;
  readonly times: number;
}

function* prove(core: Core, group: readonly Sending[], way: Way): Procedure<Proof | undefined> {
  let proof: Proof | undefined;
  let longest = 0;
  let without = 0;
  for (const isWith of core.options.pools.length > 1 ? turnsOfSeveral : turns) {
    if (core.room <= 1) return undefined;
    if (isWith) {
      const { refused, took } = yield* provoke(core, group, way);
      if (refused === undefined) return undefined;
      longest = Math.max(longest, took);
      proof = { refused, times: (proof?.times ?? 0) + 1 };
      continue;
    }
    // Each time a longer one: what began with the acceptance before, and came late, would show in one of them.
    const { isAccepted: isReady } = yield* provoke(core, [], way, longest * (1 + without / 2));
    if (!isReady) return undefined;
    without += 1;
  }
  return proof;
}

function tell(core: Core, group: readonly Sending[], { refused, times }: Proof, { delay, pools }: Way): void {
  const last = group.at(-1);
  const example = last === undefined ? undefined : core.latestOf(last);
  const ms = Math.round(delay(group));
  const when = ms === 0 ? 'right after' : `${ms} ms after`;
  const elsewhere = pools !== undefined && pools.from !== pools.to;
  const what = group.length === 1 ? 'the rejected request' : `these ${group.length} rejected requests`;
  const flaw = {
    expected: `a valid request ${elsewhere ? 'to another pool ' : ''}is accepted ${when} ${what}`,
    actual: `${outcomeOf(refused)}${core.target.saysBusy(refused) ? ': the pool is busy' : ''}`,
  };
  core.ledger.add({ row, check: 'starts nothing', flaw, before: group.slice(0, -1) }, example ?? refused, times, times);
  for (const sending of group) core.starting.add(kindOf(sending));
}

/** How the control fared behind rejections; neither accepted nor refused: that says nothing. */
interface Provoked {
  readonly isAccepted: boolean;
  readonly refused: Observation | undefined;
  /** Milliseconds to the control, from the rest or, where none is needed, from the acceptance before. */
  readonly took: number;
}

/** Sends rejections to a rested pool, then the control. Without any it waits for so many milliseconds in their place. */
function* provoke(core: Core, suspects: readonly Sending[], way: Way, pause = 0): Procedure<Provoked> {
  const nothing: Provoked = { isAccepted: false, refused: undefined, took: 0 };
  if (core.room < 1) return nothing;
  const { base, pools } = way;
  const delay = way.delay(suspects);
  const elsewhere = pools !== undefined && pools.from !== pools.to;
  if (pools !== undefined) yield* turnTo(core, pools.to);
  if (elsewhere) yield* restFor(core, core.target.restOfAll(base));
  else yield* restHere(core, base);
  const { now, goesBusy, lastAcceptanceSent } = core.target;
  // What an acceptance does late comes so long after it, whatever was sent in between; a pool that rests has done it.
  const start = !goesBusy && Number.isFinite(lastAcceptanceSent) ? lastAcceptanceSent : now;
  const left = Math.max(0, start + pause - now);
  if (left > 0) core.target.now = yield* wait(left, 'as long without the rejected requests');
  if (elsewhere) yield* turnTo(core, pools.from);
  const again = suspects.map(({ play, given, rows, at }) => core.sending(play, given, rows, false, at));
  const settled = again.length === 0 ? [] : yield* settle(core, [again]);
  for (const { observation } of settled) if (observation !== undefined) core.remember(observation);
  if (settled.some(({ observation, uncertain }) => uncertain || (observation !== undefined && isAccepted(observation))))
    return nothing;
  if (delay > 0 && pause === 0) core.target.now = yield* wait(delay, 'an effect may come late');
  // A connection that has waited may be closed, and to ask again would come too late.
  if (elsewhere) yield* turnTo(core, pools.to);
  const seen = yield* ask(core, core.plain([], pause > 0));
  if (seen === undefined || (isDisturbed(seen) && !core.target.saysBusy(seen))) return nothing;
  // As it went out: before that it may have had to wait for its turn.
  const took = seen.started - start;
  if (isAccepted(seen)) return { isAccepted: true, refused: undefined, took };
  // It may be locked for longer than a rebuild takes.
  yield* askUntilReady(core, () => core.plain(), lockPatienceOf(core));
  return { isAccepted: false, refused: seen, took };
}

/** Takes one of the named pools in hand, which come by turns. */
function* turnTo(core: Core, pool: string): Procedure<void> {
  for (let n = 0; n < core.options.pools.length && core.target.pool !== pool; n += 1)
    yield* core.state('pool is ready', true);
}

/** The smallest part that is followed by a refusal: one, or several that do it together. */
function* halve(core: Core, suspects: readonly Sending[], way: Way): Procedure<readonly Sending[]> {
  let group = suspects;
  while (group.length > 1) {
    const middle = Math.ceil(group.length / 2);
    const [front, back] = [group.slice(0, middle), group.slice(middle)];
    // What an effect follows is more likely one of the last.
    if ((yield* provoke(core, back, way)).refused !== undefined) group = back;
    else if ((yield* provoke(core, front, way)).refused !== undefined) group = front;
    else return group;
  }
  return group;
}

/** A rest of the pool at hand: another one would tell how long that one has rested. */
function* restHere(core: Core, longer: number): Procedure<void> {
  if (core.target.hasHandler) yield* makeReady(core, longer);
  else yield* restFor(core, core.target.rest(longer));
}

/** How many times the usual rest the pool needs to be accepted again for certain; undefined: it was not. */
function* restThatSuffices(core: Core): Procedure<number | undefined> {
  const first = yield* acceptedControl(core);
  if (first === undefined || !isAccepted(first)) return undefined;
  for (const longer of [1, 2, 4]) {
    if (core.room < 1) return undefined;
    yield* restHere(core, longer);
    const control = yield* ask(core, core.plain());
    if (control !== undefined && isAccepted(control)) return longer;
    yield* askUntilReady(core, () => core.plain());
  }
  return undefined;
}

/** Whether acceptances make the pool busy after all, if not each or not at once: pairs of controls tell, with nothing between them. */
export function* goesBusyAfterAll(core: Core): Procedure<boolean> {
  core.wondered += 1;
  for (const pause of pairs) {
    if (core.room < 2) return false;
    const first = yield* acceptedControl(core);
    if (first === undefined || !isAccepted(first)) return false;
    if (pause > 0) core.target.now = yield* wait(pause, 'the pool may become busy late');
    const second = yield* ask(core, core.plain());
    if (second === undefined || !core.target.saysBusy(second)) continue;
    core.target.goesBusy = true;
    core.target.noteBusy();
    yield* askUntilReady(core, () => core.plain());
    return true;
  }
  return false;
}

/**
 * The pool never became ready again after rejections, where acceptances make it busy for a shorter time or never. Where
 * it was never seen to become ready again after an acceptance either, that says nothing.
 */
export function blameLock(core: Core, { latest }: Suspicion, refused: Observation): void {
  const { target } = core;
  const waited = target.now - refused.started;
  // Of several pools another one may be what was seen to become ready again.
  if (core.options.pools.length > 1 && waited < 0.9 * core.options.limits.ready_wait) return;
  if (latest.length === 0 || waited < 0.9 * lockPatienceOf(core) || (target.goesBusy && !target.hasRecovered)) return;
  // What an acceptance does late enough is no lock, be it that it was never seen to do anything.
  if (!target.goesBusy && refused.started - target.lastAcceptance > target.longestAccepted) return;
  if (!target.goesBusy && target.isUnsure) return;
  const last = latest.at(-1);
  const flaw = {
    expected: 'a valid request is accepted again after rejected ones',
    actual: `${outcomeOf(refused)}, and so for ${Math.round(waited)} ms`,
  };
  const example = last === undefined ? undefined : core.latestOf(last);
  core.ledger.add({ row, check: 'starts nothing', flaw, before: latest.slice(0, -1) }, example ?? refused, 1, 1);
}
