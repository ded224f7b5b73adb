import fc, { type Arbitrary } from 'fast-check';
import { type Field, fields } from '../specs/requirement.ts';
import { fullBody, jsonCase, only, rawCase, rebuildPath, shown, validBody } from './build.ts';
import type { Case, CaseSource, Fixture } from './case.ts';
import { optionalBody, randomCases, unknownId } from './random.ts';
import { fieldSchema, range } from './schema.ts';

const wrong: Readonly<Record<string, readonly unknown[]>> = {
  string: [[]],
  integer: [[], 'abc', '15min', 1.5],
  boolean: [[], 'maybe'],
};

const convertible: Readonly<Record<string, readonly unknown[]>> = {
  string: [0, true],
  integer: ['5', ' 5 ', '5.0', true, false, ''],
  boolean: ['true', 'yes', '1', '', 0, 1],
};

const composite: Arbitrary<unknown> = fc.oneof(
  fc.constantFrom({}, []),
  fc.array(fc.jsonValue({ maxDepth: 1 }), { maxLength: 4 }),
  fc.dictionary(fc.string({ maxLength: 8 }), fc.jsonValue({ maxDepth: 1 }), { maxKeys: 3, noNullPrototype: true }),
);

/** No spelling of a number or a truth value, in any library that is known for guessing. */
const word = fc.stringMatching(/^[b-z]{6,20}$/).filter((value) => !/^(true|false|infinity)/.test(value));

const anyWrong: Readonly<Record<string, Arbitrary<unknown>>> = {
  string: composite,
  integer: fc.oneof(
    composite,
    word,
    fc.integer(range('delay_time')).map((n) => Math.min(n, range('delay_time').max - 1) + 0.5),
  ),
  boolean: fc.oneof(composite, word),
};

const anyConvertible: Readonly<Record<string, Arbitrary<unknown>>> = {
  string: fc.oneof(fc.integer(), fc.double({ noNaN: true, noDefaultInfinity: true }), fc.boolean()),
  integer: fc.oneof(
    fc
      .tuple(fc.integer(range('delay_time')), fc.constantFrom('', ' ', '.0'))
      .map(([n, pad]) => (pad === ' ' ? ` ${n} ` : `${n}${pad}`)),
    fc.constantFrom(true, false, ''),
  ),
  boolean: fc.oneof(
    fc.constantFrom('true', 'false', 'True', 'FALSE', 'yes', 'no', 'on', 'off', '1', '0', ''),
    fc.integer(),
  ),
};

function withField(fixture: Fixture, field: Field, value: unknown, rest: object = {}, shownAs = shown(value)): Case {
  return jsonCase(fixture, `${field} is ${shownAs}`, { ...validBody(fixture), ...rest, [field]: value });
}

/** One field broken by `value`, valid ones at random around it. */
function around(fixture: Fixture, field: Field, value: Arbitrary<unknown>): Arbitrary<Case> {
  return fc.tuple(optionalBody(fixture, true), value).map(([rest, broken]) => withField(fixture, field, broken, rest));
}

/** A value of another JSON type; `lossless` ones could be converted by a lenient reader. */
export function wrongTypeCases(field: Field, lossless: boolean, fixture: Fixture, seed: number): CaseSource {
  const { type } = fieldSchema(field);
  // A list or a reference that holds a valid value is what lenient readers unwrap.
  const whole = fullBody(fixture)[field] ?? 'text';
  const values = lossless
    ? (convertible[type] ?? [])
    : [fields.indexOf(field) % 2 === 0 ? {} : { id: whole }, ...(wrong[type] ?? []), [whole]];
  const wrapped = fc.constantFrom<unknown>({ id: whole }, [whole]);
  const arbitrary = lossless ? (anyConvertible[type] ?? composite) : fc.oneof(anyWrong[type] ?? composite, wrapped);
  // By turns alone and among all other fields: some readers look closer at the one, some at the other.
  const rest = (i: number) => (i % 2 === 0 ? {} : { ...fullBody(fixture), is_fix: true });
  const fixed = values.map((value, i) => withField(fixture, field, value, rest(i)));
  if (field === 'delay_time' && !lossless) {
    // Whoever refuses the unknown field refuses this, too; whoever ignores it must still look at what follows.
    const body = { conformance_unknown: 'text', ...validBody(fixture), delay_time: 'abc' };
    fixed.push(jsonCase(fixture, 'delay_time is "abc", behind an unknown field', body));
  }
  return {
    fixed,
    random: randomCases(seed, around(fixture, field, arbitrary)),
  };
}

/** More than one thing is wrong with the body. */
export function severalFaultsCases(fixture: Fixture, seed: number): CaseSource {
  const all = Object.fromEntries(fields.map((field) => [field, { id: fullBody(fixture)[field] ?? 'text' }]));
  const broken = fields.map((field) =>
    (anyWrong[fieldSchema(field).type] ?? composite).map((v) => [field, v] as const),
  );
  const arbitrary = fc
    .shuffledSubarray(broken, { minLength: 2 })
    .chain((some) => fc.tuple(...some))
    .map((some) => {
      const names = some.map(([field]) => field).join(', ');
      return jsonCase(fixture, `${names} of wrong types`, { ...validBody(fixture), ...Object.fromEntries(some) });
    });
  return {
    fixed: [
      jsonCase(fixture, 'every field is an object', all),
      jsonCase(fixture, 'no image_id, and delay_time is a word', { delay_time: 'abc' }),
    ],
    random: randomCases(seed, arbitrary),
  };
}

/** The field is null. */
export function nullCases(field: Field, fixture: Fixture): CaseSource {
  return only(withField(fixture, field, null));
}

/** The field is an empty string. */
export function emptyCases(field: Field, fixture: Fixture): CaseSource {
  return only(withField(fixture, field, ''), withField(fixture, field, '', fullBody(fixture), 'empty among others'));
}

/** The field is left out. */
export function missingCases(field: Field, fixture: Fixture, seed: number): CaseSource {
  const without = (body: object) => Object.fromEntries(Object.entries(body).filter(([name]) => name !== field));
  const arbitrary = optionalBody(fixture, true).map((rest) =>
    jsonCase(
      fixture,
      `no ${field}, but ${Object.keys(rest).join(', ') || 'nothing'}`,
      without({ ...validBody(fixture), ...rest }),
    ),
  );
  return {
    fixed: [
      jsonCase(fixture, `no ${field}`, without(validBody(fixture))),
      jsonCase(fixture, `no ${field}, but all others`, without({ ...fullBody(fixture), is_fix: true })),
    ],
    random: randomCases(seed, arbitrary),
  };
}

function integersOut(fixture: Fixture, field: Field, seed: number): CaseSource {
  const { min, max } = range(field);
  const written = [`${max + 1}`, `${min - 1}`, '2147483648', '-2147483649', '9223372036854775808', '1e400'];
  const fixed = written.map((number) =>
    rawCase(
      fixture,
      `${field} is ${number}`,
      `${JSON.stringify(validBody(fixture)).slice(0, -1)},"${field}":${number}}`,
    ),
  );
  const arbitrary = fc.oneof(fc.integer({ min: max + 1 }), fc.integer({ max: min - 1 }));
  return { fixed, random: randomCases(seed, around(fixture, field, arbitrary)) };
}

function stringsOut(fixture: Fixture, field: Field, seed: number): CaseSource {
  const { maxLength = 255 } = fieldSchema(field);
  const long: readonly (readonly [string, string])[] = [
    [`${maxLength + 1} letters`, 'a'.repeat(maxLength + 1)],
    ['1024 CJK characters', '保'.repeat(1024)],
    ['4096 letters', 'a'.repeat(4096)],
    ['65536 CJK characters', '保'.repeat(65536)],
  ];
  const fixed = long.map(([label, value]) => withField(fixture, field, value, {}, label));
  const arbitrary = fc
    .tuple(fc.constantFrom('a', 'é', '保'), fc.integer({ min: maxLength + 1, max: maxLength + 4096 }))
    .map(([letter, n]) => letter.repeat(n));
  return { fixed, random: randomCases(seed, around(fixture, field, arbitrary)) };
}

/** Values just beyond the limits of the schema, and far beyond. */
export function outOfRangeCases(field: Field, fixture: Fixture, seed: number): CaseSource {
  const { type } = fieldSchema(field);
  if (type === 'integer') return integersOut(fixture, field, seed);
  return type === 'string' ? stringsOut(fixture, field, seed) : { fixed: [] };
}

/** Keys that look like image_id, or lead to one by inheritance. */
export function lookAlikeCases(fixture: Fixture, seed: number): CaseSource {
  const image = fixture.image_id;
  const keys = ['Image_Id', 'IMAGE_ID', 'imageId', 'image_id ', 'image-id'];
  const holder = { image_id: image };
  const fixed = [
    ...keys.map((key) => jsonCase(fixture, `${JSON.stringify(key)} in place of image_id`, { [key]: image })),
    jsonCase(
      fixture,
      'image_id in the query',
      {},
      {
        path: `${rebuildPath(fixture.project_id, fixture.pool_id)}?image_id=${encodeURIComponent(image)}`,
      },
    ),
    jsonCase(fixture, 'image_id inside __proto__', { ['__proto__']: holder }),
    jsonCase(fixture, 'image_id inside constructor.prototype', { constructor: { prototype: holder } }),
    jsonCase(fixture, 'image_id inside body', { body: holder }),
  ];
  const recased = fc
    .array(fc.boolean(), { minLength: 8, maxLength: 8 })
    .map((upper) => [...'image_id'].map((letter, i) => (upper[i] ? letter.toUpperCase() : letter)).join(''));
  const joined = fc.constantFrom(' ', '.', '-', '__', '', '\u200B').map((joint) => `image${joint}id`);
  const padded = fc
    .tuple(fc.constantFrom('', ' ', '\t', '_', '$'), fc.constantFrom('', ' ', '\n', '_', '[]', 's'))
    .map(([a, b]) => `${a}image_id${b}`);
  const key = fc.oneof(recased, joined, padded).filter((name) => !(fields as readonly string[]).includes(name));
  const arbitrary = fc
    .tuple(key, optionalBody(fixture, true))
    .map(([name, rest]) =>
      jsonCase(fixture, `${JSON.stringify(name)} in place of image_id`, { ...rest, [name]: image }),
    );
  return { fixed, random: randomCases(seed, arbitrary) };
}

/** An image that nobody made. */
export function unknownImageCases(fixture: Fixture, seed: number): CaseSource {
  const imageCase = (id: string, rest: object = {}) => withField(fixture, 'image_id', id, rest);
  const arbitrary = fc.tuple(fc.uuid(), optionalBody(fixture, true)).map(([id, rest]) => imageCase(id, rest));
  const relative = jsonCase(fixture, 'image_id that begins like a real one, with a quote and a backslash', {
    ...validBody(fixture),
    image_id: `${fixture.image_id}-"\\${unknownId(seed)}`,
  });
  const first = [...fixture.image_id][0] ?? '';
  const beginning = first === fixture.image_id ? [] : [imageCase(first)];
  // Where images are kept in a plain object, this one seems to be there.
  const inherited = imageCase('constructor');
  return {
    fixed: [imageCase(unknownId(seed)), relative, inherited, ...beginning],
    random: randomCases(seed, arbitrary),
  };
}
