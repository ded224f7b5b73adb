import { run } from '../index.ts';
import { causesOf } from '../reports/causes.ts';
import { rowsOf } from '../reports/rows.ts';
import { visibleLine } from '../reports/visible.ts';
import { UsageError } from '../runner/configuration/usage-error.ts';
import type { Report } from '../specs/report.ts';
import { requirements } from '../specs/requirements.ts';
import { locate } from './locate.ts';
import { readReport } from './read-report.ts';

export interface ReplayOptions {
  readonly target?: string;
  readonly config?: string;
  readonly only?: readonly string[];
  readonly allowRebuild?: boolean;
}

/** What became of a row that failed. */
export type Fate = 'mended' | 'still fails' | 'cannot tell';

/** A row passes only with its baseline accepted beside it, so a pass is a mending; without a verdict nothing is known. */
export function fateOf(id: string, report: Report): Fate {
  const row = rowsOf(report).find((one) => one.id === id);
  const tested = row?.results.filter(({ verdict }) => verdict !== 'untested') ?? [];
  if (tested.some(({ verdict }) => verdict === 'fail' || verdict === 'waived')) return 'still fails';
  return tested.length > 0 && tested.every(({ verdict }) => verdict === 'pass') ? 'mended' : 'cannot tell';
}

/** Why nothing is known of a row: the first reason that its results give. */
function reasonOf(id: string, report: Report): string {
  return (
    rowsOf(report)
      .find((row) => row.id === id)
      ?.results.find(({ reason }) => reason !== undefined)?.reason ?? ''
  );
}

/** Where the requests went, and that it is not where the report's went. */
function askedAt(again: Report, report: Report): string {
  const here = `asked ${visibleLine(again.target.url)}`;
  return again.target.url === report.target.url
    ? here
    : `${here}; the report is of another target, ${visibleLine(report.target.url)}`;
}

/** The rows to play for rows that failed: they themselves, and those that their findings were sent for. */
function playedFor(ids: readonly string[], report: Report): readonly string[] {
  const known = new Set<string>(requirements.map(({ id }) => id));
  const replays = report.results
    .filter(({ requirement }) => ids.includes(requirement))
    .flatMap(({ findings }) => findings.map(({ replay }) => replay));
  const named = replays.flatMap((line) => [...line.matchAll(/--only (\S+)/g)].map(([, id = '']) => id));
  return [...new Set([...ids, ...named])].filter((id) => known.has(id));
}

/**
 * `replay`: sends again what failed. The target comes from the options or the configuration, never from the report, so
 * that no credential goes where a report says. Ends with 0: all mended, 1: some still fail, 2: cannot tell.
 */
export async function replayCommand(file: string, options: ReplayOptions): Promise<number> {
  const report = readReport(file);
  const config = locate(options.config).file;
  if (config === undefined && options.target === undefined)
    throw new UsageError('Where to? Give --config FILE or --target URL: the address in a report is not trusted.');
  const failing = [...new Set(causesOf(report).flatMap(({ rows }) => rows))];
  const ids = options.only === undefined ? failing : failing.filter((id) => options.only?.includes(id));
  if (failing.length === 0) {
    process.stdout.write('Nothing fails in this report.\n');
    return 0;
  }
  if (ids.length === 0) throw new UsageError('None of these rows fails in this report.');
  const only = playedFor(ids, report);
  const again = await run({
    config,
    target: options.target,
    allowRebuild: options.allowRebuild,
    seed: report.seed,
    runs: report.runs,
    strict: report.strict,
    only,
  });
  const fates = ids.map((id) => [id, fateOf(id, again)] as const);
  process.stdout.write(`${askedAt(again, report)}\n`);
  for (const [id, fate] of fates) {
    const why = fate === 'cannot tell' ? reasonOf(id, again) : '';
    process.stdout.write(`${fate.padEnd(12)} ${visibleLine(id)}${why === '' ? '' : `: ${visibleLine(why)}`}\n`);
  }
  if (fates.some(([, fate]) => fate === 'still fails')) return 1;
  return fates.every(([, fate]) => fate === 'mended') ? 0 : 2;
}
