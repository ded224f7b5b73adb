import type { Report, Result } from '../specs/report.ts';
import { causesOf } from './causes.ts';
import { json } from './json.ts';
import { area, counts } from './summary.ts';

type Status = 'passed' | 'failed' | 'skipped' | 'other';

/** What only SHOULD or MAY ask for does not fail a run. */
function statusOf(report: Report, result: Result): Status {
  switch (result.verdict) {
    case 'pass':
      return 'passed';
    case 'fail':
      return counts(report, result) ? 'failed' : 'other';
    case 'untested':
      return 'skipped';
    default:
      return 'other';
  }
}

/** The Common Test Report Format, 0.1.0. */
export function ctrf(report: Report): string {
  const causes = new Map(
    causesOf(report).flatMap((cause) => cause.members.map(({ finding }) => [finding, cause.title] as const)),
  );
  const start = Date.parse(report.started_at);
  const tests = report.results.map((result) => {
    const [finding] = result.findings;
    const cause = finding === undefined ? undefined : causes.get(finding);
    const message = finding === undefined ? result.reason : `expected ${finding.expected}, got ${finding.actual}`;
    return {
      name: `${result.requirement} (${result.technique})`,
      status: statusOf(report, result),
      duration: Math.round(result.duration_ms ?? 0),
      rawStatus: result.verdict,
      suite: [area(result.requirement)],
      ...(message === undefined ? {} : { message }),
      ...(finding === undefined ? {} : { trace: `${finding.curl}\n${finding.replay}` }),
      extra: { level: result.level, ...(cause === undefined ? {} : { cause }) },
    };
  });
  const count = (status: Status): number => tests.filter((test) => test.status === status).length;
  return json({
    reportFormat: 'CTRF',
    specVersion: '0.1.0',
    results: {
      tool: { name: report.suite.name, version: report.suite.version },
      summary: {
        tests: tests.length,
        passed: count('passed'),
        failed: count('failed'),
        skipped: count('skipped'),
        pending: 0,
        other: count('other'),
        start,
        stop: Math.round(start + report.duration_ms),
        extra: { outcome: report.outcome, headline: report.headline },
      },
      tests,
      extra: { seed: report.seed, edition: report.suite.edition },
    },
  });
}
