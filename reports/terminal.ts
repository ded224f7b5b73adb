import picocolors from 'picocolors';
import type { Finding, Outcome, Report, Result } from '../specs/report.ts';
import { answerLine, byLevel, count, frequency, groupBy, targetLine, verdicts, withVerdict } from './summary.ts';
import { shorten, visible, visibleLine } from './visible.ts';

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

function indent(text: string): string {
  return visible(text)
    .split('\n')
    .map((line) => `      ${line}`)
    .join('\n');
}

function field(c: Colors, name: string, value: string): string {
  return `    ${c.dim(name.padEnd(10))}${visibleLine(shorten(value, 1000))}`;
}

function describe(c: Colors, group: readonly Failure[]): string {
  const [first, ...rest] = [...group].sort((a, b) => byLevel(a.result, b.result) || sizeOf(a) - sizeOf(b));
  if (!first) return '';
  const { result, finding } = first;
  const { request, response } = finding.exchange;
  const also = [...new Set(rest.map((each) => each.result.requirement))].filter((id) => id !== result.requirement);
  const mark = result.level === 'MUST' ? c.red('✗ MUST') : c.yellow(`✗ ${result.level}`);
  const often = frequency(finding);
  return [
    `  ${mark} ${c.bold(visibleLine(result.requirement))} ${c.dim(result.technique)}`,
    `    ${visibleLine(result.title)}`,
    field(c, 'sent', finding.stimulus),
    field(c, 'expected', finding.expected),
    field(c, 'actual', finding.actual),
    ...(finding.where === undefined ? [] : [field(c, 'where', finding.where)]),
    field(c, 'source', finding.source),
    ...(often ? [field(c, 'how often', often)] : []),
    ...(request.body === undefined ? [] : [`    ${c.dim('body')}`, indent(shorten(request.body, 400))]),
    field(c, 'answer', answerLine(finding)),
    ...(response?.body ? [indent(shorten(response.body, 400))] : []),
    `    ${c.dim('curl')}`,
    indent(finding.curl),
    field(c, 'replay', finding.replay),
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

/** What a person reads about one failing result. */
export function failure(result: Result, { color }: { readonly color: boolean }): string {
  const c = picocolors.createColors(color);
  if (result.findings.length === 0) return withoutFinding(c, result);
  return result.findings.map((finding) => describe(c, [{ result, finding }])).join('\n\n');
}

function withoutFinding(c: Colors, { level, requirement, title }: Result): string {
  return `  ${c.red(`✗ ${level}`)} ${visibleLine(`${requirement} ${title}`)}`;
}

/** What a person at a terminal reads: failures first, the headline last. */
export function terminal(report: Report, { color }: { readonly color: boolean }): string {
  const c = picocolors.createColors(color);
  const bare = withVerdict(report, 'fail').filter((result) => result.findings.length === 0);
  const counts = count(report.results);
  const parts = [
    ...[...groupBy(failures(report), cause).values()].map((group) => describe(c, group)),
    ...bare.map((result) => withoutFinding(c, result)),
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
