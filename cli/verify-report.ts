import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { type Answer, complete, consistent, intact } from '../reports/verify.ts';
import { UsageError } from '../runner/configuration/usage-error.ts';
import type { Report } from '../specs/report.ts';
import { flawOf, readJson } from './read-report.ts';

/**
 * `verify-report`: answers about a report, apart from each other. Ends with 0 when all hold, with 1 when one does not, else
 * with 2: one cannot be told.
 */
export async function verifyReportCommand(file: string): Promise<number> {
  const value = readJson(file);
  const flaw = flawOf(value);
  const answers: readonly (readonly [string, Answer])[] =
    flaw === undefined
      ? [
          ['intact', intact(value as Report)],
          ['complete', complete(value as Report)],
          ['consistent', await consistency(value as Report, join(dirname(file), 'trace.ndjson'))],
        ]
      : [['intact', { holds: false, why: `it does not fit the schema: ${flaw}` }]];
  for (const [name, { holds, why }] of answers)
    process.stdout.write(`${name.padEnd(10)} ${holds === undefined ? '?  ' : holds ? 'yes' : 'no '}  ${why}\n`);
  if (answers.some(([, { holds }]) => holds === false)) return 1;
  return answers.every(([, { holds }]) => holds) ? 0 : 2;
}

async function consistency(report: Report, trace: string): Promise<Answer> {
  if (!existsSync(trace)) return consistent(report, undefined);
  const { rejudge } = await import('../index.ts');
  try {
    return consistent(report, await rejudge(trace));
  } catch (error) {
    if (error instanceof UsageError) return { holds: undefined, why: error.message };
    throw error;
  }
}
