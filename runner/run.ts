import { createRequire } from 'node:module';
import type { AuthKind } from '../generators/model.ts';
import type { Configuration } from '../specs/configuration.ts';
import type { Edition } from '../specs/editions.ts';
import type { Report, Result } from '../specs/report.ts';
import type { Requirement } from '../specs/requirement.ts';
import { requirement, requirements } from '../specs/requirements.ts';
import { judgeContracts } from './contracts.ts';
import { CredentialError, createCredentials } from './credentials/credentials.ts';
import { conduct, rowsToPlay, SetupRefused } from './decide/conduct.ts';
import { ControlLost } from './decide/conflict.ts';
import { Core } from './decide/core.ts';
import { diagnosis } from './decide/diagnosis.ts';
import { type Cause, Ledger } from './decide/ledger.ts';
import { outcomeOf } from './decide/observation.ts';
import { headline, outcomeOfRun } from './decide/outcome.ts';
import { RunEnded } from './decide/procedure.ts';
import { type ContractResult, resultsOf, waiverNotes } from './decide/results.ts';
import { findingOf } from './evidence/findings.ts';
import { type Selection, select } from './plan/selection.ts';
import { createLane, transportOptions } from './wire/connection.ts';
import { createDriver, type Driver, drive } from './wire/driver.ts';

export interface RunOptions extends Selection {
  readonly configuration: Configuration;
  readonly seed: number;
  /** Generated cases for each property; 0 sends the fixed ones alone. */
  readonly runs: number;
  readonly strict: boolean;
  readonly edition: Edition;
  readonly signal?: AbortSignal | undefined;
  /** How this run was called, for the replay lines of findings; without `--only`, `--seed` and `--runs`. */
  readonly command?: string | undefined;
}

export interface RunEvents {
  /** Each result once, when all that it rests on is known. */
  onResult?(result: Result): void;
  onProgress?(progress: { requests: number; rebuilds: number; current: string }): void;
  onNotice?(text: string): void;
}

const { version } = createRequire(import.meta.url)(
  import.meta.url.endsWith('.ts') ? '../package.json' : '../../package.json',
) as { version: string };

/** How a run came to its end. */
interface Ending {
  /** Why it ended early, if it did. */
  readonly broken: string | undefined;
  /** Why what was not judged yet cannot be, though the target answers. */
  readonly lost: string | undefined;
  readonly notes: readonly string[];
}

/** Tests a target. Never throws for what the target does: an unreachable one gives a report of outcome `error`. */
export async function run(options: RunOptions, events: RunEvents = {}): Promise<Report> {
  const started = Date.now();
  const { configuration, seed, runs, strict, edition, signal } = options;
  const selected = select(options);
  const credentials = createCredentials(
    configuration.auth,
    (origin) => createLane(origin, transportOptions(configuration)),
    { seed },
  );
  const driver = createDriver({ configuration, credentials, seed, signal });
  const core = createCore(options, credentials.kind, selected, (current) => {
    const { requests, rebuilds } = driver.counters;
    events.onProgress?.({ requests, rebuilds, current });
  });
  announce(configuration, events);
  const { broken, lost, notes } = await playToTheEnd(core, rowsToPlay(selected), driver, signal);
  const contracts = broken === undefined ? await judgeContracts(core) : new Map<string, ContractResult>();
  const base = configuration.target.url;
  const results = resultsOf(core, {
    selected: new Set(selected),
    waivers: configuration.waivers,
    today: new Date(started).toISOString().slice(0, 10),
    broken,
    lost,
    contracts,
    finding: (cause) => findingOf(cause, base, replayLine(cause, options)),
  });
  for (const result of results) if (result.reason !== 'not selected') events.onResult?.(result);
  const interrupted = signal?.aborted ?? false;
  const narrowed = selected.length < requirements.length;
  const outcome = interrupted ? 'error' : outcomeOfRun(results, { strict, broken: broken !== undefined, narrowed });
  const { requests, rebuilds, retries } = driver.counters;
  const { url, name, version: targetVersion, vendor } = configuration.target;
  return {
    schema_version: 1,
    suite: { name: 'rebuild-conformance', version, edition },
    target: {
      url,
      ...(name === undefined ? {} : { name }),
      ...(targetVersion === undefined ? {} : { version: targetVersion }),
      ...(vendor === undefined ? {} : { vendor }),
    },
    seed,
    runs,
    strict,
    started_at: new Date(started).toISOString(),
    duration_ms: Date.now() - started,
    requests,
    rebuilds,
    retries: retries + core.retries,
    incomplete: broken !== undefined,
    outcome,
    headline: headline(outcome, results, { runs, interrupted }),
    notes: [
      ...notes,
      ...pinNotes(core),
      ...consentNotes(configuration),
      ...waiverNotes(configuration.waivers, results),
    ],
    results,
  };
}

function createCore(
  { configuration, seed, runs }: RunOptions,
  auth: AuthKind,
  selected: readonly Requirement[],
  onStep: (current: string) => void,
): Core {
  const { limits, state_handler, allow_rebuild } = configuration;
  const { rebuilds, ready_wait, timeout, concurrency } = limits;
  const hasHandler = state_handler !== undefined;
  return new Core(
    {
      auth,
      seed,
      runs,
      concurrency,
      hasHandler,
      pools: configuration.pools,
      consent: allow_rebuild,
      limits: { rebuilds, ready_wait, timeout },
      onStep,
    },
    new Ledger(selected),
  );
}

function announce({ allow_rebuild, states, target, state_handler }: Configuration, { onNotice }: RunEvents): void {
  const { pool_id, project_id } = states['pool is ready'] ?? {};
  if (!allow_rebuild) return;
  if (pool_id !== undefined) onNotice?.(`Rebuilding pool ${pool_id} of project ${project_id} at ${target.url}`);
  else if (state_handler !== undefined)
    onNotice?.(`Rebuilding the pools that the state handler gives at ${target.url}`);
}

/** Plays everything; how it ended. */
async function playToTheEnd(
  core: Core,
  rows: readonly Requirement[],
  driver: Driver,
  signal: AbortSignal | undefined,
): Promise<Ending> {
  try {
    await drive(conduct(core, rows), driver);
    return { broken: undefined, lost: undefined, notes: [] };
  } catch (error) {
    if (error instanceof ControlLost) {
      const row = requirement('state/same-request-same-status');
      const flaw = { expected: 'an acceptance, as before', actual: outcomeOf(error.control) };
      core.ledger.count(row, error.control);
      core.ledger.add({ row, check: 'same status', flaw }, error.control, 1, 1);
      return {
        broken: undefined,
        lost: `control refused: ${row.id} failed`,
        notes: [`${error.message} ${diagnosis(error.control)}`],
      };
    }
    if (error instanceof SetupRefused) {
      const broken = `no valid body was accepted (${error.message})`;
      return {
        broken,
        lost: undefined,
        notes: [`No valid body was accepted (${error.message}): ${error.advice} Nothing else was tested.`],
      };
    }
    const broken = signal?.aborted
      ? 'interrupted'
      : error instanceof RunEnded || error instanceof CredentialError
        ? error.message
        : `the suite itself failed: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`;
    return { broken, lost: undefined, notes: [broken] };
  } finally {
    await driver.close();
  }
}

function pinNotes({ pinless }: Core): readonly string[] {
  return pinless.size === 0
    ? []
    : [`The target refuses plausible values of ${[...pinless].join(', ')}: pin them in the state "pool is ready".`];
}

/** What was not sent for want of consent. */
function consentNotes({ allow_rebuild, states, limits }: Configuration): readonly string[] {
  if (allow_rebuild) return [];
  const { project_id, pool_id } = states['pool is ready'] ?? {};
  const done = 'No consent: only requests to a random pool id were sent.';
  if (project_id === undefined || pool_id === undefined)
    return [
      `${done} Name a pool in the state "pool is ready" and give --allow-rebuild, and every requirement is tested.`,
    ];
  return [
    `${done} With --allow-rebuild requests go to pool ${pool_id} of project ${project_id}, valid and invalid ones; at most ${limits.rebuilds} rebuilds are accepted.`,
  ];
}

/** A command that plays again what the example of a cause is one of. */
function replayLine({ row, example }: Cause, options: RunOptions): string {
  const { configuration, seed, runs, command } = options;
  const called = command ?? `rebuild-conformance run --target ${configuration.target.url}`;
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
