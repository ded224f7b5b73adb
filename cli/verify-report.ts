import { type Answer, complete, intact } from '../reports/verify.ts';
import type { Report } from '../specs/report.ts';
import { flawOf, readJson } from './read-report.ts';

/** `verify-report`: answers about a report, apart from each other. Ends with 0 when all hold, else with 1. */
export function verifyReportCommand(file: string): number {
  const value = readJson(file);
  const flaw = flawOf(value);
  const answers: readonly (readonly [string, Answer])[] =
    flaw === undefined
      ? [
          ['intact', intact(value as Report)],
          ['complete', complete(value as Report)],
        ]
      : [['intact', { holds: false, why: `it does not fit the schema: ${flaw}` }]];
  for (const [name, { holds, why }] of answers)
    process.stdout.write(`${name.padEnd(10)} ${holds ? 'yes' : 'no '}  ${why}\n`);
  return answers.every(([, { holds }]) => holds) ? 0 : 1;
}
