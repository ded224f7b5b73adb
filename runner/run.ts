import type { AuthKind } from '../generators/model.ts';
import type { Configuration } from '../specs/configuration.ts';
import type { Report, Result } from '../specs/report.ts';
import type { Requirement } from '../specs/requirement.ts';
import type { RunLine } from '../specs/trace.ts';
import { UsageError } from './configuration/usage-error.ts';
import { type ContractJudge, createPactJudge, noJudge } from './contracts.ts';
import { type Credentials, createCredentials } from './credentials/credentials.ts';
import { conduct, rowsToPlay } from './decide/conduct.ts';
import type { Core, Part } from './decide/core.ts';
import type { ContractResult } from './decide/results.ts';
import { type Ending, interruptedEnding, playToTheEnd } from './ending.ts';
import { type Selection, select } from './plan/selection.ts';
import { type Cost, costOf } from './rehearsal/rehearsal.ts';
import { createCore, editionOf, reportOf, tell } from './report.ts';
import { keep } from './trace/kept.ts';
import { openTrace } from './trace/reader.ts';
import { Recording, recorded } from './trace/recording.ts';
import { Resumption } from './trace/resumption.ts';
import { runLine, settingsOf } from './trace/run-line.ts';
import { TraceWriter } from './trace/writer.ts';
import { createLane, transportOptions } from './wire/connection.ts';
import { createDriver, type Driver } from './wire/driver.ts';

export interface RunOptions extends Selection {
  readonly configuration: Configuration;
  readonly seed: number;
  /** Generated cases for each property; 0 sends the fixed ones alone. */
  readonly runs: number;
  readonly strict: boolean;
  /** Whether contracts are judged, for which Pact runs in a process of its own. Default true. */
  readonly contracts?: boolean | undefined;
  readonly signal?: AbortSignal | undefined;
  /** How this run was called, for the replay lines of findings; without `--only`, `--seed` and `--runs`. */
  readonly command?: string | undefined;
  /** File for the trace; none is written without it. */
  readonly trace?: string | undefined;
}

/** A run that was cut off, and what is needed to go on. */
export interface ResumeOptions extends Pick<RunOptions, 'configuration' | 'signal'> {
  /** Trace of the run so far. */
  readonly resume: string;
  /** File for the whole trace; may be the same. */
  readonly trace: string;
}

/** How far a run is. */
export interface Progress {
  readonly requests: number;
  readonly rebuilds: number;
  readonly current: string;
  /** How far the current part is, where that is known. */
  readonly part?: Part | undefined;
  /** What is waited for, and for how many milliseconds. */
  readonly waiting?: { readonly why: string; readonly ms: number } | undefined;
}

export interface RunEvents {
  /** Each result once, when all that it rests on is known. */
  onResult?(result: Result): void;
  onProgress?(progress: Progress): void;
  onNotice?(text: string): void;
  /**
   * What the run takes if the target conforms, once it is known what a rebuild does to the pool. Not told where that is
   * over at once.
   */
  onForecast?(cost: Cost): void;
}

/** What a run is carried out with. */
export interface Means {
  readonly driver: Driver;
  /** What kind of credentials the driver adds to requests. */
  readonly auth: AuthKind;
  readonly contracts: ContractJudge;
}

/**
 * Tests a target. Never throws for what the target does: an unreachable one gives a report of outcome `error`. Rejects
 * with TraceNotWritten where the trace cannot be begun.
 */
export function run(options: RunOptions, events: RunEvents = {}): Promise<Report> {
  const { configuration, seed, signal } = options;
  const credentials = credentialsOf(configuration, seed);
  const driver = createDriver({ configuration, credentials, seed, signal });
  const contracts = options.contracts === false ? noJudge : createPactJudge();
  return runWith({ driver, auth: credentials.kind, contracts }, options, events);
}

/** The same, by a driver of the caller's, which is closed at the end. */
export async function runWith(
  { driver, auth, contracts }: Means,
  options: RunOptions,
  events: RunEvents = {},
): Promise<Report> {
  const { configuration, signal, trace } = options;
  const line = runLine({ ...options, auth, started: new Date() });
  const writer = trace === undefined ? undefined : new TraceWriter(trace);
  writer?.add(line);
  announce(configuration, events);
  const written = writer === undefined ? driver : recorded(driver, new Recording(writer));
  return carryOut({ line, driver: written, writer, signal, contracts }, events);
}

/**
 * Goes on with a run that was cut off. Rejects with a UsageError when the configuration, or what the state handler gives,
 * is another; with TraceUnreadable, TraceNotWritten, or Diverged when this version of the suite would have sent other requests.
 */
export async function resume(options: ResumeOptions, events: RunEvents = {}): Promise<Report> {
  const { configuration, signal, trace } = options;
  const known = await openTrace(options.resume);
  await known.close();
  const { run: line } = known;
  const { seed, started_at } = line;
  const credentials = credentialsOf(configuration, seed);
  checkSame(line, configuration, credentials);
  // From here on the trace is written anew.
  const length = await keep(options.resume, trace);
  const reader = await openTrace(trace, length);
  const writer = new TraceWriter(trace, true);
  const at = new Date();
  const age = Math.max(0, at.getTime() - Date.parse(started_at));
  const live = createDriver({ configuration, credentials, seed, signal, age });
  const driver = new Resumption({ reader, writer, live, at, pools: configuration.pools });
  announce(configuration, events);
  return carryOut({ line, driver, writer, signal, contracts: createPactJudge() }, events);
}

interface Way {
  readonly line: RunLine;
  readonly driver: Driver;
  readonly writer: TraceWriter | undefined;
  readonly signal: AbortSignal | undefined;
  readonly contracts: ContractJudge;
}

async function carryOut({ line, driver, writer, signal, contracts: judge }: Way, events: RunEvents): Promise<Report> {
  const edition = editionOf(line);
  const selected = select({ ...line, edition });
  let step: Pick<Progress, 'current' | 'part'> = { current: 'starting' };
  const show = (waiting?: Progress['waiting']): void => {
    const { requests, rebuilds } = driver.counters;
    events.onProgress?.({ requests, rebuilds, ...step, waiting });
  };
  const core = createCore(line, selected, (current, part) => {
    step = { current, part };
    show();
  });
  const isInterrupted = () => signal?.aborted ?? false;
  let isForeseen = false;
  let ending: Ending;
  let contracts: ReadonlyMap<string, ContractResult> = new Map();
  try {
    try {
      ending = await playToTheEnd(core, conduct(core, rowsToPlay(selected, edition)), driver, isInterrupted, {
        asked: (command) => {
          // To start a process takes time: not between the first requests, of which one is timed, but while nothing is sent.
          if (core.target.isKnown || command.do === 'wait') judge.prepare(core, selected, signal);
          if (core.target.isKnown && !isForeseen) {
            isForeseen = true;
            foresee(core, selected, line, events);
          }
          show(command.do === 'wait' ? { why: command.why, ms: command.ms } : undefined);
        },
      });
    } finally {
      await driver.close();
    }
    if (ending.broken === undefined) contracts = await judge.judge(core, signal);
  } finally {
    await judge.close();
  }
  if (ending.broken === undefined && isInterrupted()) ending = interruptedEnding;
  const { counters } = driver;
  const duration_ms = Date.now() - Date.parse(line.started_at);
  const { requests, rebuilds, retries } = counters;
  writer?.add({
    line: 'ended',
    duration_ms,
    broken: ending.broken !== undefined,
    interrupted: ending.interrupted ?? false,
    counted: [requests, rebuilds, retries],
  });
  writer?.close();
  const evidence = 'self-attested';
  const report = reportOf({ run: line, selected, core, ending, contracts, counters, duration_ms, evidence });
  tell(report.results, events.onResult);
  return report;
}

function credentialsOf(configuration: Configuration, seed: number): Credentials {
  const open = (origin: string) => createLane(origin, transportOptions(configuration));
  return createCredentials(configuration.auth, open, { seed });
}

/** Another target or another pool would make what is on record untrue. */
function checkSame({ settings }: RunLine, configuration: Configuration, { kind }: Credentials): void {
  const now = settingsOf(configuration, kind);
  const differ = (['auth', 'pools', 'has_handler', 'allow_rebuild', 'project_id'] as const).filter(
    (name) => JSON.stringify(settings[name]) !== JSON.stringify(now[name]),
  );
  const what = settings.target.url === now.target.url ? differ[0] : 'target.url';
  if (what === undefined) return;
  throw new UsageError(
    `The trace is of a run with another ${what}; give the configuration and the options that it was begun with.`,
  );
}

/** Says what is about to be rebuilt. */
export function announce(
  { allow_rebuild, pools, states, target, state_handler }: Configuration,
  { onNotice }: RunEvents,
): void {
  const { project_id } = states['pool is ready'] ?? {};
  if (!allow_rebuild) return;
  if (pools.length > 0)
    onNotice?.(
      `Rebuilding ${pools.length === 1 ? 'pool' : 'pools'} ${pools.join(', ')} of project ${project_id} at ${target.url}`,
    );
  else if (state_handler !== undefined)
    onNotice?.(`Rebuilding the pools that the state handler gives at ${target.url}`);
}

function foresee(core: Core, selected: readonly Requirement[], { runs, settings }: RunLine, events: RunEvents): void {
  const { limits } = settings;
  if (events.onForecast === undefined || (limits.rate === undefined && !core.target.isSlow)) return;
  events.onForecast(costOf(core, selected, runs, { ...limits, answer: core.tallies.usualLatency }));
}
