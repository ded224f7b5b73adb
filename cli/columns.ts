import { wrapped } from '../reports/text.ts';

const columns = 80;
const indent = '  ';

/** A line for a terminal, in as many as it needs; what goes on is indented, and a word is never cut. */
export function inColumns(line: string): string {
  const [first = '', ...rest] = wrapped(line, columns);
  const others = rest.length === 0 ? [] : wrapped(rest.join(' '), columns - indent.length);
  return [first, ...others.map((other) => `${indent}${other}`)].map((one) => `${one}\n`).join('');
}
