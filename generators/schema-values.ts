import fc, { type Arbitrary } from 'fast-check';
import type { Clause, Condition, ValueSchema } from '../specs/value-schema.ts';
import { text } from './random-text.ts';

export type Keyword = Exclude<keyof ValueSchema, 'title' | 'items' | 'properties' | 'allOf' | 'examples' | 'x-pin'>;

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
      return lists(schema);
    case 'object': {
      const { required = [], allOf = [] } = schema;
      const loose = records(schema, required);
      return allOf.reduce<Arbitrary<Members>>((values, condition) => kept(schema, condition, values), loose);
    }
  }
}

type Members = Record<string, unknown>;

/** Objects of any members that each have their own keywords, whatever holds between them. */
function records({ properties = {} }: ValueSchema, requiredKeys: readonly string[]): Arbitrary<Members> {
  const members = Object.entries(properties).map(([name, member]) => [name, validValues(member)] as const);
  return fc.record(Object.fromEntries(members), { requiredKeys: [...requiredKeys], noNullPrototype: true });
}

/** Lists within their length, without the same item twice where the schema says so. */
function lists(schema: ValueSchema): Arbitrary<unknown[]> {
  const items = schema.items === undefined ? fc.boolean() : validValues(schema.items);
  const { minItems = 0, maxItems = minItems + 5 } = schema;
  if (schema.uniqueItems !== true) return fc.array(items, { minLength: minItems, maxLength: maxItems });
  const most = Math.min(maxItems, countOf(schema.items));
  if (minItems > most) throw new Error('a schema asks for more different items than there are');
  const selector = (value: unknown): string => JSON.stringify(value);
  return fc.uniqueArray(items, { minLength: minItems, maxLength: Math.min(most, minItems + 5), selector });
}

/** How many values there are, as far as that may be fewer than a list asks for. */
function countOf(schema: ValueSchema = { type: 'boolean' }): number {
  if (schema.const !== undefined) return 1;
  if (schema.enum !== undefined) return schema.enum.length;
  if (schema.type === 'boolean') return 2;
  if (schema.type === 'integer') return (schema.maximum ?? int32.max) - (schema.minimum ?? int32.min) + 1;
  return schema.type === 'string' && schema.maxLength === 0 ? 1 : Number.POSITIVE_INFINITY;
}

/** Whether a clause of a condition holds of an object. Throws for keywords that no condition has been seen to need. */
export function clauseHolds({ required = [], properties = {}, ...rest }: Clause, value: Members): boolean {
  const [unknown] = Object.keys(rest);
  if (unknown !== undefined) throw new Error(`a condition with the keyword "${unknown}" is not understood`);
  return (
    required.every((name) => Object.hasOwn(value, name)) &&
    Object.entries(properties).every(([name, wanted]) => !Object.hasOwn(value, name) || fits(wanted, value[name]))
  );
}

function fits(wanted: Omit<Partial<ValueSchema>, 'type'>, value: unknown): boolean {
  const { const: only, enum: some, minLength, ...rest } = wanted;
  const [unknown] = Object.keys(rest);
  if (unknown !== undefined) throw new Error(`a condition on a member with the keyword "${unknown}" is not understood`);
  if (only !== undefined && value !== only) return false;
  if (some !== undefined && !some.includes(value)) return false;
  return minLength === undefined || typeof value !== 'string' || [...value].length >= minLength;
}

/** The schema with what a condition asks of an object for which it holds. */
function conditioned(schema: ValueSchema, { then }: Condition): ValueSchema {
  const properties = Object.entries(schema.properties ?? {}).map(([name, member]): readonly [string, ValueSchema] => [
    name,
    { ...member, ...then.properties?.[name] },
  ]);
  return { ...schema, properties: Object.fromEntries(properties) };
}

/** Objects for which a condition holds as well: what it asks for is put in where it is missing. */
function kept(schema: ValueSchema, condition: Condition, values: Arbitrary<Members>): Arbitrary<Members> {
  const { required = [], properties = {} } = condition.then;
  const asked = [...new Set([...required, ...Object.keys(properties)])];
  const complete = records(conditioned(schema, condition), asked);
  return fc.tuple(values, complete).map(([value, others]) => {
    if (!clauseHolds(condition.if, value) || clauseHolds(condition.then, value)) return value;
    const put = asked.filter((name) => required.includes(name) || Object.hasOwn(value, name));
    return { ...value, ...Object.fromEntries(put.map((name) => [name, others[name]])) };
  });
}

function strings({ minLength = 0, maxLength = Math.max(longestText, minLength), format }: ValueSchema) {
  const known = format === undefined ? undefined : formats[format];
  return known ?? text(minLength, maxLength);
}

const known = new WeakMap<ValueSchema, readonly Breach[]>();

/** For each keyword of a schema the values that break it and nothing else; a wrong type may break more with it. */
export function breaches(schema: ValueSchema): readonly Breach[] {
  const made = known.get(schema) ?? makeBreaches(schema);
  known.set(schema, made);
  return made;
}

function makeBreaches(schema: ValueSchema): readonly Breach[] {
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
    if (maxItems !== undefined && maxItems < countOf(schema.uniqueItems === true ? schema.items : { type: 'string' }))
      found.push(own('maxItems', list(maxItems + 1, maxItems + 3)));
    if (schema.uniqueItems === true && (maxItems ?? 2) >= 2) found.push(own('uniqueItems', repeatedItems(schema)));
    if (minItems !== undefined && minItems > 0) found.push(own('minItems', list(0, minItems - 1)));
    if (schema.items !== undefined && maxItems !== 0) found.push(...itemBreaches(schema, schema.items));
  }
  return [...found, ...memberBreaches(schema)];
}

function repeated(min: number, max: number): Arbitrary<string> {
  return fc.tuple(fc.constantFrom('a', 'é', '保'), fc.integer({ min, max })).map(([letter, n]) => letter.repeat(n));
}

/** One of the items comes twice, and the list is as long as it may be. */
function repeatedItems(schema: ValueSchema): Arbitrary<unknown[]> {
  const { minItems = 0, maxItems = minItems + 5 } = schema;
  const different = lists({ ...schema, minItems: Math.max(1, minItems - 1), maxItems: Math.max(1, maxItems - 1) });
  return fc.tuple(different, fc.nat()).map(([items, n]) => [...items, items[n % items.length]]);
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
  const whole = validValues(schema) as Arbitrary<Members>;
  const missing = required.map(
    (name): Breach => ({
      keyword: 'required',
      place: `/${name}`,
      values: whole.map(({ [name]: _, ...rest }) => rest),
    }),
  );
  const broken = Object.entries(properties).flatMap(([name, member]) => {
    // That the member is there may be what a condition waits for.
    const waits = (schema.allOf ?? []).some(({ if: { required: names = [] } }) => names.includes(name));
    const around = waits ? (validValues({ ...schema, required: [...required, name] }) as Arbitrary<Members>) : whole;
    return breaches(member).map(
      ({ keyword, place, values }): Breach => ({
        keyword,
        place: `/${name}${place}`,
        values: fc.tuple(around, values).map(([rest, value]) => ({ ...rest, [name]: value })),
      }),
    );
  });
  return [...missing, ...broken, ...(schema.allOf ?? []).flatMap((condition) => conditionBreaches(schema, condition))];
}

/** A condition that holds, and what it asks for is missing, or is not as it asks. */
function conditionBreaches(schema: ValueSchema, condition: Condition): readonly Breach[] {
  const { properties: wanted = {}, required: needed = [] } = condition.if;
  const asked = Object.entries(condition.then.properties ?? {});
  const named = new Set([...Object.keys(wanted), ...needed]);
  // Those for which the condition holds: its own members as it wants them, and everything that it asks for.
  const all = [...named, ...(condition.then.required ?? []), ...asked.map(([name]) => name)];
  const { properties = {}, required = [] } = conditioned(schema, condition);
  const members = Object.entries(properties).map(([name, member]): readonly [string, ValueSchema] => [
    name,
    { ...member, ...wanted[name] },
  ]);
  const whole = validValues({ ...schema, properties: Object.fromEntries(members), required: [...required, ...all] });
  const without = (condition.then.required ?? []).filter((name) => !required.includes(name));
  return [
    ...without.map(
      (gone): Breach => ({
        keyword: 'required',
        place: `/${gone}`,
        values: (whole as Arbitrary<Members>).map(({ [gone]: _, ...rest }) => rest),
      }),
    ),
    ...asked.flatMap(([name, keywords]) =>
      breaches({ ...(schema.properties?.[name] ?? { type: 'string' }), ...keywords }).flatMap(
        ({ keyword, place, values }): readonly Breach[] =>
          Object.hasOwn(keywords, keyword)
            ? [
                {
                  keyword,
                  place: `/${name}${place}`,
                  values: fc
                    .tuple(whole as Arbitrary<Members>, values)
                    .map(([rest, value]) => ({ ...rest, [name]: value })),
                },
              ]
            : [],
      ),
    ),
  ];
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
      // A scalar may be taken for a list of one.
      return fc.dictionary(fc.string(), fc.boolean(), { maxKeys: 3, noNullPrototype: true });
    case 'object':
      return fc.oneof(fc.array(fc.jsonValue({ maxDepth: 1 }), { maxLength: 4 }), word);
  }
}
