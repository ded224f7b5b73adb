import type { Stimulus } from '../specs/requirement.ts';
import { only, rawCase, validBody } from './build.ts';
import type { CaseSource, Fixture } from './case.ts';

type Oddity = Extract<Stimulus, { kind: 'odd JSON' }>['oddity'];

const depth = 10_000;
const mebibyte = 1024 * 1024;

/** A minimal body with raw members behind it. */
function withRaw(fixture: Fixture, members: string): string {
  return `${JSON.stringify(validBody(fixture)).slice(0, -1)},${members}}`;
}

/** JSON on which readers differ. */
export function oddCases(oddity: Oddity, fixture: Fixture): CaseSource {
  const plain = JSON.stringify(validBody(fixture));
  const image = plain.slice(1, -1);
  switch (oddity) {
    case 'duplicate keys':
      return only(rawCase(fixture, 'image_id twice', `{${image},${image}}`));
    case 'byte-order mark':
      return only(rawCase(fixture, 'byte-order mark first', `\uFEFF${plain}`));
    case 'UTF-16': {
      const little = Buffer.from(`\uFEFF${plain}`, 'utf16le');
      return only(rawCase(fixture, 'UTF-16', new Uint8Array(little)));
    }
    case 'lone surrogates':
      return only(
        rawCase(fixture, 'a high surrogate alone', withRaw(fixture, '"message":"a\\ud800b"')),
        rawCase(fixture, 'surrogates in wrong order', withRaw(fixture, '"message":"\\udc00\\ud800"')),
      );
    case 'null character':
      return only(rawCase(fixture, 'message with U+0000', withRaw(fixture, '"message":"a\\u0000b"')));
  }
}

/** Nesting or size that no client needs. */
export function beyondReasonCases(place: 'known field' | 'unknown field', fixture: Fixture): CaseSource {
  const manyFields = Array.from({ length: 2000 }, (_, n) => `"conformance_unknown_${n}":${n}`).join(',');
  const nested = '['.repeat(depth) + ']'.repeat(depth);
  const nestedObjects = `${'{"a":'.repeat(depth)}0${'}'.repeat(depth)}`;
  if (place === 'known field')
    return only(
      rawCase(fixture, `message is ${depth} arrays deep`, withRaw(fixture, `"message":${nested}`)),
      rawCase(fixture, 'message of 2 MiB', withRaw(fixture, `"message":"${'a'.repeat(2 * mebibyte)}"`)),
    );
  return only(
    rawCase(
      fixture,
      `an unknown field is ${depth} objects deep`,
      withRaw(fixture, `"conformance_unknown":${nestedObjects}`),
    ),
    rawCase(fixture, '2000 unknown fields', withRaw(fixture, manyFields)),
    rawCase(fixture, '1 MiB of white space', withRaw(fixture, `${' '.repeat(mebibyte)}"is_fix":false`)),
  );
}
