import { randomInt } from 'node:crypto';
import { sealed } from './reports/checksum.ts';
import { readConfiguration } from './runner/configuration/configuration.ts';
import { checkOptions, optionDefaults } from './runner/configuration/options.ts';
import { UsageError } from './runner/configuration/usage-error.ts';
import { checkSelection, type Selection } from './runner/plan/selection.ts';
import { rejudge as rejudgeTrace } from './runner/rejudge.ts';
import { type RunEvents, resume as resumeConfigured, run as runConfigured } from './runner/run.ts';
import { openTrace, TraceUnreadable } from './runner/trace/reader.ts';
import { Diverged } from './runner/trace/replay.ts';
import { TraceNotWritten } from './runner/trace/writer.ts';
import type { Configuration } from './specs/configuration.ts';
import { type EditionName, editions } from './specs/editions.ts';
import type { Report } from './specs/report.ts';

export {
  type Client,
  type ClientOptions,
  createClient,
  type RebuildAnswer,
  type RebuildBody,
} from './contracts/client.ts';
export { UsageError } from './runner/configuration/usage-error.ts';
export type { RunEvents } from './runner/run.ts';
export { type Edition, type EditionName, edition, editions } from './specs/editions.ts';
export type { Finding, Outcome, Report, Result, Verdict } from './specs/report.ts';
export type { Requirement } from './specs/requirement.ts';
export { requirements } from './specs/requirements.ts';

/** What is tested, and how: the options of the command `run`. */
export interface RunOptions {
  /** Base URL of the implementation. Without it and without `config` the embedded reference endpoint is tested. */
  readonly target?: string | undefined;
  /** Path of a configuration file, YAML or JSON, or the same as plain data; `${NAME}` reads the environment in files alone. */
  readonly config?: string | Readonly<Record<string, unknown>> | undefined;
  /** Generated cases for each property, after the fixed ones. Default 100. */
  readonly runs?: number | undefined;
  /** The same seed sends the same requests. Default random; the report has it. */
  readonly seed?: number | undefined;
  /** Globs of requirement ids; all without it. */
  readonly only?: readonly string[] | undefined;
  readonly shard?: Selection['shard'];
  /** Requests in flight at most. */
  readonly concurrency?: number | undefined;
  /** Requests a second at most. */
  readonly rate?: number | undefined;
  /** Milliseconds for one whole exchange. */
  readonly timeout?: number | undefined;
  /** The revision of the page that the target is held to; by default that of the configuration. */
  readonly edition?: EditionName | undefined;
  /** Consent to requests that the target may accept and act on; loopback targets need none. */
  readonly allowRebuild?: boolean | undefined;
  /** SHOULD counts like MUST. */
  readonly strict?: boolean | undefined;
  /** Ends the run early; the report then is incomplete. */
  readonly signal?: AbortSignal | undefined;
  /** How to call this run again, for the replay lines of findings; without `--only`, `--seed` and `--runs`. */
  readonly command?: string | undefined;
  /** File that the trace is written to, line by line. Default: none is written. */
  readonly trace?: string | undefined;
  /**
   * Trace of a run that was cut off, to go on with. Its seed, runs, selection, edition and strictness hold; the target
   * and the configuration must be the same. Without `trace` it goes on in the same file.
   */
  readonly resume?: string | undefined;
}

/**
 * Tests a target and resolves to the report. Prints nothing and never exits.
 * Rejects with a UsageError, before anything is sent, when the options or the configuration are wrong.
 */
export async function run(options: RunOptions = {}, events: RunEvents = {}): Promise<Report> {
  checkOptions(options);
  const { target, config, only = [], shard, edition, signal, command, trace, resume } = options;
  const { seed = randomInt(0x7fff_ffff), runs = optionDefaults.runs, strict = optionDefaults.strict } = options;
  if (edition !== undefined && !editions.includes(edition))
    throw new UsageError(`There is no edition "${edition}"; known: ${editions.join(', ')}.`);
  const { concurrency, rate, timeout, allowRebuild } = options;
  const overrides = { concurrency, rate, timeout, allow_rebuild: allowRebuild, edition };
  const read = (source: { readonly file?: string; readonly data?: unknown }) =>
    readConfiguration({ ...source, target, env: process.env, overrides });
  const play = (configuration: Configuration) => {
    if (resume !== undefined)
      return sealing(() => resumeConfigured({ configuration, signal, resume, trace: trace ?? resume }, events));
    const selection = { only, shard, edition: configuration.edition };
    checkSelection(selection);
    return sealing(() =>
      runConfigured({ configuration, seed, runs, ...selection, strict, signal, command, trace }, events),
    );
  };

  if (resume !== undefined) await checkResumable(options);
  if (typeof config === 'string') return play(read({ file: config }));
  if (config !== undefined) return play(read({ data: config }));
  if (target !== undefined) return play(read({}));
  if (resume !== undefined)
    throw new UsageError('The embedded reference endpoint of that run is gone; only a run against a target can go on.');
  const { startReference } = await import('./reference/endpoint.ts');
  const reference = await startReference(edition === undefined ? {} : { edition });
  try {
    return await play(read({ data: reference.configuration }));
  } finally {
    await reference.close();
  }
}

/**
 * The report of a run, computed again from its trace, offline. Rejects with a UsageError when the file is no trace, or
 * one of a version of the suite that sent something else.
 */
export async function rejudge(trace: string): Promise<Report> {
  return sealing(() => rejudgeTrace(trace));
}

async function sealing(action: () => Promise<Report>): Promise<Report> {
  return sealed(await readable(action));
}

/** What is wrong with a trace is wrong with the call. */
async function readable<T>(action: () => Promise<T>): Promise<T> {
  try {
    return await action();
  } catch (error) {
    if (error instanceof TraceUnreadable || error instanceof TraceNotWritten) throw new UsageError(error.message);
    if (error instanceof Diverged)
      throw new UsageError(`${error.message} Take the version of the suite that wrote the trace.`);
    throw error;
  }
}

/** Refuses options that the trace settles, and a run that is over. */
async function checkResumable(options: RunOptions): Promise<void> {
  const settled = (['seed', 'only', 'shard', 'edition', 'runs', 'strict'] as const).filter(
    (name) => options[name] !== undefined,
  );
  const [first] = settled;
  if (first !== undefined) throw new UsageError(`A resumed run keeps its ${first}; leave that option out.`);
  const file = options.resume ?? '';
  await readable(async () => {
    const reader = await openTrace(file);
    try {
      while ((await reader.next()) !== undefined);
    } finally {
      await reader.close();
    }
    if (reader.ended?.broken === false)
      throw new UsageError(`The run of ${file} came to its end; "rejudge" computes its report again.`);
  });
}
