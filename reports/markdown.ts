import type { Finding, Report, Result, Verdict } from '../specs/report.ts';
import {
  answerLine,
  countByLevel,
  frequency,
  groupBy,
  requestLine,
  targetLine,
  verdicts,
  withVerdict,
} from './summary.ts';
import { shorten, visible, visibleLine } from './visible.ts';

/** A step summary may have 1 MiB; details beyond this many bytes are left to the other reports. */
const budget = 600_000;

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '|': '&#124;',
  '\\': '&#92;',
  '`': '&#96;',
  '@': '&#64;',
};

/** Text that stays text: no markup, no table cell, no link, no mention. */
export function escapeMarkdown(text: string): string {
  return visibleLine(text)
    .replace(/[&<>|\\`@]/g, (character) => entities[character] ?? character)
    .replace(/(?<!&)#|[*_[\]()!~$]/g, '\\$&')
    .replace(/:\/\//g, ':\\/\\/')
    .replace(/www\./gi, (www) => `${www.slice(0, 3)}\\.`)
    .replace(/^(\d+)([.)])/, '$1\\$2')
    .replace(/^\s*[-+=]/, (start) => `${start.slice(0, -1)}\\${start.slice(-1)}`);
}

/** A fenced block whose fence is longer than any run of backticks inside. */
export function fence(text: string, language = ''): string {
  const shown = visible(shorten(text, 4096));
  const longest = Math.max(2, ...(shown.match(/`+/g) ?? []).map((run) => run.length));
  const mark = '`'.repeat(longest + 1);
  return `${mark}${language}\n${shown}\n${mark}`;
}

function row(cells: readonly string[]): string {
  return `| ${cells.join(' | ')} |`;
}

function countTable(report: Report): string {
  const rows = countByLevel(report).map(({ level, counts }) => row([level, ...verdicts.map((v) => String(counts[v]))]));
  return [row(['level', ...verdicts]), row(['---', ...verdicts.map(() => '--:')]), ...rows].join('\n');
}

function failureTable(failing: readonly Result[]): string {
  const rows = failing.flatMap((result) => {
    const head = [result.level, escapeMarkdown(result.requirement), result.technique];
    if (result.findings.length === 0) return [row([...head, escapeMarkdown(result.title), ''])];
    return result.findings.map((finding) =>
      row([...head, escapeMarkdown(shorten(finding.expected, 300)), escapeMarkdown(shorten(finding.actual, 300))]),
    );
  });
  return [row(['level', 'requirement', 'technique', 'expected', 'actual']), row(Array(5).fill('---')), ...rows].join(
    '\n',
  );
}

function details(result: Result, finding: Finding): string {
  const { request, response } = finding.exchange;
  const often = frequency(finding);
  return [
    `#### ${escapeMarkdown(result.requirement)}`,
    `${escapeMarkdown(result.title)}`,
    [
      `- sent: ${escapeMarkdown(finding.stimulus)}`,
      `- expected: ${escapeMarkdown(finding.expected)}`,
      `- actual: ${escapeMarkdown(finding.actual)}`,
      ...(finding.where === undefined ? [] : [`- where: ${escapeMarkdown(finding.where)}`]),
      `- source: ${escapeMarkdown(finding.source)}`,
      ...(often ? [`- ${escapeMarkdown(often)}`] : []),
    ].join('\n'),
    `Request: ${escapeMarkdown(requestLine(finding))}`,
    ...(request.body === undefined ? [] : [fence(request.body)]),
    `Answer: ${escapeMarkdown(answerLine(finding))}`,
    ...(response?.body ? [fence(response.body)] : []),
    fence(`${finding.curl}\n\n# play it again\n${finding.replay}`, 'sh'),
  ].join('\n\n');
}

function allDetails(failing: readonly Result[]): readonly string[] {
  const shown: string[] = [];
  let size = 0;
  const all = failing.flatMap((result) => result.findings.map((finding) => ({ result, finding })));
  for (const { result, finding } of all) {
    const text = details(result, finding);
    size += Buffer.byteLength(text);
    if (size > budget) return [...shown, `${all.length - shown.length} more findings are in the other reports.`];
    shown.push(text);
  }
  return shown;
}

function folded(report: Report, verdict: Verdict): readonly string[] {
  const results = withVerdict(report, verdict);
  if (results.length === 0) return [];
  const groups = [...groupBy(results, (result) => result.reason ?? 'no reason given')].map(
    ([reason, group]) =>
      `- ${escapeMarkdown(reason)}\n${group.map((r) => `  - ${r.level} ${escapeMarkdown(r.requirement)} (${r.technique})`).join('\n')}`,
  );
  return [`<details>\n<summary>${results.length} ${verdict}</summary>\n\n${groups.join('\n')}\n\n</details>`];
}

/** A summary for the page of a CI step. */
export function markdown(report: Report): string {
  const failing = withVerdict(report, 'fail');
  return `${[
    `## ${escapeMarkdown(report.headline)}`,
    `**${report.outcome}**: ${escapeMarkdown(targetLine(report))}`,
    countTable(report),
    `${report.requests} requests, ${report.rebuilds} rebuilds, seed ${report.seed}, ${report.runs} runs for each property${report.strict ? ', strict' : ''}`,
    ...(report.notes.length > 0 ? [report.notes.map((note) => `- ${escapeMarkdown(note)}`).join('\n')] : []),
    ...(failing.length > 0 ? ['### Failing', failureTable(failing), ...allDetails(failing)] : []),
    ...folded(report, 'untested'),
    ...folded(report, 'error'),
    ...folded(report, 'waived'),
  ].join('\n\n')}\n`;
}
