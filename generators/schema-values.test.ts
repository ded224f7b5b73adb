import { Ajv2020 } from 'ajv/dist/2020.js';
import formats from 'ajv-formats';
import fc, { type Arbitrary } from 'fast-check';
import { expect, test } from 'vitest';
import type { Condition, ValueSchema } from '../specs/value-schema.ts';
import { breaches, validValues } from './schema-values.ts';

const seed = 20261124;
const numRuns = 1500;

const limits = (low: string, high: string, min: number, max: number): Arbitrary<object> =>
  fc
    .tuple(fc.integer({ min, max }), fc.integer({ min, max }), fc.boolean(), fc.boolean())
    .map(([a, b, hasLow, hasHigh]) => ({
      ...(hasLow ? { [low]: Math.min(a, b) } : {}),
      ...(hasHigh ? { [high]: Math.max(a, b) } : {}),
    }));

const scalar: Arbitrary<ValueSchema> = fc.oneof(
  limits('minLength', 'maxLength', 0, 30).map((keywords) => ({ type: 'string', ...keywords }) as const),
  limits('minimum', 'maximum', -50, 50).map((keywords) => ({ type: 'integer', ...keywords }) as const),
  fc.constantFrom<ValueSchema>(
    { type: 'boolean' },
    { type: 'string', enum: ['KEEP', 'ENCRYPTED'] },
    { type: 'integer', enum: [1, 2, 3] },
    { type: 'string', const: 'on' },
    { type: 'boolean', const: true },
    { type: 'string', format: 'uuid' },
    { type: 'string', format: 'date-time' },
    { type: 'string', format: 'ipv4' },
  ),
);

const list: Arbitrary<ValueSchema> = fc
  .tuple(scalar, limits('minItems', 'maxItems', 0, 4))
  .map(([items, keywords]) => ({ type: 'array', items, ...keywords }));

/** Of strings and numbers that there are enough of. */
const listOfDifferent: Arbitrary<ValueSchema> = fc
  .tuple(
    fc.oneof(
      limits('minLength', 'maxLength', 2, 30).map((keywords) => ({ type: 'string', ...keywords }) as const),
      fc.constantFrom<ValueSchema>(
        { type: 'string' },
        { type: 'integer', minimum: 0, maximum: 4 },
        { type: 'string', enum: ['a', 'b', 'c', 'd', 'e'] },
      ),
    ),
    limits('minItems', 'maxItems', 0, 4),
  )
  .map(([items, keywords]) => ({ type: 'array', items, uniqueItems: true, ...keywords }));

/** When one member has a value, another is mandatory, or has to be as the condition says. */
const condition: Arbitrary<Condition> = fc
  .record({
    on: fc.constantFrom<Condition['if']>(
      { properties: { mode: { const: 'on' } }, required: ['mode'] },
      { properties: { mode: { enum: ['on', 'auto'] } }, required: ['mode'] },
      { required: ['list'] },
    ),
    // biome-ignore lint/suspicious/noThenProperty: a keyword of JSON Schema
    then: fc.constantFrom<Condition['then']>(
      { required: ['key'] },
      { required: ['key'], properties: { key: { minLength: 1 } } },
      { properties: { key: { minLength: 2 } } },
      { required: ['key', 'count'] },
    ),
  })
  .map(({ on, then }) => ({ if: on, then }));

const conditional: Arbitrary<ValueSchema> = fc
  .tuple(condition, fc.subarray(['mode', 'key', 'other']), listOfDifferent)
  .map(([one, required, list]) => ({
    type: 'object',
    properties: {
      mode: { type: 'string', enum: ['on', 'off', 'auto'] },
      key: { type: 'string', maxLength: 20 },
      count: { type: 'integer', minimum: 1, maximum: 9 },
      other: { type: 'boolean' },
      list,
    },
    required,
    allOf: [one],
  }));

const anySchema: Arbitrary<ValueSchema> = fc.oneof(
  scalar,
  list,
  listOfDifferent,
  conditional,
  fc
    .tuple(fc.dictionary(fc.constantFrom('a', 'b', 'c'), fc.oneof(scalar, list)), fc.subarray(['a', 'b', 'c']))
    .map(([properties, required]) => ({
      type: 'object' as const,
      properties,
      required: required.filter((name) => Object.hasOwn(properties, name)),
    })),
);

const ajv = new Ajv2020({ strict: false, allErrors: true });
formats.default(ajv);

/** The errors of a value, as `keyword at place`. */
function errors(schema: ValueSchema, value: unknown): readonly string[] {
  const validate = ajv.compile({ ...schema });
  validate(value);
  return (validate.errors ?? []).map(({ keyword, instancePath, params }) =>
    keyword === 'required'
      ? `required at ${instancePath}/${params['missingProperty']}`
      : `${keyword} at ${instancePath}`,
  );
}

test('valid values pass', () => {
  fc.assert(
    fc.property(
      anySchema.chain((schema) => fc.tuple(fc.constant(schema), validValues(schema))),
      ([schema, value]) => {
        expect(errors(schema, value)).toEqual([]);
      },
    ),
    { seed, numRuns },
  );
});

test('broken values fail for the named keyword at the named place alone', () => {
  const broken = anySchema.chain((schema) =>
    fc
      .constantFrom(...breaches(schema))
      .chain((breach) => fc.tuple(fc.constant(schema), fc.constant(breach), breach.values)),
  );
  fc.assert(
    fc.property(broken, ([schema, { keyword, place }, value]) => {
      // Beside what a condition asks for ajv tells that it holds.
      const found = errors(schema, value).filter((error) => error !== 'if at ');
      const elsewhere = found.filter((error) => !error.endsWith(` at ${place}`));
      expect(found).toContain(`${keyword} at ${place}`);
      // What has another type may miss an enum, a range or members, too.
      const beside =
        keyword === 'type' ? elsewhere.filter((error) => !error.startsWith(`required at ${place}`)) : found;
      expect(keyword === 'type' ? beside : beside.filter((error) => error !== `${keyword} at ${place}`)).toEqual([]);
    }),
    { seed, numRuns: 2 * numRuns },
  );
});

test('each keyword of a schema can be broken', () => {
  const schema: ValueSchema = {
    type: 'object',
    required: ['kind'],
    properties: {
      kind: { type: 'string', enum: ['a', 'b'] },
      name: { type: 'string', minLength: 1, maxLength: 3 },
      on: { type: 'boolean', const: true },
      id: { type: 'string', format: 'uuid' },
      count: { type: 'integer', minimum: 0, maximum: 15 },
      list: { type: 'array', minItems: 1, maxItems: 2, uniqueItems: true, items: { type: 'string' } },
      key: { type: 'string' },
    },
    allOf: [
      {
        if: { properties: { kind: { const: 'a' } }, required: ['kind'] },
        // biome-ignore lint/suspicious/noThenProperty: a keyword of JSON Schema
        then: { required: ['key'], properties: { key: { minLength: 1 } } },
      },
    ],
  };
  const conditional = breaches(schema).filter(({ place }) => place === '/key');
  expect(conditional.map(({ keyword }) => keyword)).toEqual(['type', 'required', 'minLength']);
  const named = new Set(breaches(schema).map(({ keyword }) => keyword));
  expect([...named].sort()).toEqual(
    [
      'const',
      'enum',
      'format',
      'maxItems',
      'maxLength',
      'maximum',
      'minItems',
      'minLength',
      'minimum',
      'required',
      'type',
      'uniqueItems',
    ].sort(),
  );
});
