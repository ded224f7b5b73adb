import { join } from 'node:path';
import { afterAll, beforeAll, describe, type TestContext, test } from 'vitest';
import { checkWritable, defaultReports, writeReports } from './cli/report-files.ts';
import { type RunOptions, run } from './index.ts';
import { failureText } from './reports/failure.ts';
import { area, counts, groupBy } from './reports/summary.ts';
import { visibleLine } from './reports/visible.ts';
import { readConfiguration } from './runner/configuration/configuration.ts';
import { defaultEdition, type EditionName, edition, editions } from './specs/editions.ts';
import type { Report, Result } from './specs/report.ts';

/** What is tested: a base URL, or the options of `run`, or what starts a target and then tells one of them. */
export type ConformanceTarget =
  | string
  | RunOptions
  | (() => string | RunOptions | Promise<string> | Promise<RunOptions>);

export interface ConformanceOptions {
  /** The folder for `report.json`, `report.html`, `junit.xml` and `summary.md`. Default `reports/latest`. */
  readonly out?: string;
  /**
   * The revision of the page whose requirements become tests. Default: that of the target, where it is known before
   * anything is started, else 2025-11.
   */
  readonly edition?: EditionName;
}

/** A tested requirement: one test. */
interface Row {
  readonly requirement: string;
  readonly technique: string;
}

/** No time-out of vitest's: the pace is the target's, and the run has limits of its own. */
const unlimited = 2 ** 31 - 1;
const separator = ' · ';
const nameOf = ({ requirement, technique }: Row): string => `${requirement}${separator}${technique}`;

/**
 * Turns the requirements into tests: a `describe` an area, a `test` a requirement and technique. The suite runs once,
 * before them, for those tests that vitest was asked for (`-t`); its reports are written whatever fails. What is
 * untested, waived, or fails without weight (SHOULD without `strict`, MAY) is skipped, with an annotation that says why.
 */
export function describeConformance(target: ConformanceTarget, options: ConformanceOptions = {}): void {
  const name = editionOf(target, options);
  const rows: readonly Row[] = edition(name).requirements.flatMap(({ id, techniques }) =>
    techniques.map((technique) => ({ requirement: id, technique })),
  );
  describe('rebuild conformance', () => {
    const files = defaultReports(options.out ?? join('reports', 'latest'));
    let report: Report | undefined;
    const results = new Map<string, Result>();

    // biome-ignore lint/correctness/noEmptyPattern: vitest reads from the pattern which fixtures a hook wants.
    beforeAll(async ({}, suite) => {
      checkWritable(files);
      const only = requirementsOf(wanted(suite), rows);
      const found = typeof target === 'function' ? await target() : target;
      const given = typeof found === 'string' ? { target: found } : found;
      const asked = options.edition === undefined ? {} : { edition: options.edition };
      report = await run({ ...asked, ...given, ...(only === undefined ? {} : { only }) });
      for (const result of report.results) results.set(nameOf(result), result);
    }, unlimited);

    afterAll(async () => {
      if (report !== undefined) await writeReports(report, files);
    });

    for (const [part, some] of groupBy(rows, ({ requirement }) => area(requirement))) {
      describe(part, () => {
        test.for(some.map((row) => [nameOf(row), row] as const))('%s', async ([key], context) => {
          const result = results.get(key);
          if (report === undefined || result === undefined) throw new Error('The run says nothing of it.');
          await tell(result, report, context);
        });
      });
    }

    test('the run could be done', () => {
      if (report !== undefined && report.suite.edition !== name)
        throw bare(
          `The tests are those of edition ${name}, the run was of ${report.suite.edition}: give { edition: '${report.suite.edition}' } as the options of describeConformance.`,
        );
      if (report?.outcome === 'error') throw bare([report.headline, ...report.notes].map(visibleLine).join('\n'));
    });
  });
}

/** The edition of a run, as far as that can be told before its target is started. What is wrong with it, the run says. */
function editionOf(target: ConformanceTarget, options: ConformanceOptions): EditionName {
  const given = options.edition ?? (typeof target === 'object' ? (target.edition ?? configured(target)) : undefined);
  return editions.find((name) => name === given) ?? defaultEdition;
}

function configured({ config, target }: RunOptions): EditionName | undefined {
  if (config === undefined) return undefined;
  const source = typeof config === 'string' ? { file: config } : { data: config };
  try {
    return readConfiguration({ ...source, target, env: process.env }).edition;
  } catch {
    return undefined;
  }
}

/** Names of the tests under a suite that vitest will run; only those that begin with a requirement matter. */
function wanted(suite: Wanted): readonly string[] {
  return (suite.tasks ?? []).flatMap((task) =>
    task.type === 'suite' ? wanted(task) : task.mode === 'run' || task.mode === 'queued' ? [task.name] : [],
  );
}

/** As much of vitest's tree of tasks as is looked at. */
interface Wanted {
  readonly type: string;
  readonly name: string;
  readonly mode: string;
  readonly tasks?: readonly Wanted[];
}

/** The requirements behind the names of tests; undefined when they are all. */
function requirementsOf(names: readonly string[], rows: readonly Row[]): readonly string[] | undefined {
  const known = new Set(names);
  const some = rows.filter((row) => known.has(nameOf(row)));
  // Without any of them the test of the run itself is left, which needs a whole one.
  if (some.length === 0 || some.length === rows.length) return undefined;
  return [...new Set(some.map(({ requirement }) => requirement))];
}

/** Passes, throws or skips, as the verdict says. */
async function tell(result: Result, report: Report, context: TestContext): Promise<void> {
  const { verdict, reason = 'no reason given' } = result;
  if (verdict === 'pass') return;
  if (verdict === 'error') throw bare(`error: ${visibleLine(reason)}`);
  const isFailure = verdict === 'fail';
  const text = isFailure ? failureText(result) : `${verdict}: ${visibleLine(reason)}`;
  if (isFailure && counts(report, result)) throw bare(`\n${text}`);
  // A note of skip is lost in JUnit files.
  await context.annotate(text, isFailure ? 'warning' : verdict);
  context.skip(isFailure ? `${result.level} fails: ${visibleLine(result.title)}` : text);
}

/** An error whose text says all: no line of code has to do with it. */
function bare(message: string): Error {
  const error = new Error(message);
  error.name = 'Nonconformance';
  error.stack = '';
  return error;
}
