import picocolors from 'picocolors';
import type { Finding, Outcome, Report, Result } from '../specs/report.ts';
import { findingText } from './failure.ts';
import { byLevel, count, groupBy, targetLine, verdicts, withVerdict } from './summary.ts';
import { shorten, visibleLine } from './visible.ts';

type Colors = ReturnType<typeof picocolors.createColors>;

interface Failure {
  readonly result: Result;
  readonly finding: Finding;
}

function failures(report: Report): readonly Failure[] {
  return withVerdict(report, 'fail').flatMap((result) => result.findings.map((finding) => ({ result, finding })));
}

/** Findings with one cause: the same check, expected and actual. */
function cause({ finding }: Failure): string {
  return JSON.stringify([finding.check, finding.expected, finding.actual]);
}

function sizeOf({ finding }: Failure): number {
  return finding.exchange.request.body_bytes;
}

function describe(c: Colors, group: readonly Failure[]): string {
  const [first, ...rest] = [...group].sort((a, b) => byLevel(a.result, b.result) || sizeOf(a) - sizeOf(b));
  if (!first) return '';
  const { result, finding } = first;
  const also = [...new Set(rest.map((each) => each.result.requirement))].filter((id) => id !== result.requirement);
  return [
    findingText(c, result, finding),
    ...(also.length > 0 ? [`    ${c.dim('also:')} ${also.map(visibleLine).join(', ')}`] : []),
  ].join('\n');
}

function byReason(report: Report, verdict: 'untested' | 'error' | 'waived'): readonly string[] {
  const results = withVerdict(report, verdict);
  if (results.length === 0) return [];
  const lines = [...groupBy(results, (result) => result.reason ?? 'no reason given')].map(([reason, group]) => {
    const ids = [...new Set(group.map((result) => visibleLine(result.requirement)))];
    const more = ids.length > 3 ? `, and ${ids.length - 3} more` : '';
    return `  ${visibleLine(shorten(reason, 300))}: ${ids.slice(0, 3).join(', ')}${more}`;
  });
  return [`${results.length} ${verdict}\n${lines.join('\n')}`];
}

function paint(c: Colors, outcome: Outcome): (text: string) => string {
  if (outcome === 'conformant') return c.green;
  return outcome === 'partial' ? c.yellow : c.red;
}

/** What a person at a terminal reads: failures first, the headline last. */
export function terminal(report: Report, { color }: { readonly color: boolean }): string {
  const c = picocolors.createColors(color);
  const bare = withVerdict(report, 'fail').filter((result) => result.findings.length === 0);
  const counts = count(report.results);
  const parts = [
    ...[...groupBy(failures(report), cause).values()].map((group) => describe(c, group)),
    ...bare.map((result) => `  ${c.red(`✗ ${result.level}`)} ${visibleLine(`${result.requirement} ${result.title}`)}`),
    ...byReason(report, 'untested'),
    ...byReason(report, 'error'),
    ...byReason(report, 'waived'),
    ...report.notes.map((note) => `${c.dim('note:')} ${visibleLine(note)}`),
    [
      visibleLine(targetLine(report)),
      `${verdicts.map((verdict) => `${counts[verdict]} ${verdict}`).join(', ')}; ${report.requests} requests, ${report.rebuilds} rebuilds, seed ${report.seed}`,
      c.bold(paint(c, report.outcome)(visibleLine(report.headline))),
    ].join('\n'),
  ];
  return `${parts.join('\n\n')}\n`;
}
