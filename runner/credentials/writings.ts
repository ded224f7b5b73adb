/** A part of a text: from `start`, up to and without `end`. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

/** A text as somebody may read it, with the way back to the text that it was made of. */
export interface View {
  readonly text: string;
  /** Where a part of it stands in the text that it was made of. */
  source(start: number, end: number): Span;
}

/**
 * What stands for another character, or for none: a byte or a character as a number, a quoted one, a line break with the
 * white space behind it. Each repetition is bounded, so that an answer cannot make the search long.
 */
const escaped =
  /%([0-9a-f]{2})|\\{1,4}(?:u([0-9a-f]{4})|x([0-9a-f]{2})|[nrt]|(["'\\/]))|&(?:amp;){0,3}(?:#x([0-9a-f]{1,6})|#(\d{1,7})|(quot|apos|lt|gt|amp));?|[\r\n][ \t]{0,80}/gi;
const named: Readonly<Record<string, string>> = { quot: '"', apos: "'", lt: '<', gt: '>', amp: '&' };

export function viewOf(text: string): View {
  return { text, source: (start, end) => ({ start, end }) };
}

/** The view with escapes undone and lines joined; undefined: there is nothing to undo. */
export function undone(view: View): View | undefined {
  const { text } = view;
  const pieces: string[] = [];
  /** Where pieces begin, here and there. */
  const here: number[] = [];
  const there: number[] = [];
  let size = 0;
  let end = 0;
  const add = (piece: string, from: number): void => {
    if (piece === '') return;
    pieces.push(piece);
    here.push(size);
    there.push(from);
    size += piece.length;
  };
  for (const match of text.matchAll(escaped)) {
    add(text.slice(end, match.index), end);
    add(meantBy(match), match.index);
    end = match.index + match[0].length;
  }
  if (end === 0) return undefined;
  add(text.slice(end), end);
  // What stands for one character begins a piece, as does what follows it.
  const origin = (at: number): number => {
    const piece = lastUpTo(here, at);
    return piece < 0 ? 0 : (there[piece] ?? 0) + at - (here[piece] ?? 0);
  };
  return {
    text: pieces.join(''),
    source: (from, to) => view.source(origin(from), to >= size ? text.length : endOf(origin(to - 1), text)),
  };
}

/** The place behind the character, or what stands for it, that begins at a place. */
function endOf(at: number, text: string): number {
  const sticky = new RegExp(escaped.source, 'iy');
  sticky.lastIndex = at;
  return at + (sticky.exec(text)?.[0].length ?? 1);
}

function meantBy([, percent, unicode, byte, quoted, hex, decimal, name]: RegExpMatchArray): string {
  const digits = percent ?? unicode ?? byte ?? hex;
  if (digits !== undefined) return character(Number.parseInt(digits, 16));
  if (decimal !== undefined) return character(Number(decimal));
  if (quoted !== undefined) return quoted;
  return name === undefined ? '' : (named[name.toLowerCase()] ?? '');
}

function character(code: number): string {
  return code === 10 || code === 13 ? '' : code <= 0x10ffff ? String.fromCodePoint(code) : '';
}

/** The index of the last number that is not greater; the list ascends. */
function lastUpTo(sorted: readonly number[], value: number): number {
  let [low, high] = [0, sorted.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((sorted[middle] ?? 0) <= value) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}
