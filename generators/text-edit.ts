import type { TextEdit } from './model.ts';

/** Where a token of a text begins, and where it ends. */
interface Token {
  readonly start: number;
  readonly end: number;
}

/** A string, a number or a literal, or any one other character. White space stands between tokens. */
const token = /"[^"\\]*(?:\\.[^"\\]*)*"|[-+.\w]+|\S/gsu;

/** Whether a text is JSON, by the platform's own reader. One mark in front is no fault: readers may ignore it. */
export function isJson(text: string): boolean {
  try {
    JSON.parse(text.replace(/^\uFEFF/, ''));
    return true;
  } catch {
    return false;
  }
}

/**
 * A JSON text made malformed by one edit. Where the text stays well-formed, as with a value replaced by another, the
 * edit goes to the next token: what comes back is neither JSON nor blank.
 */
export function editText(text: string, edit: TextEdit): string {
  if (edit.edit === 'around') {
    const edited = edit.before + text + edit.after;
    if (isMalformed(edited)) return edited;
    throw new Error(`still JSON with ${JSON.stringify(edit.before)} and ${JSON.stringify(edit.after)} around it`);
  }
  const tokens = Array.from(text.matchAll(token), ({ 0: found, index }) => ({
    start: index,
    end: index + found.length,
  }));
  for (let n = 0; n < tokens.length; n += 1) {
    const edited = editAt(text, tokens, modulo(edit.token + n, tokens.length), edit);
    if (edited !== undefined && isMalformed(edited)) return edited;
  }
  throw new Error(`no token where "${edit.edit}" leaves something malformed`);
}

function isMalformed(text: string): boolean {
  return text.trim() !== '' && !isJson(text);
}

/** Counts from the end, too: -1 is the last. */
function modulo(n: number, count: number): number {
  return ((n % count) + count) % count;
}

function editAt(
  text: string,
  tokens: readonly Token[],
  n: number,
  edit: Exclude<TextEdit, { edit: 'around' }>,
): string | undefined {
  const here = tokens[n];
  if (here === undefined) return undefined;
  const written = text.slice(here.start, here.end);
  const [head, tail] = [text.slice(0, here.start), text.slice(here.end)];
  switch (edit.edit) {
    case 'delete':
      return head + tail;
    case 'double':
      // `1515` would be a number like `15`.
      return `${head}${written}${/\w/.test(written) ? ' ' : ''}${written}${tail}`;
    case 'replace':
      return head + edit.by + tail;
    case 'insert':
      return head + written + edit.by + tail;
    case 'cut after':
      return head + written;
    case 'cut inside':
      return written.length < 2 ? undefined : head + half(written);
    case 'swap': {
      const other = tokens[(n + 1) % tokens.length];
      if (other === undefined || other === here) return undefined;
      return exchanged(text, ...(here.start < other.start ? ([here, other] as const) : ([other, here] as const)));
    }
  }
}

function exchanged(text: string, first: Token, second: Token): string {
  const written = ({ start, end }: Token): string => text.slice(start, end);
  const between = text.slice(first.end, second.start);
  return text.slice(0, first.start) + written(second) + between + written(first) + text.slice(second.end);
}

/** The first half; no character beyond the basic plane is cut in two. */
function half(written: string): string {
  return written.slice(0, written.length / 2).replace(/[\uD800-\uDBFF]$/, '');
}
