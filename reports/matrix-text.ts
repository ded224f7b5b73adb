import type { Change, Matrix, MatrixLine } from './compare.ts';
import { escapeMarkdown } from './markdown.ts';
import type { Row } from './rows.ts';
import { counted, wrapped } from './text.ts';
import { visibleLine } from './visible.ts';

/** What differs or fails somewhere; rows on which all agree that they pass say nothing. */
export function tellingLines({ lines }: Matrix): readonly MatrixLine[] {
  return lines.filter(({ verdicts }) => verdicts.some((verdict) => verdict === 'fail' || verdict === 'waived'));
}

/** The last two columns: whose failure it is alone, and whether it is everybody's. */
export function remarkOf({ names }: Matrix, { only, everybody }: MatrixLine): string {
  if (everybody) return 'everybody';
  return only === undefined ? '' : `only ${names[only] ?? ''}`;
}

/** What readers must know of reports that were made under different editions; empty where they were not. */
export function editionsNote({ editions }: Pick<Matrix, 'editions'>): string {
  return editions.length === 0
    ? ''
    : `Made under different editions of the page (${editions.join(', ')}): only rows that all of them hold are compared.`;
}

const letters = { pass: '.', fail: 'F', untested: '-', error: 'E', waived: 'W' } as const;

/** A matrix for a terminal: a letter for each implementation. */
export function matrixTerminal(matrix: Matrix): string {
  const lines = tellingLines(matrix);
  const head = matrix.names.map(
    (name, i) => `${String(i + 1).padStart(2)} ${visibleLine(name)}: ${visibleLine(matrix.reports[i]?.headline ?? '')}`,
  );
  const width = Math.max(0, ...lines.map(({ id }) => id.length));
  const rows = lines.map((line) => {
    const cells = line.verdicts.map((verdict) => (verdict === undefined ? ' ' : letters[verdict])).join(' ');
    const { only, everybody } = line;
    const remark = everybody ? '  everybody' : only === undefined ? '' : `  only ${only + 1}`;
    return `${line.level.padEnd(6)} ${visibleLine(line.id).padEnd(width)}  ${cells}${remark}`;
  });
  const legend = `. pass, F fail, W waived, - untested, E error; ${counted(matrix.lines.length - lines.length, 'row')} that nobody fails left out. A row that everybody fails is suspect itself.`;
  const note = editionsNote(matrix);
  const notes = note === '' ? [] : [...wrapped(note, 80), ''];
  return `${[...notes, ...head, '', ...rows, '', ...wrapped(legend, 80)].join('\n')}\n`;
}

/** The same as a Markdown table. */
export function matrixMarkdown(matrix: Matrix): string {
  const row = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  const names = matrix.names.map((name) => escapeMarkdown(name));
  const lines = tellingLines(matrix).map((line) =>
    row([
      line.level,
      escapeMarkdown(line.id),
      ...line.verdicts.map((verdict) => (verdict === 'fail' ? '**fail**' : (verdict ?? ''))),
      line.only === undefined ? '' : (names[line.only] ?? ''),
      line.everybody ? 'yes' : '',
    ]),
  );
  const head = row(['level', 'row', ...names, 'only you', 'everybody']);
  const outcomes = matrix.reports.map(({ headline }, i) => `- ${names[i]}: ${escapeMarkdown(headline)}`);
  const note = editionsNote(matrix);
  return `${['## Implementations side by side', ...(note === '' ? [] : [note]), outcomes.join('\n'), [head, row(Array(names.length + 4).fill('---')), ...lines].join('\n')].join('\n\n')}\n`;
}

/** What became of rows between two reports, for a terminal. */
export function changeTerminal(change: Change): string {
  const { broke, mended, still, lost, gained, added, removed } = change;
  const note = editionsNote(change);
  const part = (title: string, rows: readonly Row[]): readonly string[] =>
    rows.length === 0
      ? []
      : [`${title}: ${rows.length}`, ...rows.map(({ level, id }) => `  ${level.padEnd(6)} ${visibleLine(id)}`)];
  const ids = (title: string, list: readonly string[]): readonly string[] =>
    list.length === 0 ? [] : [`${title}: ${list.length}`, ...list.map((id) => `  ${visibleLine(id)}`)];
  const lines = [
    ...(note === '' ? [] : wrapped(note, 80)),
    ...part('broke', broke),
    ...part('mended', mended),
    ...part('still fail', still),
    ...part('not tested any more', lost),
    ...part('tested now, and passed', gained),
    ...ids('only in the later report', added),
    ...ids('only in the earlier report', removed),
  ];
  const isQuiet = broke.length + mended.length + still.length === 0;
  return `${[...lines, ...(isQuiet ? ['nothing fails in either'] : [])].join('\n')}\n`;
}
