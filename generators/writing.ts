import type { Levels } from '../specs/contexts.ts';
import type { Repeated, Written } from './model.ts';

/** A member of the body: its name, and its value as JSON text. */
export type Member = readonly [name: string, value: string];

/** Bytes that a padded body has at least: more than the 8 KiB that buffers often have. */
const paddedSize = 9 * 1024;

/** Bytes of an escape, as which each character may be written. */
const escapeSize = 6;

/** Whether a value may be so long that nothing need be added to make a body large. */
export function isLarge(written: Written): boolean {
  return lengthOf(written) * escapeSize >= paddedSize;
}

function lengthOf(written: Written): number {
  if (typeof written === 'string') return written.length;
  if (isRepeated(written)) return written.unit.length * written.times;
  return written.reduce((sum, part) => sum + lengthOf(part), 0);
}

/** The text that a written value stands for. */
export function textOf(written: Written): string {
  if (typeof written === 'string') return written;
  if (isRepeated(written)) return written.unit.repeat(written.times);
  return together(written.map(textOf));
}

/** Joined without a copy: an engine does that once, when the whole is written, and some texts have many megabytes. */
function together(texts: readonly string[], separator = ''): string {
  return texts.reduce((all, text, i) => (i === 0 ? text : all + separator + text), '');
}

function isRepeated(written: Written): written is Repeated {
  return typeof written === 'object' && 'unit' in written;
}

/** A text as JSON in which every UTF-16 unit is an escape, its digits in either case by turns. */
export function escapeAll(value: string): string {
  let text = '';
  for (let i = 0; i < value.length; i += 1) {
    const digits = value.charCodeAt(i).toString(16).padStart(4, '0');
    text += value[i] === '/' ? '\\/' : `\\u${i % 2 === 0 ? digits : digits.toUpperCase()}`;
  }
  return `"${text}"`;
}

/** Units of a text that are written as escapes: what is sixfold beyond would be a test of size. */
const mostEscaped = 16 * 1024;

/** Whether each member came as text that is JSON by itself, so that it may be written in another way. */
function rewritten(value: string): string {
  try {
    const parsed: unknown = JSON.parse(value);
    if (typeof parsed !== 'string') return value;
    if (parsed.length <= mostEscaped) return escapeAll(parsed);
    return escapeAll(parsed.slice(0, mostEscaped)).slice(0, -1) + JSON.stringify(parsed.slice(mostEscaped)).slice(1);
  } catch {
    return value;
  }
}

/** An object with these members, in order. */
export function writeObject(members: readonly Member[], { writing, size }: Pick<Levels, 'writing' | 'size'>): string {
  const text = written(members, writing);
  if (size === 'natural') return text;
  const missing = paddedSize - Buffer.byteLength(text);
  return missing > 0 ? padded(text, missing) : text;
}

/** White space behind the opening brace; `length` characters of it, with a line break now and then. */
export function padded(text: string, length: number): string {
  const at = text.indexOf('{') + 1;
  const space = `${' '.repeat(79)}\n`.repeat(Math.ceil(length / 80)).slice(0, length);
  return text.slice(0, at) + space + text.slice(at);
}

function written(members: readonly Member[], writing: Levels['writing']): string {
  switch (writing) {
    case 'compact':
      return `{${together(
        members.map(([name, value]) => `${JSON.stringify(name)}:${value}`),
        ',',
      )}}`;
    case 'spaced':
      return `\r\n{\t${together(
        members.map(([name, value]) => `${JSON.stringify(name)}\r\n :\t${value} `),
        ',\n\t ',
      )}\t}\r\n `;
    case 'escaped':
      return `{${together(
        members.map(([name, value]) => `${escapeAll(name)}:${rewritten(value)}`),
        ',',
      )}}`;
    case 'reversed':
      return `{\n${together(
        members.map(([name, value]) => `  ${JSON.stringify(name)}: ${value}`).reverse(),
        ',\n',
      )}\n}\n`;
  }
}
