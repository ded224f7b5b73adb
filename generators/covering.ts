import { randomOf } from './random.ts';

/** A level, by its index, for each factor. */
export type Row = readonly number[];

/** A level of a factor, and one of another factor, that never stand in one row. */
export type Forbidden = readonly [factor: number, level: number, other: number, otherLevel: number];

/** Candidates of which the one that covers most becomes the next row, by strength. */
const tries = { 2: 20, 3: 4 } as const;

/**
 * Rows that together hold every combination of levels of every `strength` factors, nearly as few as possible; `first`
 * stand in front and count, but for levels of -1. Built row by row: each candidate visits the factors in an order of its own and gives each
 * the level that covers most of what is still open. The same arguments give the same rows. No row holds a forbidden
 * pair; each factor must have a level that is in none.
 */
export function coveringArray(
  levels: Row,
  strength: 2 | 3,
  first: readonly Row[] = [],
  forbidden: readonly Forbidden[] = [],
): readonly Row[] {
  const open = new Set<number>();
  for (const factors of subsets(levels.length, strength))
    for (const chosen of product(factors.map((factor) => levels[factor] ?? 1)))
      if (
        !factors.some((factor, i) => clashes(forbidden, factors, (f) => chosen[factors.indexOf(f)], factor, chosen[i]))
      )
        open.add(keyOf(factors, chosen));
  const rows: Row[] = [];
  const take = (row: Row): void => {
    for (const factors of subsets(levels.length, strength))
      open.delete(
        keyOf(
          factors,
          factors.map((factor) => row[factor] ?? 0),
        ),
      );
    rows.push(row);
  };
  for (const row of first) take(row);
  const candidates = tries[strength];
  for (let n = 0; open.size > 0; n += 1) {
    let best: Row | undefined;
    let most = -1;
    for (let attempt = 0; attempt < candidates; attempt += 1) {
      const { row, gain } = candidate(levels, strength, open, n * candidates + attempt, forbidden);
      if (gain > most) [best, most] = [row, gain];
    }
    // A candidate that gains nothing can be drawn only while much is open: what is left is put in by hand.
    take(most > 0 && best !== undefined ? best : rowOf(levels, open, forbidden));
  }
  return rows;
}

/** Whether the level of a factor may not stand beside what the other factors have. */
function clashes(
  forbidden: readonly Forbidden[],
  done: Row,
  levelOf: (factor: number) => number | undefined,
  factor: number,
  level: number | undefined,
): boolean {
  const has = (other: number, wanted: number): boolean => done.includes(other) && levelOf(other) === wanted;
  return forbidden.some(
    ([a, x, b, y]) => (a === factor && x === level && has(b, y)) || (b === factor && y === level && has(a, x)),
  );
}

function candidate(
  levels: Row,
  strength: number,
  open: ReadonlySet<number>,
  n: number,
  forbidden: readonly Forbidden[],
): { readonly row: Row; readonly gain: number } {
  const random = randomOf(0, n);
  // Those with many levels first: they decide how many rows there must be.
  const order = shuffled(
    levels.map((_, factor) => factor),
    (max) => random.nextInt(0, max),
  ).sort((a, b) => (levels[b] ?? 0) - (levels[a] ?? 0));
  const row: number[] = [];
  const done: number[] = [];
  let gain = 0;
  for (const factor of order) {
    let best = 0;
    let most = -1;
    const shift = random.nextInt(0, (levels[factor] ?? 1) - 1);
    for (let i = 0; i < (levels[factor] ?? 1); i += 1) {
      const level = (i + shift) % (levels[factor] ?? 1);
      if (clashes(forbidden, done, (other) => row[other], factor, level)) continue;
      const covered = gainOf(row, done, factor, level, strength, open);
      if (covered > most) [best, most] = [level, covered];
    }
    row[factor] = best;
    done.push(factor);
    gain += most;
  }
  return { row, gain };
}

/** How many open combinations are complete once the factor has this level. */
function gainOf(
  row: Row,
  done: Row,
  factor: number,
  level: number,
  strength: number,
  open: ReadonlySet<number>,
): number {
  let gain = 0;
  const own = digitOf(factor, level);
  for (let i = 0; i < done.length; i += 1) {
    const one = digitOf(done[i] ?? 0, row[done[i] ?? 0] ?? 0);
    if (strength === 2) {
      if (open.has(keyOf2(one, own))) gain += 1;
      continue;
    }
    for (let j = i + 1; j < done.length; j += 1) {
      const other = digitOf(done[j] ?? 0, row[done[j] ?? 0] ?? 0);
      if (open.has(keyOf3(one, other, own))) gain += 1;
    }
  }
  return gain;
}

/** A row that holds one of the open combinations, and the first level that goes with it of each other factor. */
function rowOf(levels: Row, open: ReadonlySet<number>, forbidden: readonly Forbidden[]): Row {
  const [key = 0] = open;
  const row: number[] = [];
  const done: number[] = [];
  for (let rest = key; rest > 0; rest = Math.floor(rest / span)) {
    const digit = rest % span;
    done.push(Math.floor(digit / most));
    row[Math.floor(digit / most)] = (digit % most) - 1;
  }
  for (const [factor, count] of levels.entries()) {
    if (done.includes(factor)) continue;
    const all = Array.from({ length: count }, (_, level) => level);
    row[factor] = all.find((level) => !clashes(forbidden, done, (other) => row[other], factor, level)) ?? 0;
    done.push(factor);
  }
  return row;
}

/** Levels of a factor, and factors, are fewer than these. */
const most = 16;
const span = 32 * most;

/** One number for a combination, whatever the order of its factors. */
function keyOf(factors: Row, levels: Row): number {
  const digits = factors.map((factor, i) => digitOf(factor, levels[i] ?? 0)).sort((a, b) => a - b);
  return digits.reduce((key, digit) => key * span + digit, 0);
}

function digitOf(factor: number, level: number): number {
  return factor * most + level + 1;
}

/** The key of two digits. */
function keyOf2(a: number, b: number): number {
  return a < b ? a * span + b : b * span + a;
}

/** The key of three digits. */
function keyOf3(a: number, b: number, c: number): number {
  const least = Math.min(a, b, c);
  const greatest = Math.max(a, b, c);
  return (least * span + (a + b + c - least - greatest)) * span + greatest;
}

function subsets(count: number, size: number, from = 0): readonly Row[] {
  if (size === 0) return [[]];
  const found: Row[] = [];
  for (let i = from; i < count; i += 1) for (const rest of subsets(count, size - 1, i + 1)) found.push([i, ...rest]);
  return found;
}

function product(counts: Row): readonly Row[] {
  return counts.reduce<readonly Row[]>(
    (rows, count) => rows.flatMap((row) => Array.from({ length: count }, (_, level) => [...row, level])),
    [[]],
  );
}

/** The items in another order; `draw(max)` gives a number from 0 to max. */
export function shuffled<T>(items: readonly T[], draw: (max: number) => number): T[] {
  const result = [...items];
  for (let i = result.length - 1; i > 0; i -= 1) {
    const j = draw(i);
    const [a, b] = [result[i], result[j]];
    if (a !== undefined && b !== undefined) [result[i], result[j]] = [b, a];
  }
  return result;
}
