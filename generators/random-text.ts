import fc, { type Arbitrary } from 'fast-check';

/** Any Unicode text but U+0000, with a length from `min` to `max` under every way of counting characters. */
export function text(min: number, max: number): Arbitrary<string> {
  const short = { minLength: min, maxLength: Math.max(min, Math.min(max, 80)) };
  return fc
    .oneof(
      fc.string({ unit: 'grapheme', ...short }),
      fc.string({ unit: 'binary', ...short }),
      fc.string({ unit: 'grapheme-ascii', minLength: min, maxLength: max }),
    )
    .filter((value) => !value.includes('\0') && Buffer.byteLength(value) <= max && [...value].length >= min);
}
