import fc, { type Arbitrary } from 'fast-check';

/** Characters of each kind. Making such an arbitrary takes long, so there is one of each, whatever the length of texts. */
const [grapheme, scalar, ascii] = (['grapheme', 'binary', 'grapheme-ascii'] as const).map((unit) =>
  fc.string({ unit, minLength: 1, maxLength: 1 }),
) as [Arbitrary<string>, Arbitrary<string>, Arbitrary<string>];

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
    .oneof(textOf(grapheme, min, most), textOf(scalar, min, most), textOf(ascii, min, max))
    .filter((value) => !value.includes('\0') && Buffer.byteLength(value) <= max && [...value].length >= min);
}
