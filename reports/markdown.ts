import type { Finding, Report, Result, Verdict } from '../specs/report.ts';
import { type Cause, causesOf } from './causes.ts';
import { limitsOf } from './claim.ts';
import { type Row, rowsOf } from './rows.ts';
import { answerLine, frequency, groupBy, levels, requestLine, targetLine, verdicts, withVerdict } from './summary.ts';
import { counted } from './text.ts';
import { shorten, visible, visibleLine } from './visible.ts';

/** Causes in the first lines, and findings in the details of each. */
const mostCauses = 8;
const mostExamples = 6;

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

function countTable(rows: readonly Row[]): string {
  const lines = levels.map((level) =>
    row([
      level,
      ...verdicts.map((verdict) => String(rows.filter((one) => one.level === level && one.verdict === verdict).length)),
    ]),
  );
  return [row(['level', ...verdicts]), row(['---', ...verdicts.map(() => '--:')]), ...lines].join('\n');
}

function causeList(causes: readonly Cause[]): string {
  const more = causes.length - mostCauses;
  return [
    ...causes
      .slice(0, mostCauses)
      .map(
        ({ level, title, rows }) =>
          `1. **${level}** ${escapeMarkdown(shorten(title, 200))}, ${counted(rows.length, 'row')}`,
      ),
    ...(more > 0 ? [`1. and ${more} more`] : []),
  ].join('\n');
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

/** A cause with how to mend it, and the example of each of its rows. */
function causeDetails({ level, title, advice, members, rows }: Cause): string {
  const { wants, how, example } = advice;
  const shown = members.slice(0, mostExamples).map(({ result, finding }) => details(result, finding));
  const ids = rows.map((id) => escapeMarkdown(id)).join(', ');
  const see = example === undefined ? '' : ` See ${escapeMarkdown(example)}.`;
  return [
    `<details>\n<summary>${level} ${escapeMarkdown(title)}</summary>`,
    escapeMarkdown(wants),
    `To mend it: ${escapeMarkdown(how)}${see}`,
    `Rows: ${ids}`,
    ...shown,
    ...(members.length > mostExamples
      ? [`${counted(members.length - mostExamples, 'more finding')} in the other reports.`]
      : []),
    '</details>',
  ].join('\n\n');
}

function allDetails(causes: readonly Cause[]): readonly string[] {
  const shown: string[] = [];
  let size = 0;
  for (const cause of causes) {
    const text = causeDetails(cause);
    size += Buffer.byteLength(text);
    if (size > budget) return [...shown, `${causes.length - shown.length} more causes are in the other reports.`];
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

/** A summary for the page of a CI step: what one must know in less than twenty lines, then the details, folded. */
export function markdown(report: Report): string {
  const causes = causesOf(report);
  const limits = limitsOf(report);
  return `${[
    `## ${escapeMarkdown(shorten(report.headline, 300))}`,
    `${escapeMarkdown(shorten(targetLine(report), 300))}, seed ${report.seed}`,
    countTable(rowsOf(report)),
    ...(causes.length > 0 ? [causeList(causes)] : []),
    ...allDetails(causes),
    ...listed('limits and notes', [...limits, ...report.notes]),
    ...folded(report, 'untested'),
    ...folded(report, 'error'),
    ...folded(report, 'waived'),
  ].join('\n\n')}\n`;
}

function listed(title: string, texts: readonly string[]): readonly string[] {
  if (texts.length === 0) return [];
  const items = texts.map((text) => `- ${escapeMarkdown(shorten(text, 2000))}`).join('\n');
  return [`<details>\n<summary>${title}</summary>\n\n${items}\n\n</details>`];
}
