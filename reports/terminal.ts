import picocolors from 'picocolors';
import type { Outcome, Report } from '../specs/report.ts';
import { type Cause, causesOf } from './causes.ts';
import { reasonOf, rowsOf } from './rows.ts';
import { answerLine, groupBy, targetLine, verdicts } from './summary.ts';
import { counted, wrapped } from './text.ts';
import { shorten, visibleLine } from './visible.ts';

type Colors = ReturnType<typeof picocolors.createColors>;

/** Columns that every terminal has. */
const columns = 80;
/** Causes that fit a screen; the reports have all. */
const mostCauses = 8;
const mostReasons = 3;
const indent = '          ';

/** Lines of text from outside: whole words, each line behind an indent. */
function lines(text: string, before: string): readonly string[] {
  return wrapped(visibleLine(text), columns - before.length).map((line) => `${before}${line}`);
}

function describe(c: Colors, cause: Cause, n: number): readonly string[] {
  const [{ finding }] = cause.members;
  const paint = cause.level === 'MAY' ? c.dim : cause.counts ? c.red : c.yellow;
  const number = `${String(n).padStart(2)} `;
  const [first = '', ...rest] = wrapped(visibleLine(shorten(cause.title, 300)), columns - indent.length);
  const end = `: ${brief(answerLine(finding), 20)}; ${counted(cause.rows.length, 'row')}`;
  const example = `${brief(finding.stimulus, columns - indent.length - end.length)}${end}`;
  return [
    `${number}${paint(cause.level.padEnd(6))} ${c.bold(first)}`,
    ...rest.map((line) => `${indent}${c.bold(line)}`),
    ...lines(example, indent).map((line) => c.dim(line)),
  ];
}

/** Text that fits a line: the words that fit, and a sign that there were more. */
function brief(text: string, width: number): string {
  const [first = ''] = wrapped(visibleLine(text), width - 2);
  return first.length < visibleLine(text).length ? `${first.slice(0, width - 2)} …` : first;
}

function causeLines(c: Colors, report: Report): readonly string[] {
  const causes = causesOf(report);
  if (causes.length === 0) return [];
  const more = causes.length - mostCauses;
  return [
    `${counted(causes.length, 'cause')}, the gravest first:`,
    ...causes.slice(0, mostCauses).flatMap((cause, i) => describe(c, cause, i + 1)),
    ...(more > 0 ? [`${indent}and ${more} more`] : []),
    '',
  ];
}

/** Why something has no verdict, the most frequent reasons first. */
function byReason(report: Report, verdict: 'untested' | 'error' | 'waived'): readonly string[] {
  const results = rowsOf(report).filter((row) => row.verdict === verdict);
  const reasons = [...groupBy(results, reasonOf)].sort(([, a], [, b]) => b.length - a.length);
  const told = reasons.slice(0, mostReasons).map(([reason, group]) => `${shorten(reason, 120)} (${group.length})`);
  const more = reasons.length > mostReasons ? [`${reasons.length - mostReasons} more reasons`] : [];
  return results.length === 0 ? [] : lines(`${verdict}: ${[...told, ...more].join('; ')}`, '  ');
}

function paint(c: Colors, outcome: Outcome): (text: string) => string {
  if (outcome === 'conformant') return c.green;
  return outcome === 'partial' ? c.yellow : c.red;
}

export interface TerminalOptions {
  readonly color: boolean;
  /** Where the reports are. */
  readonly files?: readonly string[];
}

/** What a person at a terminal reads, on one screen: causes, what limits the claim, the verdict, where more is. */
export function terminal(report: Report, { color, files = [] }: TerminalOptions): string {
  const c = picocolors.createColors(color);
  const rows = rowsOf(report);
  const byVerdict = verdicts.map((verdict) => [verdict, rows.filter((row) => row.verdict === verdict).length] as const);
  const limits = [
    ...byReason(report, 'untested'),
    ...byReason(report, 'error'),
    ...byReason(report, 'waived'),
    ...report.notes.flatMap((note) => lines(note, '  ')),
  ];
  const results = byVerdict.filter(([, count]) => count > 0).map(([verdict, count]) => `${count} ${verdict}`);
  const spent = `${counted(report.requests, 'request')}, ${counted(report.rebuilds, 'rebuild')} in ${(report.duration_ms / 1000).toFixed(1)} s, seed ${report.seed}`;
  return `${[
    ...causeLines(c, report),
    ...(limits.length > 0 ? [...limits.map((line) => c.dim(line)), ''] : []),
    ...lines(targetLine(report), ''),
    ...lines(`${counted(rows.length, 'row')}: ${results.join(', ')}; ${spent}`, ''),
    ...lines(report.headline, '').map((line) => c.bold(paint(c, report.outcome)(line))),
    ...(files.length > 0 ? lines(files.join('  '), '') : []),
  ].join('\n')}\n`;
}
