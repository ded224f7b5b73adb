import fc, { type Arbitrary } from 'fast-check';
import { type Field, fields } from '../specs/requirement.ts';
import { company, fullBody, jsonCase, only, rawCase, rebuildPath, shown, validBody } from './build.ts';
import type { Case, CaseSource, Fixture } from './case.ts';
import { optionalBody, randomCases, recased, unknownId } from './random.ts';
import { breaking, fieldSchema, range } from './schema.ts';

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
  const arbitrary = lossless ? (anyConvertible[type] ?? wrapped) : fc.oneof(...breaking(field, 'type'), wrapped);
  const fixed = values.map((value, i) => withField(fixture, field, value, company(fixture, i)));
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
    fc.oneof(...breaking(field, 'type')).map((value): readonly [string, unknown] => [field, value]),
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
  return only(withField(fixture, field, null, company(fixture, fields.indexOf(field))));
}

/** The field is an empty string. */
export function emptyCases(field: Field, fixture: Fixture): CaseSource {
  return only(withField(fixture, field, ''));
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
  // Those beyond 32 and 64 bits are good ones when their upper bits are cut off.
  const inside = BigInt(max - 1);
  const wrapping = [2n ** 32n + inside, inside - 2n ** 32n, 2n ** 64n + inside].map(String);
  const written = ['9'.repeat(5000), '1e400', ...wrapping, `${min - 1}`, `${max + 1}`];
  const fixed = written.map((number) =>
    rawCase(
      fixture,
      `${field} is ${number.length > 40 ? `a number of ${number.length} digits` : number}`,
      `${JSON.stringify(validBody(fixture)).slice(0, -1)},"${field}":${number}}`,
    ),
  );
  const arbitrary = fc.oneof(...breaking(field, 'maximum', 'minimum'));
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
  const arbitrary = fc.oneof(...breaking(field, 'maxLength'));
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
  const keys = ['Image_Id', 'image_id '];
  const aliases = ['imageId', 'image-id', 'imageid', 'imageRef', 'image', 'id'];
  const holder = { image_id: image };
  const fixed = [
    ...keys.map((key) => jsonCase(fixture, `${JSON.stringify(key)} in place of image_id`, { [key]: image })),
    jsonCase(
      fixture,
      `${aliases.join(', ')} in place of image_id`,
      Object.fromEntries(aliases.map((key) => [key, image])),
    ),
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
  const mixed = fc
    .array(fc.boolean(), { minLength: 8, maxLength: 8 })
    .map((upper) => [...'image_id'].map((letter, i) => (upper[i] ? letter.toUpperCase() : letter)).join(''));
  const joined = fc.constantFrom(' ', '.', '-', '__', '', '\u200B').map((joint) => `image${joint}id`);
  const padded = fc
    .tuple(fc.constantFrom('', ' ', '\t', '_', '$'), fc.constantFrom('', ' ', '\n', '_', '[]', 's'))
    .map(([a, b]) => `${a}image_id${b}`);
  const key = fc.oneof(mixed, joined, padded).filter((name) => !(fields as readonly string[]).includes(name));
  const arbitrary = fc
    .tuple(key, optionalBody(fixture, true))
    .map(([name, rest]) =>
      jsonCase(fixture, `${JSON.stringify(name)} in place of image_id`, { ...rest, [name]: image }),
    );
  return { fixed, random: randomCases(seed, arbitrary) };
}

/** An id that only a reader who tidies it up takes for that of the real image. */
export function untidyImageCases(fixture: Fixture): CaseSource {
  const { image_id } = fixture;
  const untidy = [` ${image_id}\n`, ...recased(image_id)];
  return only(...untidy.map((id) => withField(fixture, 'image_id', id)));
}

/** An image that nobody made. */
export function unknownImageCases(fixture: Fixture, seed: number): CaseSource {
  const imageCase = (id: string, rest: object = {}) => withField(fixture, 'image_id', id, rest);
  const arbitrary = fc.tuple(fc.uuid(), optionalBody(fixture, true)).map(([id, rest]) => imageCase(id, rest));
  const relative = jsonCase(fixture, 'image_id that begins like a real one, with quotes and CJK, among all fields', {
    ...fullBody(fixture),
    is_fix: true,
    image_id: `${fixture.image_id}-'"\\保存${unknownId(seed)}`,
  });
  // Where images are kept in a plain object, this one seems to be there.
  const inherited = imageCase('__proto__');
  return {
    fixed: [imageCase(unknownId(seed)), relative, inherited, imageCase('  ')],
    random: randomCases(seed, arbitrary),
  };
}
