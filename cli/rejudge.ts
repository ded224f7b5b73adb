import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import pc from 'picocolors';
import { disagreementsOf } from '../reports/disagreements.ts';
import type { Report } from '../specs/report.ts';
import type { ReportFile } from './arguments.ts';
import { readReport } from './read-report.ts';
import { checkWritable, writeReports } from './report-files.ts';

export interface RejudgeOptions {
  readonly report?: readonly ReportFile[];
  readonly color: boolean;
}

/** `rejudge`: exit 0 when the verdicts are those of the report beside the trace, or there is none; 1 when they differ. */
export async function rejudgeCommand(trace: string, { report: files = [], color }: RejudgeOptions): Promise<number> {
  checkWritable(files);
  const { rejudge } = await import('../index.ts');
  const report = await rejudge(trace);
  await writeReports(report, files);
  const { terminal } = await import('../reports/terminal.ts');
  process.stdout.write(terminal(report, { color: color && pc.isColorSupported }));
  const beside = join(dirname(trace), 'report.json');
  const told = read(beside);
  if (told === undefined) {
    process.stdout.write(`There is no report beside the trace (${beside}): nothing to compare with.\n`);
    return 0;
  }
  const disagreements = disagreementsOf(told, report);
  for (const disagreement of disagreements) process.stdout.write(`${disagreement}\n`);
  process.stdout.write(
    disagreements.length === 0
      ? `The verdicts are those of ${beside}.\n`
      : `${disagreements.length} differ from ${beside}.\n`,
  );
  return disagreements.length === 0 ? 0 : 1;
}

/** The report beside a trace; undefined: there is none. Throws a UsageError for a file that is no report. */
function read(file: string): Report | undefined {
  if (!existsSync(file)) return undefined;
  return readReport(file);
}
