import fc, { type Arbitrary } from 'fast-check';

const known = new Map<string, Arbitrary<string>>();

/** Any Unicode text but U+0000, with a length from `min` to `max` under every way of counting characters. */
export function text(min: number, max: number): Arbitrary<string> {
  const key = `${min} ${max}`;
  // Making one takes much longer than drawing from it.
  const made = known.get(key) ?? make(min, max);
  known.set(key, made);
  return made;
}

function make(min: number, max: number): Arbitrary<string> {
  const short = { minLength: min, maxLength: Math.max(min, Math.min(max, 80)) };
  return fc
    .oneof(
      fc.string({ unit: 'grapheme', ...short }),
      fc.string({ unit: 'binary', ...short }),
      fc.string({ unit: 'grapheme-ascii', minLength: min, maxLength: max }),
    )
    .filter((value) => !value.includes('\0') && Buffer.byteLength(value) <= max && [...value].length >= min);
}
