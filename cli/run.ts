import { randomUUID } from 'node:crypto';
import { constants } from 'node:os';
import pc from 'picocolors';
import type { RunOptions } from '../index.ts';
import { annotations } from '../reports/annotations.ts';
import { visibleLine } from '../reports/visible.ts';
import type { Progress } from '../runner/run.ts';
import type { Report } from '../specs/report.ts';
import type { ReportFile } from './arguments.ts';
import { type BrokerFlags, brokerTask, verifyFromBroker, worstOf } from './broker.ts';
import { exitCodes } from './exit-codes.ts';
import { locate } from './locate.ts';
import { programName, shellWord } from './program-name.ts';
import { progress } from './progress.ts';
import { checkWritable, defaultReports, loadRenderers, traceFile, writeReports } from './report-files.ts';
import { ofRun } from './run-option.ts';

export interface RunFlags extends RunOptions, BrokerFlags {
  readonly config?: string;
  readonly report?: readonly ReportFile[];
  readonly allowPartial: boolean;
  readonly out: string;
  readonly quiet: boolean;
  readonly color: boolean;
}

/** `run`: settles everything that can be wrong before the first request, runs, writes the reports. */
export async function runCommand(flags: RunFlags): Promise<number> {
  const files = flags.report ?? defaultReports(flags.out);
  checkWritable(files);
  const trace = traceFile(files, flags.out);
  const task = brokerTask(flags, process.env);
  const color = flags.color && pc.isColorSupported && process.stderr.isTTY === true;
  const { report, signal, release } = await execute({ ...flags, trace }, color);
  // What was found out is told even where it cannot be written down.
  const failure = await writeReports(report, files).catch((error: unknown) => ({ error }));
  release();
  if (!flags.quiet) {
    const { terminal } = await import('../reports/terminal.ts');
    const written = [...files.map(({ file }) => file).filter((file) => file !== '-'), trace];
    const text = terminal(report, { color, files: written });
    process.stderr.write(process.env['GITHUB_ACTIONS'] === 'true' ? inGitHub(text, report) : text);
  } else if (report.outcome === 'error') {
    process.stderr.write(`error: ${visibleLine([`${report.headline}.`, ...report.notes].join(' '))}\n`);
  }
  if (failure !== undefined) throw failure.error;
  if (signal !== undefined) return 128 + constants.signals[signal];
  const outcomes = [report.outcome];
  if (task !== undefined && report.outcome !== 'error') {
    const { outcome, lines } = await verifyFromBroker(task, report);
    outcomes.push(outcome);
    if (!flags.quiet || outcome === 'error') process.stderr.write(`Pact Broker:\n${lines.join('\n')}\n`);
  }
  const outcome = worstOf(outcomes);
  return outcome === 'partial' && flags.allowPartial ? 0 : exitCodes[outcome];
}

/** In a job of GitHub: nothing of the text is taken for a command, and the causes are annotations. */
function inGitHub(text: string, report: Report): string {
  const token = randomUUID();
  return `::stop-commands::${token}\n${text}::${token}::\n${annotations(report)}`;
}

/** This call as a shell line, but for what a replay sets anew. */
function commandOf(flags: RunFlags): string {
  const { file } = locate(flags.config);
  const options: readonly (readonly [string, string | number | undefined])[] = [
    ['--target', flags.target],
    ['--config', file],
    ['--concurrency', flags.concurrency],
    ['--rate', flags.rate],
    ['--timeout', flags.timeout],
    ['--edition', flags.edition],
  ];
  const words = options.flatMap(([name, value]) => (value === undefined ? [] : [name, shellWord(String(value))]));
  return [`${programName()} run`, ...words, ...(flags.allowRebuild ? ['--allow-rebuild'] : [])].join(' ');
}

/** Runs with signals turned into an abort, until `release` is called; a second signal ends at once. */
async function execute(
  flags: RunFlags,
  color: boolean,
): Promise<{ report: Report; signal: 'SIGINT' | 'SIGTERM' | undefined; release: () => void }> {
  const abort = new AbortController();
  let signal: 'SIGINT' | 'SIGTERM' | undefined;
  const stop = (name: 'SIGINT' | 'SIGTERM') => {
    if (signal !== undefined) process.exit(128 + constants.signals[name]);
    signal = name;
    abort.abort();
  };
  process.on('SIGINT', stop);
  process.on('SIGTERM', stop);
  const release = () => {
    process.off('SIGINT', stop);
    process.off('SIGTERM', stop);
  };
  const { stop: quit, ...events } = await progress(flags.quiet, color);
  const onProgress = (progress: Progress): void => {
    // While nothing is under way, what the end of the run needs is made ready; should it fail, it fails again there.
    if (progress.waiting !== undefined) loadRenderers().catch(() => undefined);
    events.onProgress?.(progress);
  };
  try {
    const { run } = await import('../index.ts');
    const config = locate(flags.config).file;
    const options = { ...ofRun(flags), config, signal: abort.signal, command: commandOf(flags) };
    const report = await run(options, { ...events, onProgress });
    return { report, signal, release };
  } catch (error) {
    release();
    throw error;
  } finally {
    quit();
  }
}
