import fc from 'fast-check';
import { type Dimension, dimensionNames, type LevelOf, type Levels, levelsOf } from '../specs/contexts.ts';
import { coveringArray, type Row } from './covering.ts';
import type { AuthKind, Context } from './model.ts';
import { randomOf } from './random.ts';
import { text } from './random-text.ts';
import { range } from './schema.ts';
import { literalTexts, longest, messages, typicalMessage } from './texts.ts';

/** Dimensions whose levels meet in covering arrays; the others are for single deviations. */
export const covered: readonly Dimension[] = dimensionNames.filter((dimension) => dimension !== 'query');

/** The levels of a dimension that meet in covering arrays. */
export function coveredLevels(dimension: Dimension): readonly string[] {
  return (levelsOf(dimension) as readonly string[]).filter((level) => level !== 'typical' && level !== 'literal');
}

const { min, max } = range('delay_time');

function withLevels(pairs: Iterable<readonly [Dimension, string]>): Levels {
  const plainLevels = dimensionNames.map((dimension) => [dimension, levelsOf(dimension)[0]] as const);
  return Object.fromEntries([...plainLevels, ...pairs]) as Levels;
}

/** The plainest valid request: nothing but what is mandatory, written and sent as most clients do. */
export const plain: Context = { levels: withLevels([]), message: typicalMessage, delay: min + 1 };

/** Every field with a typical value. */
export const full: Context = {
  ...plain,
  levels: withLevels([
    ['image_type', 'given'],
    ['os_type', 'given'],
    ['delay_time', 'most'],
    ['message', 'typical'],
    ['order_id', 'given'],
    ['is_fix', 'false'],
  ]),
};

/** The context with one level changed. */
export function withLevel<D extends Dimension>(context: Context, dimension: D, level: LevelOf<D>): Context {
  return { ...context, levels: { ...context.levels, [dimension]: level } };
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

/** Tells contexts apart: two with the same key send the same request. */
export function contextKey(context: Context): string {
  const { levels, message, delay } = context;
  const named = unusual(context).map((dimension) => `${dimension}=${levels[dimension]}`);
  const texts = ['rich', 'literal', 'longest', 'typical'].includes(levels.message) ? [message] : [];
  return [...named, ...texts, ...(levels.delay_time === 'between' ? [delay] : [])].join('\n');
}

/** The n-th text of a level, by turns. */
function messageOf(level: LevelOf<'message'>, n: number): string {
  const texts: readonly string[] = level in messages ? messages[level as keyof typeof messages] : [];
  return texts[n % texts.length] ?? typicalMessage;
}

function fromRow(row: Row, turns: { message: number; delay: number }): Context {
  const levels = withLevels(
    covered.map((dimension, i) => [dimension, coveredLevels(dimension)[row[i] ?? 0] ?? ''] as const),
  );
  const isBetween = levels.delay_time === 'between';
  const inner = max - min - 1;
  const context: Context = {
    levels,
    message: messageOf(levels.message, turns.message),
    delay: min + 1 + (turns.delay % inner),
  };
  turns.message += 1;
  if (isBetween) turns.delay += 1;
  return context;
}

function rowOf(context: Context): Row {
  return covered.map((dimension) => Math.max(0, coveredLevels(dimension).indexOf(context.levels[dimension])));
}

const known = new Map<number, readonly Context[]>();

/** Contexts in which every two levels of two dimensions meet; those that add most come first. */
function covering(strength: 2 | 3): readonly Context[] {
  const made = known.get(strength);
  if (made !== undefined) return made;
  const counts = covered.map((dimension) => coveredLevels(dimension).length);
  const turns = { message: 0, delay: 0 };
  const rows = coveringArray(counts, strength, [rowOf(plain), rowOf(full)]).slice(2);
  const contexts = rows.map((row) => fromRow(row, turns));
  known.set(strength, contexts);
  return contexts;
}

/**
 * The valid requests of the fixed plan: the plain one, the full one, contexts of strength 2, and what is left of the
 * values that each must be accepted.
 */
export function fixedContexts(): readonly Context[] {
  const contexts = [plain, full, ...covering(2)];
  const delays = new Set(contexts.flatMap(({ levels, delay }) => (levels.delay_time === 'between' ? [delay] : [])));
  const inner = Array.from({ length: max - min - 1 }, (_, i) => min + 1 + i).filter((delay) => !delays.has(delay));
  const spare = covering(2).filter(({ levels }) => levels.delay_time !== 'between');
  const rest = Array.from({ length: Math.max(inner.length, literalTexts.length) }, (_, i) => {
    const context = withLevel(spare[i % spare.length] ?? plain, 'message', 'literal');
    const delay = inner[i];
    const message = literalTexts[i % literalTexts.length] ?? '';
    return delay === undefined
      ? { ...context, message }
      : { ...withLevel(context, 'delay_time', 'between'), message, delay };
  });
  return [...contexts, ...rest];
}

/** Levels that a kind of credential does not have, as plain. */
export function forAuth(context: Context, auth: AuthKind): Context {
  return auth === 'aksk' ? context : plainIn(context, ['signing']);
}

/** Any text of a level. */
function anyMessage(level: LevelOf<'message'>, random: ReturnType<typeof randomOf>, n: number): string {
  if (level !== 'rich' && level !== 'longest') return messageOf(level, random.nextInt(0, 1000));
  const arbitrary = level === 'rich' ? text(1, 80) : fc.string({ minLength: 1, maxLength: 4, unit: 'grapheme-ascii' });
  const { value } = arbitrary.generate(random, 2 + Math.floor(Math.log10(n + 1)));
  return level === 'rich' ? value : value.repeat(longest).slice(0, longest);
}

/** The n-th generated context: of strength 3 as far as that goes, then any. The same seed and n give the same one. */
export function randomContext(seed: number, n: number): Context {
  const random = randomOf(seed ^ 0x5bd1e995, n);
  const array = covering(3);
  const start = Math.abs(seed) % array.length;
  const levels =
    n < array.length
      ? (array[(start + n) % array.length] ?? plain).levels
      : withLevels(
          covered.map((dimension) => {
            const all = coveredLevels(dimension);
            // Plain ones are as likely as all others: what is wrong may need something to be left out.
            return [
              dimension,
              random.nextInt(0, 1) === 0 ? (all[0] ?? '') : (all[random.nextInt(0, all.length - 1)] ?? ''),
            ];
          }),
        );
  return { levels, message: anyMessage(levels.message, random, n), delay: random.nextInt(min + 1, max - 1) };
}

/**
 * Contexts for the cases of one class of deviations: as many as asked for, and no level of a dimension comes twice
 * before each has come once. `n` tells the classes apart, so that they meet the levels in different company.
 */
export function contextsOfClass(n: number, count: number): readonly Context[] {
  const random = randomOf(0x1d5c, n);
  const columns = covered.map((dimension): readonly string[] => {
    const all = coveredLevels(dimension);
    const shift = random.nextInt(0, all.length - 1);
    const turns = Array.from({ length: count }, (_, i) => all[(i + shift) % all.length] ?? '');
    return turns
      .map((level) => [random.nextInt(0, 1_000_000), level] as const)
      .sort(([a], [b]) => a - b)
      .map(([, level]) => level);
  });
  return Array.from({ length: count }, (_, i) => {
    const levels = withLevels(covered.map((dimension, d) => [dimension, columns[d]?.[i] ?? ''] as const));
    return { levels, message: messageOf(levels.message, n + i), delay: min + 1 + ((n + i) % (max - min - 1)) };
  });
}
