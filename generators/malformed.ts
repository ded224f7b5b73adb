import fc, { type Arbitrary } from 'fast-check';
import { jsonCase, only, rawCase, validBody } from './build.ts';
import type { Case, CaseSource, Fixture } from './case.ts';
import { optionalBody, randomCases } from './random.ts';

/** Whether a text is JSON, by the platform's own reader. */
function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

function broken(image: string): readonly (readonly [string, string])[] {
  const id = `"image_id":${image}`;
  const number = (text: string) => `{${id},"delay_time":${text}}`;
  return [
    ['cut after the brace', '{'],
    ['cut after the colon', '{"image_id":'],
    ['cut inside the value', `{${id.slice(0, -1)}`],
    ['cut after the value', `{${id}`],
    ['cut after a comma', `{${id},`],
    ['trailing comma', `{${id},}`],
    ['trailing data', `{${id}} x`],
    ['a null character and data behind it', `{${id}}\u0000x`],
    ['leading data', `x {${id}}`],
    ['semicolon at the end', `{${id}};`],
    ['form feed around it', `\f{${id}}\f`],
    ['no-break space as white space', `{\u00A0${id}}`],
    ['two documents', `{${id}}{${id}}`],
    ['single quotes', `{'image_id':'${image.slice(1, -1)}'}`],
    ['line comment', `{${id}} // comment\n`],
    ['hash comment', `{${id}} # comment\n`],
    ['block comment', `{/* comment */${id}}`],
    ['bare key', `{image_id:${image}}`],
    ['NaN', number('NaN')],
    ['Infinity', number('Infinity')],
    ['leading zero', number('05')],
    ['plus sign', number('+5')],
    ['no digit before the point', number('.5')],
    ['no digit after the point', number('5.')],
    ['hexadecimal number', number('0x5')],
    ['raw tab in a string', `{${id},"message":"a\tb"}`],
    ['raw line break in a string', `{${id},"message":"a\nb"}`],
    ['unknown escape', `{${id},"message":"a\\xb"}`],
    ['no colon', `{"image_id" ${image}}`],
    ['two commas', `{${id},,"delay_time":5}`],
    ['no comma', `{${id} "delay_time":5}`],
    ['True', `{${id},"is_fix":True}`],
    ['undefined', `{${id},"message":undefined}`],
    ['extra brace', `{${id}}}`],
    ['a form', `image_id=${encodeURIComponent(JSON.parse(image))}`],
    ['YAML', `image_id: ${image}\n`],
  ];
}

const wounds = fc.oneof(
  fc.constant({ cut: true, put: '' }),
  fc.constantFrom('{', '}', '[', ']', ',', ':', '"', "'", '\\', 'x', '/', '\n', '').map((put) => ({ cut: false, put })),
);

/** A valid body that is cut off, or gets or loses a character, so that it is JSON no more. */
function wounded(fixture: Fixture): Arbitrary<Case> {
  return fc
    .tuple(optionalBody(fixture, true), fc.nat(), wounds)
    .map(([rest, place, { cut, put }]) => {
      const text = JSON.stringify({ ...validBody(fixture), ...rest });
      const at = 1 + (place % (text.length - 1));
      const left = text.slice(0, at);
      if (cut) return { what: `cut after ${at} characters`, text: left };
      if (put === '') return { what: `character ${at} left out`, text: left + text.slice(at + 1) };
      return { what: `${JSON.stringify(put)} put in after ${at} characters`, text: left + put + text.slice(at) };
    })
    .filter(({ text }) => !isJson(text) && Buffer.from(text).toString() === text)
    .map(({ what, text }) => rawCase(fixture, what, text));
}

/** Bodies that are no JSON. */
export function malformedCases(fixture: Fixture, seed: number): CaseSource {
  const fixed = broken(JSON.stringify(fixture.image_id)).map(([label, text]) => rawCase(fixture, label, text));
  return { fixed, random: randomCases(seed, wounded(fixture)) };
}

/** JSON, but no object. */
export function noObjectCases(fixture: Fixture): CaseSource {
  const values: readonly (readonly [string, unknown])[] = [
    ['an array with a valid body', [validBody(fixture)]],
    ['an empty array', []],
    ['a string', 'string'],
    ['a string with a valid body', JSON.stringify(validBody(fixture))],
    ['a number', 42],
    ['true', true],
    ['null', null],
  ];
  return only(...values.map(([label, value]) => jsonCase(fixture, `the body is ${label}`, value)));
}

/** Nothing, or nothing but white space. */
export function noBodyCases(fixture: Fixture): CaseSource {
  return only(
    rawCase(fixture, 'no body', undefined),
    rawCase(fixture, 'no body and no Content-Length', undefined, { noLength: true }),
    rawCase(fixture, 'white space alone', ' \r\n\t '),
  );
}

/** JSON but for bytes in message that are not UTF-8. */
export function invalidUtf8Cases(fixture: Fixture): CaseSource {
  const bytes: readonly (readonly [string, readonly number[]])[] = [
    ['surrogates encoded one by one', [0xed, 0xa0, 0xbd, 0xed, 0xb1, 0x8b, 0x62]],
    ['a truncated character at its end', [0xe4, 0xbf]],
    ['an overlong encoding', [0xc0, 0xaf, 0x62]],
  ];
  const [head, tail] = [
    Buffer.from(`${JSON.stringify(validBody(fixture)).slice(0, -1)},"message":"a`),
    Buffer.from('"}'),
  ];
  return only(
    ...bytes.map(([label, middle]) =>
      rawCase(fixture, `message with ${label}`, new Uint8Array(Buffer.concat([head, Buffer.from(middle), tail]))),
    ),
  );
}
