import fc, { type Arbitrary } from 'fast-check';
import { text } from './random-text.ts';

/** The part of JSON Schema 2020-12 that is read here; `format` knows the names in `formats`. */
export interface ValueSchema {
  readonly type: 'string' | 'integer' | 'boolean' | 'array' | 'object';
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly format?: string;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly items?: ValueSchema;
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly required?: readonly string[];
  readonly properties?: Readonly<Record<string, ValueSchema>>;
}

export type Keyword = Exclude<keyof ValueSchema, 'items' | 'properties'>;

/** Values that break a keyword at a place in the value, `''` for the value itself or `/0` and `/name` inside. */
export interface Breach {
  readonly keyword: Keyword;
  readonly place: string;
  readonly values: Arbitrary<unknown>;
}

const int32 = { min: -(2 ** 31), max: 2 ** 31 - 1 };
const longestText = 80;
/** How far beyond a limit generated values go. */
const beyond = 4096;

const formats: Readonly<Record<string, Arbitrary<string>>> = {
  uuid: fc.uuid(),
  'date-time': fc
    .date({ noInvalidDate: true, min: new Date(0), max: new Date(4e12) })
    .map((date) => date.toISOString()),
  ipv4: fc.ipV4(),
};
/** No text of any known format. */
const formless = fc.stringMatching(/^[g-z]{1,20}$/);

/** Whole numbers from minimum to maximum. */
export function integers({ minimum = int32.min, maximum = int32.max }: ValueSchema): Arbitrary<number> {
  return fc.integer({ min: minimum, max: maximum });
}

/** Values that a schema allows. Texts are short enough under every way of counting characters. */
export function validValues(schema: ValueSchema): Arbitrary<unknown> {
  if (schema.const !== undefined) return fc.constant(schema.const);
  if (schema.enum !== undefined) return fc.constantFrom(...schema.enum);
  switch (schema.type) {
    case 'string':
      return strings(schema);
    case 'integer':
      return integers(schema);
    case 'boolean':
      return fc.boolean();
    case 'array':
      return fc.array(schema.items === undefined ? fc.boolean() : validValues(schema.items), {
        minLength: schema.minItems ?? 0,
        maxLength: schema.maxItems ?? (schema.minItems ?? 0) + 5,
      });
    case 'object': {
      const { properties = {}, required = [] } = schema;
      const members = Object.entries(properties).map(([name, member]) => [name, validValues(member)] as const);
      return fc.record(Object.fromEntries(members), { requiredKeys: [...required], noNullPrototype: true });
    }
  }
}

function strings({ minLength = 0, maxLength = Math.max(longestText, minLength), format }: ValueSchema) {
  const known = format === undefined ? undefined : formats[format];
  return known ?? text(minLength, maxLength);
}

/** For each keyword of a schema the values that break it and nothing else; a wrong type may break more with it. */
export function breaches(schema: ValueSchema): readonly Breach[] {
  const own = (keyword: Keyword, values: Arbitrary<unknown>): Breach => ({ keyword, place: '', values });
  const found: Breach[] = [own('type', ofOtherType(schema.type))];
  const { minLength, maxLength, minimum, maximum, minItems, maxItems, format } = schema;
  const { type: _, ...rest } = schema;
  const isAllowed = (value: unknown): boolean => schema.enum?.includes(value) || value === schema.const;
  if (schema.enum !== undefined || schema.const !== undefined) {
    const others = validValues({ type: schema.type }).filter((value) => !isAllowed(value));
    return [...found, own(schema.enum === undefined ? 'const' : 'enum', others)];
  }
  if (maxLength !== undefined) found.push(own('maxLength', repeated(maxLength + 1, maxLength + beyond)));
  if (minLength !== undefined && minLength > 0) found.push(own('minLength', repeated(0, minLength - 1)));
  if (format !== undefined) found.push(own('format', formless));
  if (maximum !== undefined) found.push(own('maximum', fc.integer({ min: maximum + 1 })));
  if (minimum !== undefined) found.push(own('minimum', fc.integer({ max: minimum - 1 })));
  if (schema.type === 'array') {
    const list = (min: number, max: number) => validValues({ ...rest, type: 'array', minItems: min, maxItems: max });
    if (maxItems !== undefined) found.push(own('maxItems', list(maxItems + 1, maxItems + 3)));
    if (minItems !== undefined && minItems > 0) found.push(own('minItems', list(0, minItems - 1)));
    if (schema.items !== undefined && maxItems !== 0) found.push(...itemBreaches(schema, schema.items));
  }
  return [...found, ...memberBreaches(schema)];
}

function repeated(min: number, max: number): Arbitrary<string> {
  return fc.tuple(fc.constantFrom('a', 'é', '保'), fc.integer({ min, max })).map(([letter, n]) => letter.repeat(n));
}

/** The first item broken, valid ones behind it. */
function itemBreaches(schema: ValueSchema, items: ValueSchema): readonly Breach[] {
  const { minItems = 0, maxItems = minItems + 5 } = schema;
  const others = validValues({ ...schema, minItems: Math.max(0, minItems - 1), maxItems: Math.max(0, maxItems - 1) });
  return breaches(items).map(({ keyword, place, values }) => ({
    keyword,
    place: `/0${place}`,
    values: fc.tuple(values, others).map(([first, rest]) => [first, ...(rest as unknown[])]),
  }));
}

/** A member missing, or one broken among valid ones. */
function memberBreaches(schema: ValueSchema): readonly Breach[] {
  if (schema.type !== 'object') return [];
  const { properties = {}, required = [] } = schema;
  const whole = validValues(schema) as Arbitrary<Record<string, unknown>>;
  const missing = required.map(
    (name): Breach => ({
      keyword: 'required',
      place: `/${name}`,
      values: whole.map(({ [name]: _, ...rest }) => rest),
    }),
  );
  const broken = Object.entries(properties).flatMap(([name, member]) =>
    breaches(member).map(
      ({ keyword, place, values }): Breach => ({
        keyword,
        place: `/${name}${place}`,
        values: fc.tuple(whole, values).map(([rest, value]) => ({ ...rest, [name]: value })),
      }),
    ),
  );
  return [...missing, ...broken];
}

/** Lists and objects of anything. */
const composite: Arbitrary<unknown> = fc.oneof(
  fc.constantFrom({}, []),
  fc.array(fc.jsonValue({ maxDepth: 1 }), { maxLength: 4 }),
  fc.dictionary(fc.string({ maxLength: 8 }), fc.jsonValue({ maxDepth: 1 }), { maxKeys: 3, noNullPrototype: true }),
);

/** No spelling of a number or a truth value, in any library that is known for guessing. */
const word = fc.stringMatching(/^[b-z]{6,20}$/).filter((value) => !/^(true|false|infinity)/.test(value));

/** Values of another JSON type that no reader can convert without loss. */
function ofOtherType(type: ValueSchema['type']): Arbitrary<unknown> {
  switch (type) {
    case 'string':
      return composite;
    case 'integer':
      return fc.oneof(
        composite,
        word,
        fc.integer({ min: 0, max: 14 }).map((n) => n + 0.5),
      );
    case 'boolean':
      return fc.oneof(composite, word);
    case 'array':
      return fc.oneof(fc.dictionary(fc.string(), fc.boolean(), { maxKeys: 3, noNullPrototype: true }), word);
    case 'object':
      return fc.oneof(fc.array(fc.jsonValue({ maxDepth: 1 }), { maxLength: 4 }), word);
  }
}
