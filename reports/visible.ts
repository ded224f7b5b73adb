/** A stretch of text; `escaped` tells that it stands for one character that must not be printed. */
export interface Segment {
  readonly text: string;
  readonly escaped: boolean;
}

/** Control, format (bidi, zero-width, tags), lone surrogate, line separator, noncharacter; tab and newline are kept. */
const unprintable = /(?![\t\n])[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\p{Noncharacter_Code_Point}]/gu;

function escapeCharacter(character: string): string {
  const code = character.codePointAt(0) ?? 0;
  if (character === '\n') return '\\n';
  if (character === '\t') return '\\t';
  if (character === '\r') return '\\r';
  if (code < 0x100) return `\\x${code.toString(16).padStart(2, '0')}`;
  return code > 0xffff ? `\\u{${code.toString(16)}}` : `\\u${code.toString(16).padStart(4, '0')}`;
}

/** Text from outside with every unprintable character written as an escape; newlines and tabs stay. */
export function visible(text: string): string {
  return text.replace(unprintable, escapeCharacter);
}

/** As `visible`, on one line. */
export function visibleLine(text: string): string {
  return visible(text).replace(/[\t\n]/g, escapeCharacter);
}

/** As `visible`, but tells which parts are escapes. */
export function segments(text: string): readonly Segment[] {
  const parts: Segment[] = [];
  let end = 0;
  for (const match of text.matchAll(unprintable)) {
    if (match.index > end) parts.push({ text: text.slice(end, match.index), escaped: false });
    parts.push({ text: escapeCharacter(match[0]), escaped: true });
    end = match.index + match[0].length;
  }
  if (end < text.length) parts.push({ text: text.slice(end), escaped: false });
  return parts;
}

/** Cuts long text and says so. */
export function shorten(text: string, limit: number): string {
  return text.length <= limit ? text : `${text.slice(0, limit)}… (${text.length - limit} more characters)`;
}
