import { sealed } from '../reports/checksum.ts';
import { joinedShards, NotOfOneRun } from '../reports/merge.ts';
import { UsageError } from '../runner/configuration/usage-error.ts';
import { headline, outcomeOfRun } from '../runner/decide/outcome.ts';
import type { Report } from '../specs/report.ts';
import type { ReportFile } from './arguments.ts';
import { exitCodes } from './exit-codes.ts';
import { readReport } from './read-report.ts';
import { checkWritable, defaultReports, writeReports } from './report-files.ts';

export interface MergeOptions {
  readonly report?: readonly ReportFile[];
  readonly out: string;
}

/** One report out of those of all shards, with the outcome that follows from all results. Throws a UsageError. */
export function merged(reports: readonly Report[]): Report {
  try {
    const joined = joinedShards(reports);
    const { results, strict, runs, incomplete, claim } = joined;
    const outcome = outcomeOfRun(results, { strict, broken: incomplete, narrowed: claim?.only !== undefined });
    return sealed({ ...joined, outcome, headline: headline(outcome, results, { runs, interrupted: false }) });
  } catch (error) {
    if (error instanceof NotOfOneRun) throw new UsageError(error.message);
    throw error;
  }
}

/** `merge`: the reports or traces of shards, in any order, as one report. */
export async function mergeCommand(files: readonly string[], options: MergeOptions): Promise<number> {
  const reports: Report[] = [];
  for (const file of files) reports.push(file.endsWith('.ndjson') ? await rejudged(file) : readReport(file));
  const report = merged(reports);
  const targets = options.report ?? defaultReports(options.out);
  checkWritable(targets);
  await writeReports(report, targets);
  const written = targets.map(({ file }) => file).filter((file) => file !== '-');
  process.stderr.write(`${[report.headline, ...written].join('\n')}\n`);
  return exitCodes[report.outcome];
}

async function rejudged(trace: string): Promise<Report> {
  const { rejudge } = await import('../index.ts');
  return rejudge(trace);
}
