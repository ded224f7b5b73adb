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
  const open = new Open(levels, strength, forbidden);
  const rows: Row[] = [];
  const take = (row: Row): void => {
    open.take(row);
    rows.push(row);
  };
  for (const row of first) take(row);
  const candidates = tries[strength];
  for (let n = 0; open.size > 0; n += 1) {
    let best: Row | undefined;
    let most = -1;
    for (let attempt = 0; attempt < candidates; attempt += 1) {
      const { row, gain } = candidate(levels, open, n * candidates + attempt, forbidden);
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

/**
 * The combinations that no row holds yet. Levels are numbered through all factors, so that a combination, its factors in
 * order, is one place in a table.
 */
class Open {
  /** The number of the first level of each factor. */
  readonly starts: readonly number[];
  readonly #strength: 2 | 3;
  readonly #groups: readonly Row[];
  /** Levels of all factors. */
  readonly #count: number;
  readonly #isOpen: Uint8Array;
  /** All places, the open ones among them from a certain one on. */
  readonly #places: number[] = [];
  #from = 0;
  size = 0;

  constructor(levels: Row, strength: 2 | 3, forbidden: readonly Forbidden[]) {
    let count = 0;
    this.starts = levels.map((number) => {
      count += number;
      return count - number;
    });
    this.#count = count;
    this.#strength = strength;
    this.#groups = subsets(levels.length, strength);
    this.#isOpen = new Uint8Array(count ** strength);
    for (const factors of this.#groups) this.#add(levels, factors, [], forbidden);
  }

  #add(levels: Row, factors: Row, chosen: number[], forbidden: readonly Forbidden[]): void {
    const factor = factors[chosen.length];
    if (factor === undefined) {
      const levelOf = (wanted: number): number | undefined => chosen[factors.indexOf(wanted)];
      const isForbidden =
        forbidden.length > 0 && factors.some((one, i) => clashes(forbidden, factors, levelOf, one, chosen[i]));
      if (!isForbidden) {
        const place = this.#placeOf(factors, (at) => chosen[at] ?? 0);
        this.#isOpen[place] = 1;
        this.#places.push(place);
        this.size += 1;
      }
      return;
    }
    for (let level = 0; level < (levels[factor] ?? 1); level += 1) {
      chosen.push(level);
      this.#add(levels, factors, chosen, forbidden);
      chosen.pop();
    }
  }

  /** A row holds its combinations from now on, but for those with a level that is none. */
  take(row: Row): void {
    for (const factors of this.#groups) {
      if (factors.some((factor) => (row[factor] ?? 0) < 0)) continue;
      const place = this.#placeOf(factors, (at) => row[factors[at] ?? 0] ?? 0);
      this.size -= this.#isOpen[place] ?? 0;
      this.#isOpen[place] = 0;
    }
  }

  #placeOf(factors: Row, levelAt: (at: number) => number): number {
    return factors.reduce((place, factor, at) => place * this.#count + (this.starts[factor] ?? 0) + levelAt(at), 0);
  }

  /** How many open combinations are complete once the levels in `done` have another one beside them; by their numbers. */
  gainOf(done: Row, own: number): number {
    const [count, isOpen] = [this.#count, this.#isOpen];
    let gain = 0;
    for (let i = 0; i < done.length; i += 1) {
      const one = done[i] ?? 0;
      if (this.#strength === 2) {
        gain += isOpen[one < own ? one * count + own : own * count + one] ?? 0;
        continue;
      }
      const [low, high] = one < own ? [one, own] : [own, one];
      for (let j = i + 1; j < done.length; j += 1) {
        const other = done[j] ?? 0;
        const place =
          other > high
            ? (low * count + high) * count + other
            : other > low
              ? (low * count + other) * count + high
              : (other * count + low) * count + high;
        gain += isOpen[place] ?? 0;
      }
    }
    return gain;
  }

  /** The first of the open combinations: factors and their levels. */
  get first(): readonly (readonly [factor: number, level: number])[] {
    while (this.#isOpen[this.#places[this.#from] ?? 0] === 0) this.#from += 1;
    const found: (readonly [number, number])[] = [];
    let rest = this.#places[this.#from] ?? 0;
    for (let n = 0; n < this.#strength; n += 1) {
      const number = rest % this.#count;
      const factor = this.starts.findLastIndex((start) => start <= number);
      found.push([factor, number - (this.starts[factor] ?? 0)]);
      rest = Math.floor(rest / this.#count);
    }
    return found;
  }
}

function candidate(
  levels: Row,
  open: Open,
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
  const numbers: number[] = [];
  let gain = 0;
  for (const factor of order) {
    const start = open.starts[factor] ?? 0;
    let best = 0;
    let most = -1;
    const shift = random.nextInt(0, (levels[factor] ?? 1) - 1);
    for (let i = 0; i < (levels[factor] ?? 1); i += 1) {
      const level = (i + shift) % (levels[factor] ?? 1);
      if (clashes(forbidden, done, (other) => row[other], factor, level)) continue;
      const covered = open.gainOf(numbers, start + level);
      if (covered > most) [best, most] = [level, covered];
    }
    row[factor] = best;
    done.push(factor);
    numbers.push(start + best);
    gain += most;
  }
  return { row, gain };
}

/** A row that holds one of the open combinations, and the first level that goes with it of each other factor. */
function rowOf(levels: Row, open: Open, forbidden: readonly Forbidden[]): Row {
  const row: number[] = [];
  const done: number[] = [];
  for (const [factor, level] of open.first) {
    done.push(factor);
    row[factor] = level;
  }
  for (const [factor, count] of levels.entries()) {
    if (done.includes(factor)) continue;
    const all = Array.from({ length: count }, (_, level) => level);
    row[factor] = all.find((level) => !clashes(forbidden, done, (other) => row[other], factor, level)) ?? 0;
    done.push(factor);
  }
  return row;
}

function subsets(count: number, size: number, from = 0): readonly Row[] {
  if (size === 0) return [[]];
  const found: Row[] = [];
  for (let i = from; i < count; i += 1) for (const rest of subsets(count, size - 1, i + 1)) found.push([i, ...rest]);
  return found;
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
