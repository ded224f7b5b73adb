import { wrapped } from '../reports/text.ts';

const columns = 80;
const indent = '  ';
/** Stands for a space at which no line ends. */
const glue = '\u0000';

/**
 * A line for a terminal, in as many as it needs; what goes on is indented. No word is cut, nor what stands behind three
 * spaces: that is to be copied.
 */
export function inColumns(line: string): string {
  const glued = line.replace(/(?<= {3})\S.*$/, (copied) => copied.replaceAll(' ', glue));
  const [first = '', ...rest] = wrapped(glued, columns);
  const others = rest.length === 0 ? [] : wrapped(rest.join(' ').trimStart(), columns - indent.length);
  const lines = [first, ...others.map((other) => `${indent}${other}`)];
  return lines.map((one) => `${one.trimEnd().replaceAll(glue, ' ')}\n`).join('');
}
