import fc, { type Arbitrary } from 'fast-check';

/** The first code point after the surrogates, and their number: they are no characters. */
const surrogates = { first: 0xd800, count: 0x800 };

/**
 * A character of any plane. Made of its number: `fc.string` writes down all 1.1 million of them, which takes a second,
 * to be able to shrink texts that it did not make.
 */
const scalar = fc
  .integer({ min: 0, max: 0x10ffff - surrogates.count })
  .map((n) => String.fromCodePoint(n < surrogates.first ? n : n + surrogates.count));
const ascii = fc.integer({ min: 0x20, max: 0x7e }).map((n) => String.fromCodePoint(n));

/** What readers take for one character, such as a letter with its accents: made when the first one is asked for. */
let grapheme: Arbitrary<string> | undefined;
function graphemes(): Arbitrary<string> {
  grapheme ??= fc.string({ unit: 'grapheme', minLength: 1, maxLength: 1 });
  return grapheme;
}

function textOf(unit: Arbitrary<string>, minLength: number, maxLength: number): Arbitrary<string> {
  return fc.array(unit, { minLength, maxLength }).map((units) => units.join(''));
}

const known = new Map<string, Arbitrary<string>>();

/** Any Unicode text but U+0000, with a length from `min` to `max` under every way of counting characters. */
export function text(min: number, max: number): Arbitrary<string> {
  const key = `${min} ${max}`;
  const made = known.get(key) ?? make(min, max);
  known.set(key, made);
  return made;
}

function make(min: number, max: number): Arbitrary<string> {
  const most = Math.max(min, Math.min(max, 80));
  return fc
    .oneof(textOf(graphemes(), min, most), textOf(scalar, min, most), textOf(ascii, min, max))
    .filter((value) => !value.includes('\0') && Buffer.byteLength(value) <= max && [...value].length >= min);
}
