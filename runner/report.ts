import { type EditionName, editions } from '../specs/editions.ts';
import type { Claim, Report, Result } from '../specs/report.ts';
import type { Requirement } from '../specs/requirement.ts';
import type { RunLine, Settings } from '../specs/trace.ts';
import { claimOf } from './claim.ts';
import { Core, type Part } from './decide/core.ts';
import { type Cause, Ledger } from './decide/ledger.ts';
import { headline, outcomeOfRun } from './decide/outcome.ts';
import { type ContractResult, resultsOf, waiverNotes } from './decide/results.ts';
import type { Ending } from './ending.ts';
import { findingOf } from './evidence/findings.ts';
import type { Counters } from './wire/client.ts';

/** The edition of a run. Throws an Error where this version of the suite knows no such edition. */
export function editionOf({ suite: { edition: name } }: RunLine): EditionName {
  const known = editions.find((one) => one === name);
  if (known !== undefined) return known;
  throw new Error(`There is no edition "${name}"; known: ${editions.join(', ')}.`);
}

/** What decides, before anything is known of the target. */
export function createCore(
  run: RunLine,
  selected: readonly Requirement[],
  onStep: (current: string, part?: Part) => void,
): Core {
  const { seed, runs, settings } = run;
  const { auth, pools, has_handler, allow_rebuild, limits } = settings;
  const { rebuilds, ready_wait, timeout, concurrency } = limits;
  return new Core(
    {
      edition: editionOf(run),
      auth,
      seed,
      runs,
      concurrency,
      hasHandler: has_handler,
      pools,
      consent: allow_rebuild,
      limits: { rebuilds, ready_wait, timeout },
      onStep,
    },
    new Ledger(selected, editionOf(run)),
  );
}

/** A run that has come to its end. */
export interface Finished {
  readonly run: RunLine;
  readonly selected: readonly Requirement[];
  readonly core: Core;
  readonly ending: Ending;
  /** By the id of the row. */
  readonly contracts: ReadonlyMap<string, ContractResult>;
  readonly counters: Counters;
  readonly duration_ms: number;
  readonly evidence: Claim['evidence'];
}

/** The report: a fold of what was asked and told, whether that was just now or long ago. */
export function reportOf({ run, selected, core, ending, contracts, evidence, ...counted }: Finished): Report {
  const { counters, duration_ms } = counted;
  const { suite, seed, runs, strict, started_at, settings } = run;
  const { target, waivers } = settings;
  const { broken, lost, interrupted = false, notes } = ending;
  const results = resultsOf(core, {
    selected: new Set(selected),
    waivers,
    today: started_at.slice(0, 10),
    broken,
    lost,
    contracts,
    finding: (cause) =>
      findingOf(cause, {
        base: target.url,
        replay: replayLine(cause, run),
        baseline: core.acceptedBeside(cause.example),
      }),
  });
  const narrowed = selected.length < core.requirements.length;
  const outcome = interrupted ? 'error' : outcomeOfRun(results, { strict, broken: broken !== undefined, narrowed });
  const { requests, rebuilds, retries } = counters;
  return {
    schema_version: 1,
    suite,
    target,
    seed,
    runs,
    strict,
    started_at,
    duration_ms,
    requests,
    rebuilds,
    retries: retries + core.retries,
    incomplete: broken !== undefined,
    outcome,
    headline: headline(outcome, results, { runs, interrupted }),
    notes: [...notes, ...pinNotes(core), ...consentNotes(settings), ...waiverNotes(waivers, results)],
    statistics: core.tallies.statistics,
    claim: claimOf(run, core, evidence),
    results,
  };
}

function pinNotes({ pinless }: Core): readonly string[] {
  return pinless.size === 0
    ? []
    : [`The target refuses plausible values of ${[...pinless].join(', ')}: pin them in the state "pool is ready".`];
}

/** What was not sent for want of consent. */
function consentNotes({ allow_rebuild, pools: [pool], project_id, limits }: Settings): readonly string[] {
  if (allow_rebuild) return [];
  const done = 'No consent: only requests to a random pool id were sent.';
  if (project_id === undefined || pool === undefined)
    return [
      `${done} Name a pool in the state "pool is ready" and give --allow-rebuild, and every requirement is tested.`,
    ];
  return [
    `${done} With --allow-rebuild requests go to pool ${pool} of project ${project_id}, valid and invalid ones; at most ${limits.rebuilds} rebuilds are accepted.`,
  ];
}

/** A command that plays again what the example of a cause is one of. */
function replayLine({ row, example }: Cause, { seed, runs, command, settings }: RunLine): string {
  const called = command ?? `rebuild-conformance run --target ${settings.target.url}`;
  const only = patternsOf(row, example.sending.rows);
  return [called, ...only.map((id) => `--only ${id}`), `--seed ${seed} --runs ${runs}`].join(' ');
}

/** The rows to select; none: only the whole run shows it. */
function patternsOf(row: Requirement, rows: readonly Requirement[]): readonly string[] {
  if (row.send.kind === 'relation') {
    const isWhole =
      row.send.relation === 'rejected, then accepted' || row.send.relation === 'same request, same status';
    return isWhole ? [] : [row.id];
  }
  const [first] = rows;
  if (row.send.kind !== 'answers') return [row.id];
  return first === undefined ? [] : [row.id, first.id];
}

/** Tells each result once. */
export function tell(results: readonly Result[], onResult: ((result: Result) => void) | undefined): void {
  for (const result of results) if (result.reason !== 'not selected') onResult?.(result);
}
