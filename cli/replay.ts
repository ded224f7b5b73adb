import { causesOf } from '../reports/causes.ts';
import { visibleLine } from '../reports/visible.ts';
import { readConfiguration } from '../runner/configuration/configuration.ts';
import { UsageError } from '../runner/configuration/usage-error.ts';
import { type Replayed, replay } from '../runner/replay.ts';
import { editions } from '../specs/editions.ts';
import type { Report } from '../specs/report.ts';
import { given, locate } from './locate.ts';
import { progress } from './progress.ts';
import { readReport } from './read-report.ts';

export interface ReplayOptions {
  readonly target?: string;
  readonly config?: string;
  readonly only?: readonly string[];
  readonly allowRebuild?: boolean;
}

/** Where the requests went, and that it is not where the report's went. */
function askedAt(url: string, { target }: Report): string {
  const here = `asked ${visibleLine(url)}`;
  return url === target.url ? here : `${here}; the report is of another target, ${visibleLine(target.url)}`;
}

/** What was sent, so that nobody takes one thing for another. */
function sentInWords({ same, other, anew }: Replayed): readonly string[] {
  const requests = (count: number): string => (count === 1 ? '1 request' : `${count} requests`);
  return [
    ...(same === 0 ? [] : [`sent byte by byte as on record: ${requests(same)}`]),
    ...(other.count === 0
      ? []
      : [`sent with other values of the target than on record (${other.names.join(', ')}): ${requests(other.count)}`]),
    ...(anew.length === 0
      ? []
      : [`played anew, for they take rounds of requests and not those on record: ${anew.join(', ')}`]),
  ];
}

/**
 * `replay`: sends again what failed. The target comes from the options or the configuration, never from the report, so
 * that no credential goes where a report says. Ends with 0: all mended, 1: some still fail, 2: cannot tell.
 */
export async function replayCommand(file: string, options: ReplayOptions): Promise<number> {
  const report = readReport(file);
  const config = locate(options.config);
  if (config.file === undefined && options.target === undefined)
    throw new UsageError('Where to? Give --config FILE or --target URL: the address in a report is not trusted.');
  const failing = [...new Set(causesOf(report).flatMap(({ rows }) => rows))];
  const ids = options.only === undefined ? failing : failing.filter((id) => options.only?.includes(id));
  if (failing.length === 0) {
    process.stdout.write('Nothing fails in this report.\n');
    return 0;
  }
  if (ids.length === 0) throw new UsageError('None of these rows fails in this report.');
  const edition = editions.find((one) => one === report.suite.edition);
  if (edition === undefined)
    throw new UsageError(`This version of the suite has no edition "${report.suite.edition}".`);
  const configuration = readConfiguration({
    ...config,
    ...given({ target: options.target }),
    env: process.env,
    overrides: given({ allow_rebuild: options.allowRebuild, edition }),
  });
  const { stop, ...events } = await progress(false, true);
  const replayed = await replay({ configuration, report, ids }, events).finally(stop);
  const { rows } = replayed;
  const say = (line: string): void => void process.stdout.write(`${line}\n`);
  say(askedAt(configuration.target.url, report));
  for (const { id, fate, why } of rows)
    say(`${fate.padEnd(12)} ${visibleLine(id)}${why === '' ? '' : `: ${visibleLine(why)}`}`);
  for (const line of sentInWords(replayed)) say(line);
  if (rows.some(({ fate }) => fate === 'still fails')) return 1;
  return rows.every(({ fate }) => fate === 'mended') ? 0 : 2;
}
