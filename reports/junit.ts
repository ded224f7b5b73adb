import { create } from 'xmlbuilder2';
import type { XMLBuilder } from 'xmlbuilder2/lib/interfaces.js';
import type { Finding, Report, Result } from '../specs/report.ts';
import { type Cause, causesOf } from './causes.ts';
import { answerLine, area, counts, frequency, groupBy, requestLine } from './summary.ts';
import { xmlLine, xmlText } from './xml.ts';

type Kind = 'pass' | 'failure' | 'error' | 'skipped';

function kindOf(report: Report, result: Result): Kind {
  if (result.verdict === 'pass') return 'pass';
  if (result.verdict === 'error') return 'error';
  return result.verdict === 'fail' && counts(report, result) ? 'failure' : 'skipped';
}

function explain(finding: Finding, cause: Cause | undefined): string {
  const { baseline } = finding;
  const { request, response } = finding.exchange;
  const lines = [
    ...(cause === undefined
      ? []
      : [`cause: ${cause.title}`, `wanted: ${cause.advice.wants}`, `to mend it: ${cause.advice.how}`]),
    `check: ${finding.check}`,
    `expected: ${finding.expected}`,
    `actual: ${finding.actual}`,
    ...(finding.where === undefined ? [] : [`where: ${finding.where}`]),
    `sent: ${finding.stimulus}`,
    `source: ${finding.source}`,
    ...(frequency(finding) ? [frequency(finding)] : []),
    `request: ${requestLine(finding)}`,
    ...(request.body === undefined ? [] : [request.body]),
    `answer: ${answerLine(finding)}`,
    ...(response ? [response.body] : []),
    ...(baseline === undefined ? [] : [`accepted beside it: ${baseline.request.body ?? 'no body'}`]),
    `curl: ${finding.curl}`,
    `replay: ${finding.replay}`,
  ];
  return lines.join('\n');
}

function message(result: Result): string {
  const [first] = result.findings;
  if (result.verdict !== 'fail') return `${result.verdict}: ${result.reason ?? 'no reason given'}`;
  const what = first ? `expected ${first.expected}, got ${first.actual}` : result.title;
  return `${result.level} fails: ${what}`;
}

function addCase(suite: XMLBuilder, report: Report, result: Result, causes: ReadonlyMap<Finding, Cause>): void {
  const kind = kindOf(report, result);
  const testcase = suite.ele('testcase', {
    classname: xmlLine(area(result.requirement)),
    name: xmlLine(`${result.requirement} (${result.technique})`),
    time: seconds(result.duration_ms ?? 0),
  });
  if (kind === 'pass') return;
  const type = result.findings[0]?.check ?? result.verdict;
  testcase
    .ele(kind, {
      message: xmlLine(message(result)),
      ...(kind === 'skipped' ? {} : { type: xmlLine(type) }),
    })
    .txt(xmlText([result.title, ...result.findings.map((one) => explain(one, causes.get(one)))].join('\n\n')));
}

function tally(kinds: readonly Kind[]): Record<string, string> {
  const of = (kind: Kind): string => String(kinds.filter((each) => each === kind).length);
  return { tests: String(kinds.length), failures: of('failure'), errors: of('error'), skipped: of('skipped') };
}

function seconds(ms: number): string {
  return (ms / 1000).toFixed(3);
}

function durationOf(results: readonly Result[]): string {
  return seconds(results.reduce((sum, { duration_ms = 0 }) => sum + duration_ms, 0));
}

/** What tells this run from others. */
function addProperties(suite: XMLBuilder, { seed, suite: about, target, outcome, claim }: Report): void {
  const properties = suite.ele('properties');
  const values = {
    seed,
    edition: about.edition,
    version: about.version,
    set: claim?.set_hash,
    target: target.url,
    outcome,
  };
  for (const [name, value] of Object.entries(values))
    if (value !== undefined) properties.ele('property', { name, value: xmlLine(String(value)) });
}

/** JUnit XML: one suite for each technique, one test case for each result. */
export function junit(report: Report): string {
  const causes = new Map(
    causesOf(report).flatMap((cause) => cause.members.map(({ finding }) => [finding, cause] as const)),
  );
  const kinds = report.results.map((result) => kindOf(report, result));
  const lost = report.outcome === 'error' && !kinds.includes('error');
  const name = xmlLine(report.suite.name);
  const root = create({ version: '1.0', encoding: 'UTF-8' }).ele('testsuites', {
    name,
    ...tally(lost ? [...kinds, 'error'] : kinds),
    time: seconds(report.duration_ms),
  });
  for (const [technique, results] of groupBy(report.results, (result) => result.technique)) {
    const suite = root.ele('testsuite', {
      name: xmlLine(`${report.suite.name} ${technique}`),
      ...tally(results.map((result) => kindOf(report, result))),
      time: durationOf(results),
      timestamp: xmlLine(report.started_at),
    });
    addProperties(suite, report);
    for (const result of results) addCase(suite, report, result, causes);
  }
  // A run that could not be done must not look green to a reader that only counts cases.
  if (lost) {
    root
      .ele('testsuite', {
        name: `${name} run`,
        ...tally(['error']),
        time: '0',
        timestamp: xmlLine(report.started_at),
      })
      .ele('testcase', { classname: 'run', name: 'run/can-be-done', time: '0' })
      .ele('error', { message: xmlLine(report.headline), type: 'run' })
      .txt(xmlText([report.headline, ...report.notes].join('\n')));
  }
  return `${root.end({ prettyPrint: true })}\n`;
}
