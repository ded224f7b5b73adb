import fc from 'fast-check';
import {
  covered,
  coveredLevels,
  type Dimension,
  dimensionNames,
  type FieldDimension,
  type FieldLevel,
  isField,
  type LevelOf,
  type Levels,
  levelsOf,
  plainLevel,
} from '../specs/contexts.ts';
import { type EditionName, edition } from '../specs/editions.ts';
import type { ValueSchema } from '../specs/value-schema.ts';
import { coveringArray, type Row, shuffled } from './covering.ts';
import { forbiddenLevels } from './forbidden.ts';
import type { AuthKind, Context, Deviation } from './model.ts';
import { randomOf } from './random.ts';
import { text } from './random-text.ts';
import { fieldSchema, range } from './schema.ts';
import { literalTexts, longest, textsOf, typicalMessage } from './texts.ts';

function withLevels(pairs: Iterable<readonly [Dimension, string]>): Levels {
  const plainLevels = dimensionNames.map((dimension) => [dimension, plainLevel(dimension)] as const);
  return Object.fromEntries([...plainLevels, ...pairs]) as Levels;
}

/** The plainest valid request: nothing but what is mandatory, written and sent as most clients do. */
export const plain: Context = { levels: withLevels([]), values: {} };

/** The field dimensions of an edition. */
function fieldsOf(name: EditionName): readonly FieldDimension[] {
  return edition(name).dimensions.filter(isField);
}

/** The level of a field in a request that has every field. */
function typicalLevel(schema: ValueSchema): FieldLevel {
  if (schema.enum !== undefined) return `is ${schema.examples?.[0] ?? schema.enum[0]}`;
  if (schema.type === 'boolean') return 'false';
  if (schema.type === 'integer') return 'most';
  if (schema.type === 'array') return 'one';
  return schema['x-pin'] === true ? 'given' : 'typical';
}

/** Every field with a typical value. */
export function full(name: EditionName): Context {
  return {
    levels: withLevels(fieldsOf(name).map((field) => [field, typicalLevel(fieldSchema(field, name))] as const)),
    values: {},
  };
}

/** As unlike the plain request as a valid one can be: plain in no dimension. */
export function unlikePlain(name: EditionName): Context {
  const ways = covered(name).filter((dimension) => !isField(dimension));
  const others = ways.map((way) => [way, coveredLevels(way, name)[1] ?? plainLevel(way)] as const);
  return {
    levels: withLevels([...(Object.entries(full(name).levels) as [Dimension, string][]), ...others]),
    values: {},
  };
}

/** The context with one level changed. */
export function withLevel<D extends Dimension>(context: Context, dimension: D, level: LevelOf<D>): Context {
  return { ...context, levels: { ...context.levels, [dimension]: level } };
}

/** The context with the levels without which a deviation would mean nothing. */
export function withNeeds(context: Context, deviation: Deviation | undefined): Context {
  return deviation?.needs === undefined ? context : { ...context, levels: { ...context.levels, ...deviation.needs } };
}

/** The context with the level of another one in a dimension. */
export function likeIn(context: Context, dimension: Dimension, { levels }: Context): Context {
  return { ...context, levels: { ...context.levels, [dimension]: levels[dimension] } };
}

/** The dimensions in which a context is not plain. */
export function unusual({ levels }: Context): readonly Dimension[] {
  return dimensionNames.filter((dimension) => levels[dimension] !== plain.levels[dimension]);
}

/** A context as plain as the other one in some dimensions. */
export function plainIn(context: Context, dimensions: Iterable<Dimension>): Context {
  const pairs = [...dimensions].map((dimension) => [dimension, plain.levels[dimension]] as const);
  return { ...context, levels: { ...context.levels, ...Object.fromEntries(pairs) } };
}

/** The context with nothing unusual but in these dimensions. */
export function onlyIn(context: Context, dimensions: Iterable<Dimension>): Context {
  const kept = new Set(dimensions);
  return plainIn(
    context,
    unusual(context).filter((dimension) => !kept.has(dimension)),
  );
}

/**
 * The context without levels that the schema forbids beside each other: the one that a condition asks for is put in,
 * or, in a dimension that is to stay as it is, the one that the condition waits for left out.
 */
export function lawful(context: Context, name: EditionName, fixed: Iterable<Dimension> = []): Context {
  const staying = new Set(fixed);
  let result = context;
  for (const { dimension, level, other, otherLevel } of forbiddenLevels(name)) {
    const { levels } = result;
    if (levels[dimension] !== level || levels[other] !== otherLevel) continue;
    const possible = possibleBeside(name, levels, other);
    result =
      staying.has(other) || possible === undefined
        ? plainIn(result, [dimension])
        : { ...result, levels: { ...levels, [other]: possible } };
  }
  return result;
}

/** The first level of a dimension that stands in no forbidden pair with the others of a context. */
function possibleBeside(name: EditionName, levels: Levels, other: Dimension): string | undefined {
  return levelsOf(other, name).find((level) => !isForbidden(name, { ...levels, [other]: level }));
}

function isForbidden(name: EditionName, levels: Levels): boolean {
  return forbiddenLevels(name).some(
    ({ dimension, level, other, otherLevel }) => levels[dimension] === level && levels[other] === otherLevel,
  );
}

/** Whether the schema ties a level of the one dimension to levels of the other. */
export function areTied(name: EditionName, one: Dimension, another: Dimension): boolean {
  return forbiddenLevels(name).some(
    ({ dimension, other }) => (dimension === one && other === another) || (dimension === another && other === one),
  );
}

/** Tells contexts apart: two with the same key send the same request. */
export function contextKey(context: Context): string {
  const { levels, values } = context;
  const named = unusual(context).map((dimension) => `${dimension}=${levels[dimension]}`);
  const valued = unusual(context).flatMap((dimension) =>
    isField(dimension) && hasValue(levels[dimension]) ? [`${values[dimension] ?? ''}`] : [],
  );
  return [...named, ...valued].join('\n');
}

/** Whether a level stands for many values, of which a context holds one. */
function hasValue(level: string): boolean {
  return ['rich', 'literal', 'longest', 'typical', 'between'].includes(level);
}

type Values = Context['values'];

/** A value for each field that has levels which stand for many. */
function valuesOf(
  name: EditionName,
  levels: Levels,
  textOf: (level: FieldLevel, schema: ValueSchema, field: FieldDimension) => string,
  numberOf: (min: number, max: number, field: FieldDimension) => number,
): Values {
  const schemas = fieldsOf(name).map((field) => [field, fieldSchema(field, name)] as const);
  const texts = schemas.flatMap(([field, schema]) =>
    levelsOf(field, name).includes('typical') ? [[field, textOf(levels[field], schema, field)] as const] : [],
  );
  const numbers = schemas.flatMap(([field, { type }]) => {
    const { min, max } = range(field, name);
    return type === 'integer' && max > min + 1 ? [[field, numberOf(min, max, field)] as const] : [];
  });
  return Object.fromEntries([...texts, ...numbers]);
}

/** The n-th text of a level, by turns. */
function textOf(level: FieldLevel, schema: ValueSchema, n: number): string {
  const texts = textsOf(level, schema);
  return texts[n % texts.length] ?? typicalMessage;
}

/** The n-th whole number between two, by turns. */
function between(min: number, max: number, n: number): number {
  return min + 1 + (n % (max - min - 1));
}

/** How many texts and numbers were taken so far. */
interface Turns {
  texts: number;
  readonly numbers: Map<FieldDimension, number>;
}

function fromRow(name: EditionName, row: Row, turns: Turns): Context {
  const levels = withLevels(
    covered(name).map((dimension, i) => [dimension, coveredLevels(dimension, name)[row[i] ?? 0] ?? ''] as const),
  );
  const values = valuesOf(
    name,
    levels,
    (level, schema) => textOf(level, schema, turns.texts),
    (min, max, field) => {
      const turn = turns.numbers.get(field) ?? 0;
      if (levels[field] === 'between') turns.numbers.set(field, turn + 1);
      return between(min, max, turn);
    },
  );
  turns.texts += 1;
  return { levels, values };
}

/** A context as a row: -1 for a level that meets none. */
function rowOf(context: Context, name: EditionName): Row {
  return covered(name).map((dimension) => coveredLevels(dimension, name).indexOf(context.levels[dimension]));
}

const known = new Map<string, readonly Context[]>();

/** Contexts in which every two levels of two dimensions meet; those that add most come first. */
function covering(name: EditionName, strength: 2 | 3): readonly Context[] {
  const key = `${name} ${strength}`;
  const made = known.get(key);
  if (made !== undefined) return made;
  const dimensions = covered(name);
  const counts = dimensions.map((dimension) => coveredLevels(dimension, name).length);
  const turns: Turns = { texts: 0, numbers: new Map() };
  const forbidden = forbiddenLevels(name).map(
    ({ dimension, level, other, otherLevel }) =>
      [
        dimensions.indexOf(dimension),
        coveredLevels(dimension, name).indexOf(level),
        dimensions.indexOf(other),
        coveredLevels(other, name).indexOf(otherLevel),
      ] as const,
  );
  const first = [rowOf(plain, name), rowOf(full(name), name)];
  const rows = coveringArray(counts, strength, first, forbidden).slice(2);
  const contexts = rows.map((row) => fromRow(name, row, turns));
  known.set(key, contexts);
  return contexts;
}

/**
 * The valid requests of the fixed plan: the plain one, the full one, contexts of strength 2, and what is left of the
 * values that each must be accepted.
 */
export function fixedContexts(name: EditionName): readonly Context[] {
  const contexts = [plain, full(name), ...covering(name, 2)];
  const { min, max } = range('delay_time', name);
  const delays = new Set(
    contexts.flatMap(({ levels, values }) => (levels.delay_time === 'between' ? [values.delay_time] : [])),
  );
  const inner = Array.from({ length: max - min - 1 }, (_, i) => min + 1 + i).filter((delay) => !delays.has(delay));
  const spare = covering(name, 2).filter(({ levels }) => levels.delay_time !== 'between');
  const rest = Array.from({ length: Math.max(inner.length, literalTexts.length) }, (_, i) => {
    const context = withLevel(spare[i % spare.length] ?? plain, 'message', 'literal');
    const delay = inner[i];
    const message = literalTexts[i % literalTexts.length] ?? '';
    return delay === undefined
      ? { ...context, values: { ...context.values, message } }
      : { ...withLevel(context, 'delay_time', 'between'), values: { ...context.values, message, delay_time: delay } };
  });
  return [...contexts, ...rest];
}

/** Levels that a kind of credential does not have, as plain. */
export function forAuth(context: Context, auth: AuthKind): Context {
  return auth === 'aksk' ? context : plainIn(context, ['signing']);
}

/** Any text of a level. */
function anyText(level: FieldLevel, schema: ValueSchema, random: ReturnType<typeof randomOf>, n: number): string {
  if (level !== 'rich' && level !== 'longest') return textOf(level, schema, random.nextInt(0, 1000));
  const most = longest(schema);
  const arbitrary =
    level === 'rich' ? text(1, Math.min(80, most)) : fc.string({ minLength: 1, maxLength: 4, unit: 'grapheme-ascii' });
  const { value } = arbitrary.generate(random, 2 + Math.floor(Math.log10(n + 1)));
  return level === 'rich' ? value : value.repeat(most).slice(0, most);
}

/** What costs a connection, a pause or a large body. */
const costly: readonly Dimension[] = ['transfer', 'connection', 'size'];
/** One in so many generated contexts has them in another way than the plain one; as long as arrays last, every other. */
const costlyShare = 4;

/** The n-th generated context: of strength 3 as far as that goes, then any. The same seed and n give the same one. */
export function randomContext(seed: number, n: number, name: EditionName): Context {
  const random = randomOf(seed ^ 0x5bd1e995, n);
  const array = covering(name, 3);
  const start = Math.abs(seed) % array.length;
  const drawn =
    n < array.length
      ? (array[(start + n) % array.length] ?? plain).levels
      : withLevels(
          covered(name).map((dimension) => {
            const all = coveredLevels(dimension, name);
            // Plain ones are as likely as all others: what is wrong may need something to be left out.
            return [
              dimension,
              random.nextInt(0, 1) === 0 ? (all[0] ?? '') : (all[random.nextInt(0, all.length - 1)] ?? ''),
            ];
          }),
        );
  const isCostly = n < array.length ? n % 2 === 0 : random.nextInt(1, costlyShare) === 1;
  const context = { levels: drawn, values: {} };
  const { levels } = lawful(isCostly ? context : plainIn(context, costly), name);
  const values = valuesOf(
    name,
    levels,
    (level, schema) => anyText(level, schema, random, n),
    (min, max) => random.nextInt(min + 1, max - 1),
  );
  return { levels, values };
}

/**
 * Contexts for the cases of one class of deviations, the plain one first. `gone`: the dimensions for which each case
 * leaves no room; among the others no level comes twice before each has come once. `n` tells the classes apart, so that
 * they meet the levels in different company.
 */
export function contextsOfClass(
  n: number,
  gone: readonly ReadonlySet<Dimension>[],
  name: EditionName,
): readonly Context[] {
  const random = randomOf(0x1d5c, n);
  const columns = new Map(
    covered(name).map((dimension): readonly [Dimension, string[]] => {
      const [first = '', ...others] = coveredLevels(dimension, name);
      const turns = [first, ...shuffled(others, (max) => random.nextInt(0, max))];
      let turn = 0;
      const column = gone.map((dimensions) => {
        if (dimensions.has(dimension)) return first;
        turn += 1;
        return turns[(turn - 1) % turns.length] ?? first;
      });
      return [dimension, column];
    }),
  );
  rearrange(name, columns, gone);
  return gone.map((_, i) => {
    const levels = withLevels([...columns].map(([dimension, column]) => [dimension, column[i] ?? ''] as const));
    const values = valuesOf(
      name,
      levels,
      (level, schema) => textOf(level, schema, n + i),
      (min, max) => between(min, max, n + i),
    );
    return lawful({ levels, values }, name);
  });
}

/**
 * Exchanges levels of a dimension until none stands beside one that the schema forbids, as far as that goes. The first
 * context stays plain, and what leaves no room for a dimension out of it.
 */
function rearrange(
  name: EditionName,
  columns: ReadonlyMap<Dimension, string[]>,
  gone: readonly ReadonlySet<Dimension>[],
): void {
  const pairs = forbiddenLevels(name);
  const clash = (one: string, other: string, a: Dimension, b: Dimension): boolean =>
    pairs.some((p) => p.dimension === a && p.other === b && p.level === one && p.otherLevel === other);
  for (const { dimension, other } of pairs) {
    const [one, another] = [columns.get(dimension) ?? [], columns.get(other) ?? []];
    const clashes = (i: number, level: string): boolean => clash(one[i] ?? '', level, dimension, other);
    const isFree = (i: number): boolean => i > 0 && gone[i]?.has(other) !== true;
    for (const [i, level] of another.entries()) {
      if (!isFree(i) || !clashes(i, level)) continue;
      const j = another.findIndex((there, at) => isFree(at) && !clashes(i, there) && !clashes(at, level));
      if (j >= 0) [another[i], another[j]] = [another[j] ?? '', level];
    }
  }
}
