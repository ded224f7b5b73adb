import { fixedPlays } from '../../generators/cases.ts';
import type { Waiver } from '../../specs/configuration.ts';
import type { Dimension } from '../../specs/contexts.ts';
import type { Finding, Result } from '../../specs/report.ts';
import type { Requirement, Technique } from '../../specs/requirement.ts';
import { mostFruitless } from './conflict.ts';
import type { Core } from './core.ts';
import type { Cause } from './ledger.ts';

/** How Pact judged a contract. */
export type ContractResult =
  | { readonly verdict: 'pass' }
  | { readonly verdict: 'fail'; readonly cause: Cause }
  | { readonly verdict: 'untested' | 'error'; readonly reason: string };

export interface ResultsOptions {
  readonly selected: ReadonlySet<Requirement>;
  readonly waivers: readonly Waiver[];
  /** `YYYY-MM-DD`, in UTC. */
  readonly today: string;
  /** Why the run ended early, if it did. */
  readonly broken: string | undefined;
  /** Why nothing more can be said of rows that have no verdict yet, though the run did not break: the control is lost. */
  readonly lost: string | undefined;
  readonly contracts: ReadonlyMap<string, ContractResult>;
  readonly finding: (cause: Cause) => Finding;
}

/** The verdicts of a run, one for each row and technique, in table order: a fold of what the ledger kept. */
export function resultsOf(core: Core, options: ResultsOptions): readonly Result[] {
  return core.requirements.flatMap((row) =>
    row.techniques.map((technique): Result => waived(resultOf(core, row, technique, options), options)),
  );
}

type Verdict = Pick<Result, 'verdict'> & { readonly reason?: string };

function resultOf(core: Core, row: Requirement, technique: Technique, options: ResultsOptions): Result {
  const { id: requirement, level, title } = row;
  const head = { requirement, level, technique, title };
  const nothing = { cases: 0, accepted: 0, rejected: 0, findings: [] };
  if (!options.selected.has(row)) return { ...head, verdict: 'untested', reason: 'not selected', ...nothing };
  if (technique === 'contract') return { ...head, ...contractOf(core, row, options) };
  const tally = core.ledger.tally(row);
  const causes = causesOf(core, row);
  const { judged, accepted, rejected } = countsOf(core, row);
  return {
    ...head,
    ...verdictOf(core, row, judged, options),
    cases: judged,
    accepted,
    rejected,
    baselines: tally.baselines,
    confirmations: causes.reduce((sum, { sent }) => sum + sent - 1, 0),
    duration_ms: Math.round(tally.spent),
    ...(tally.cut === undefined || judged === 0 ? {} : { cut_by: tally.cut }),
    findings: causes.map((cause) => told(core, cause, options)),
  };
}

/** A finding, with what was accepted beside its example. */
function told({ target }: Core, cause: Cause, { finding }: ResultsOptions): Finding {
  return { ...finding(cause), baseline_accepted: target.baselineOf(cause.example) };
}

interface Counts {
  readonly judged: number;
  readonly accepted: number;
  readonly rejected: number;
}

/** What a verdict rests on. */
function countsOf(core: Core, row: Requirement): Counts {
  const { ledger, cleared } = core;
  if (row.send.kind === 'answers')
    return { judged: ledger.observations, accepted: ledger.accepted, rejected: ledger.rejected };
  if (isProof(row)) return { judged: cleared, accepted: 0, rejected: cleared };
  const { judged, accepted, rejected } = ledger.tally(row);
  return { judged, accepted, rejected };
}

function isProof({ send }: Requirement): boolean {
  return send.kind === 'relation' && send.relation === 'rejected, then accepted';
}

function verdictOf(core: Core, row: Requirement, judged: number, options: ResultsOptions): Verdict {
  const tally = core.ledger.tally(row);
  if (causesOf(core, row).length > 0) return { verdict: 'fail' };
  if (isOpen(core, row)) {
    const why = options.broken ?? options.lost ?? 'the run ended';
    return { verdict: 'error', reason: `what looked wrong could not be looked into: ${why}` };
  }
  if (tally.error !== undefined && tally.errors > 0) return { verdict: 'error', reason: tally.error };
  if (core.consentProvesNothing && row.send.kind === 'deviation' && judged > 0)
    return {
      verdict: 'untested',
      reason: 'consent: a request with a credential and one without are answered alike, so this answer proves nothing',
    };
  if (options.broken !== undefined && (judged === 0 || row.send.kind === 'answers'))
    return { verdict: 'error', reason: options.broken };
  if (options.lost !== undefined && row.send.kind !== 'answers' && row.given === 'pool is ready')
    return { verdict: 'untested', reason: options.lost };
  if (row.send.kind === 'answers') return witnessed(core, row);
  const pins = pinsOf(core, row);
  if (pins !== undefined) return { verdict: 'untested', reason: pins };
  if (tally.isUnproved) return { verdict: 'untested', reason: reasonOf(core, row) };
  // Where acceptances make no pool busy, something else did, time and again.
  if (isProof(row) && !core.target.goesBusy && core.fruitless >= mostFruitless)
    return { verdict: 'untested', reason: unexplained };
  if (judged > 0 && (row.send.kind !== 'context' || tally.accepted > 0)) return { verdict: 'pass' };
  return { verdict: 'untested', reason: reasonOf(core, row) };
}

/** Whether something that may be wrong was seen, and the run ended before that was proved. */
function isOpen({ ledger, doubts, probing }: Core, row: Requirement): boolean {
  return (
    ledger.tally(row).open > 0 ||
    doubts.some(({ failures }) => failures.some((failure) => failure.row.id === row.id)) ||
    [...probing].some((name) => name.startsWith(`${row.id}\n`))
  );
}

/** Why a row failed, but for refusals of values that turned out to need a pin. */
function causesOf(core: Core, row: Requirement): readonly Cause[] {
  return core.ledger.causes(row).filter(({ check, example }) => {
    const { status, sending } = example;
    const isRefusal = check === 'status' && status !== undefined && status >= 400 && status < 500;
    if (!isRefusal || sending.play.deviation !== undefined) return true;
    const { levels } = sending.play.context;
    return ![...core.pinless].some((dimension) => ['given', 'one', 'several'].includes(levels[dimension]));
  });
}

/** A row whose every request needs a value that nobody pinned. */
function pinsOf(core: Core, { send, given }: Requirement): string | undefined {
  if (core.pinless.size === 0 || given !== 'pool is ready') return undefined;
  if (send.kind === 'context') return send.which === 'full' ? `pin ${[...core.pinless].join(', ')}` : undefined;
  const setting = core.setting(given);
  if (send.kind !== 'deviation' || setting === undefined) return undefined;
  const [play] = fixedPlays(send, setting);
  const needed = Object.keys(play?.deviation?.needs ?? {}).filter((one) => core.pinless.has(one as Dimension));
  return needed.length === 0 ? undefined : `pin ${needed.join(', ')}`;
}

const cutInWords: Readonly<Record<NonNullable<Result['cut_by']>, string>> = {
  rebuilds: 'the limit on rebuilds is reached',
  busy_pool:
    'each rebuild keeps the pool busy for so long that there was no time for it; more pools in pool_id, or a state_handler, make time',
};

const unexplained = 'valid requests were refused behind rejected ones, and why was not found out';

function reasonOf(core: Core, row: Requirement): string {
  const tally = core.ledger.tally(row);
  if (tally.untested !== undefined) return tally.untested;
  if (tally.cut !== undefined) return cutInWords[tally.cut];
  if (core.target.stuck) return 'the pool stayed busy';
  if (isProof(row)) return 'no valid request was accepted right behind a rejected one';
  return 'no such request could be judged';
}

/** Without a witness of its kind an answer cannot be praised. */
function witnessed(core: Core, row: Requirement): Verdict {
  const { accepted, rejected } = core.ledger;
  const aspect = row.send.kind === 'answers' ? row.send.aspect : '';
  if (!core.options.consent && accepted === 0) return { verdict: 'untested', reason: 'consent' };
  const needsAcceptance = !aspect.startsWith('error');
  const needsRejection = !aspect.startsWith('acceptance');
  if ((needsAcceptance && accepted === 0) || (needsRejection && rejected === 0))
    return { verdict: 'untested', reason: 'no such answer was seen' };
  return { verdict: 'pass' };
}

function contractOf(core: Core, row: Requirement, options: ResultsOptions) {
  const nothing = { cases: 0, accepted: 0, rejected: 0, findings: [] };
  const pins = pinsOf(core, row);
  if (pins !== undefined) return { verdict: 'untested' as const, reason: pins, ...nothing };
  const result = options.contracts.get(row.id);
  const recorded = core.contracts.get(row.id);
  if (result === undefined || recorded === undefined || core.consentProvesNothing) {
    const { verdict, reason } = verdictOf(core, row, 0, options);
    // What fails is told by the property; the contract's own request was not judged.
    if (verdict === 'fail')
      return {
        verdict: 'untested' as const,
        reason: `no answer to the contract's request could be judged`,
        ...nothing,
      };
    return { verdict, reason: reason ?? 'the contract was not played', ...nothing };
  }
  const accepted = (recorded.observation.status ?? 0) < 300 ? 1 : 0;
  const counts = { cases: 1, accepted, rejected: 1 - accepted };
  if (result.verdict === 'pass') return { verdict: result.verdict, ...counts, findings: [] };
  if (result.verdict === 'fail')
    return { verdict: result.verdict, ...counts, findings: [told(core, result.cause, options)] };
  return { verdict: result.verdict, reason: result.reason, ...nothing };
}

function waived(result: Result, { waivers, today }: ResultsOptions): Result {
  if (result.verdict !== 'fail') return result;
  const waiver = waivers.find(
    ({ requirement, until }) => requirement === result.requirement && (until === undefined || until >= today),
  );
  return waiver === undefined ? result : { ...result, verdict: 'waived', reason: waiver.reason };
}

/** What readers should know of the waivers: those that are not needed any more, and those that have ended. */
export function waiverNotes(waivers: readonly Waiver[], results: readonly Result[]): readonly string[] {
  return waivers.flatMap(({ requirement, until }) => {
    const mine = results.filter((result) => result.requirement === requirement);
    if (mine.length > 0 && mine.every(({ verdict }) => verdict === 'pass'))
      return [`The waiver of ${requirement} is stale: it passes.`];
    const hasEnded = mine.some(({ verdict }) => verdict === 'fail');
    return hasEnded ? [`The waiver of ${requirement} ended on ${until}: it counts again.`] : [];
  });
}
