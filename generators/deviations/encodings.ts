import fc, { type Arbitrary } from 'fast-check';
import type { Deviation } from '../model.ts';
import type { DeviationSource, Setting } from './source.ts';

const utf8 = new TextDecoder('utf-8', { fatal: true });

function isUtf8(bytes: readonly number[]): boolean {
  try {
    utf8.decode(Uint8Array.from(bytes));
    return true;
  } catch {
    return false;
  }
}

/** Bytes that are no UTF-8, whatever whole characters stand around them; none can end the string or be a control. */
const anyBytes: Arbitrary<readonly number[]> = fc
  .array(
    fc.oneof(
      { weight: 4, arbitrary: fc.integer({ min: 0x80, max: 0xff }) },
      { weight: 1, arbitrary: fc.constant(0x61) },
    ),
    {
      minLength: 1,
      maxLength: 8,
    },
  )
  .filter((bytes) => !isUtf8(bytes));

function hex(bytes: readonly number[]): string {
  return bytes.map((byte) => byte.toString(16).padStart(2, '0')).join(' ');
}

/** JSON but for bytes in message that are not UTF-8. */
export function invalidUtf8(_: Setting): DeviationSource {
  const withBytes = (what: string, bytes: readonly number[]): Deviation => ({
    kind: 'invalid UTF-8',
    field: 'message',
    what: `message with ${what}`,
    change: { on: 'bytes', bytes },
  });
  return {
    classes: [
      [
        withBytes('surrogates encoded one by one', [0xed, 0xa0, 0xbd, 0xed, 0xb1, 0x8b]),
        withBytes('a truncated character', [0xe4, 0xbf]),
        withBytes('an overlong encoding', [0xc0, 0xaf]),
        withBytes('the byte FF', [0xff]),
        withBytes('a letter in Latin-1', [0xe9]),
        withBytes('a character beyond U+10FFFF', [0xf4, 0x90, 0x80, 0x80]),
        withBytes('a continuation alone', [0x80]),
        withBytes('an overlong quotation mark', [0xc0, 0xa2]),
      ],
    ],
    random: anyBytes.map((bytes) => withBytes(`the bytes ${hex(bytes)}`, bytes)),
  };
}

/** A mark in front of the body. */
export function byteOrderMark(_: Setting): DeviationSource {
  return {
    classes: [
      [
        {
          kind: 'byte-order mark',
          what: 'byte-order mark first',
          change: { on: 'encoding', encoding: 'UTF-8 with a mark' },
        },
      ],
    ],
  };
}

/** The body in code units of two bytes, or four. */
export function utf16(_: Setting): DeviationSource {
  const encodings = ['UTF-16LE', 'UTF-16BE', 'UTF-32LE'] as const;
  return {
    classes: [encodings.map((encoding) => ({ kind: 'UTF-16', what: encoding, change: { on: 'encoding', encoding } }))],
  };
}

/** A part of a text: as it stands in a JSON string, in any order. */
function joined(parts: Arbitrary<string>, certain: Arbitrary<string>): Arbitrary<string> {
  const some = fc.array(parts, { maxLength: 4 });
  return fc.tuple(some, certain, some).map(([before, one, after]) => [...before, one, ...after].join(''));
}

function messageIs(kind: 'lone surrogate' | 'null character', inWords: string, content: string): Deviation {
  return {
    kind,
    field: 'message',
    what: `message ${inWords}`,
    change: { on: 'field', field: 'message', value: `"${content}"` },
  };
}

/** Halves of characters, written with escapes. */
export function loneSurrogate(_: Setting): DeviationSource {
  const kind = 'lone surrogate';
  const low = fc.integer({ min: 0xdc00, max: 0xdfff }).map((unit) => `\\u${unit.toString(16)}`);
  // Low halves alone: a high one in front would make a whole of the first.
  const random = joined(fc.oneof(fc.constantFrom('a', '保', ' '), low), low);
  return {
    classes: [
      [
        messageIs(kind, 'with a high surrogate alone', 'a\\ud800b'),
        messageIs(kind, 'with surrogates in wrong order', '\\udc00\\ud800'),
        messageIs(kind, 'with a low surrogate alone', 'a\\uDFFFb'),
        messageIs(kind, 'that ends in a high surrogate', 'ab\\ud83d'),
        messageIs(kind, 'with two high surrogates', '\\ud83d\\ud83d\\udc4b'),
      ],
    ],
    random: fc
      .oneof(
        random,
        fc.integer({ min: 0xd800, max: 0xdbff }).map((unit) => `a\\u${unit.toString(16)}b`),
      )
      .map((content) => messageIs(kind, `is "${content}"`, content)),
  };
}

/** U+0000, written with an escape. */
export function nullCharacter(_: Setting): DeviationSource {
  const kind = 'null character';
  const random = joined(fc.constantFrom('a', '保', '\\u0000', '\\n', ' '), fc.constant('\\u0000'));
  return {
    classes: [
      [
        messageIs(kind, 'with U+0000', 'a\\u0000b'),
        messageIs(kind, 'of U+0000 alone', '\\u0000'),
        messageIs(kind, 'that ends in U+0000', 'ab\\u0000'),
        messageIs(kind, 'that begins with U+0000', '\\u0000ab'),
      ],
    ],
    random: random.map((content) => messageIs(kind, `is "${content}"`, content)),
  };
}
