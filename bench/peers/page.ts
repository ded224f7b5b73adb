import { arch, cpus, platform } from 'node:os';
import type { Target } from './targets.ts';
import { packages } from './versions.ts';

/** What came of one tool on one target. */
export interface Cell {
  readonly found: boolean;
  readonly requests: number;
  readonly ms: number;
}

/** A tool, and what it said of each target, by its id. */
export interface Column {
  readonly name: string;
  readonly cases: string;
  readonly cells: ReadonlyMap<string, Cell>;
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? 0;
}

function row(cells: readonly string[]): string {
  return `| ${cells.join(' | ')} |`;
}

function summary({ name, cases, cells }: Column, faulty: readonly Target[], conforming: readonly Target[]): string {
  const of = (targets: readonly Target[]) => targets.flatMap(({ id }) => cells.get(id) ?? []);
  const found = (targets: readonly Target[]) =>
    `${of(targets).filter((cell) => cell.found).length} of ${of(targets).length}`;
  const seconds = (median(of(faulty).map(({ ms }) => ms)) / 1000).toFixed(1);
  return row([
    name,
    cases,
    found(faulty),
    found(conforming),
    String(median(of(faulty).map(({ requests }) => requests))),
    `${seconds} s`,
  ]);
}

function matrix(columns: readonly Column[], targets: readonly Target[]): string {
  const head = [row(['', ...columns.map(({ name }) => name)]), row(['---', ...columns.map(() => ':---:')])];
  const lines = targets.map(({ id, title }) =>
    row([title.replaceAll('|', '\\|'), ...columns.map(({ cells }) => (cells.get(id)?.found === true ? '●' : '·'))]),
  );
  return [...head, ...lines].join('\n');
}

/** Puts the figures between the marks of a page; what stands around them is written by hand. */
export function intoPage(page: string, figures: string): string {
  const [start, end] = ['<!-- figures: begin -->', '<!-- figures: end -->'];
  const [from, to] = [page.indexOf(start), page.indexOf(end)];
  if (from < 0 || to < from) throw new Error(`the page lacks the marks ${start} and ${end}`);
  return `${page.slice(0, from + start.length)}\n\n${figures}\n\n${page.slice(to)}`;
}

/** Tables of what each tool found, with versions and date. */
export function figuresOf(
  columns: readonly Column[],
  faulty: readonly Target[],
  conforming: readonly Target[],
  day: string,
): string {
  const versions = Object.entries(packages).map(([name, version]) => `${name} ${version}`);
  return [
    `Measured on ${day} with ${versions.join(', ')} on Node ${process.versions.node}, ${platform()} ${arch()}, ${cpus().length} cores that others used, too. Requests and time: median over the faulty endpoints.`,
    '',
    row(['tool', 'its requests', 'faults found', 'false alarms', 'requests', 'time']),
    row(['---', '---', '---', '---', '---', '---']),
    ...columns.map((column) => summary(column, faulty, conforming)),
    '',
    '### Conforming endpoints',
    '',
    '● is a false alarm.',
    '',
    matrix(columns, conforming),
    '',
    '### Faulty endpoints',
    '',
    '● is a fault found.',
    '',
    matrix(columns, faulty),
  ].join('\n');
}
