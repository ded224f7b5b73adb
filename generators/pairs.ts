import { randomOf } from './random.ts';

type Row = readonly number[];

interface Candidate {
  readonly row: Row;
  readonly pairs: readonly string[];
}

/** Orders in which the candidates are tried; of the shortest arrays the one that holds the most triples wins. */
const orders = 60;
const known = new Map<string, readonly Row[]>();

function product(levels: Row): Row[] {
  return levels.reduce<Row[]>(
    (rows, count) => rows.flatMap((row) => Array.from({ length: count }, (_, level) => [...row, level])),
    [[]],
  );
}

function pairsOf(row: Row): string[] {
  return row.flatMap((a, i) => row.slice(i + 1).map((b, j) => `${i}:${a},${i + 1 + j}:${b}`));
}

/** Rows that together hold every pair of levels of every two factors, nearly as few as possible. */
export function coveringArray(levels: Row): readonly Row[] {
  const key = levels.join();
  const rows = known.get(key) ?? shortest(levels);
  known.set(key, rows);
  return rows;
}

function shortest(levels: Row): readonly Row[] {
  const candidates = product(levels).map((row) => ({ row, pairs: pairsOf(row) }));
  const arrays = Array.from({ length: orders }, (_, n) => greedy(shuffled(candidates, n)));
  const least = Math.min(...arrays.map(({ length }) => length));
  const short = arrays.filter(({ length }) => length === least);
  return short.reduce((best, array) => (triples(array) > triples(best) ? array : best));
}

/** How many combinations of three levels the rows hold. */
function triples(rows: readonly Row[]): number {
  const all = rows.flatMap((row) =>
    row.flatMap((a, i) => pairsOf(row.slice(i + 1)).map((pair) => `${i}:${a},${i + 1}+${pair}`)),
  );
  return new Set(all).size;
}

/** Takes again and again the candidate that holds the most pairs still missing. */
function greedy(candidates: readonly Candidate[]): readonly Row[] {
  const open = new Set(candidates.flatMap(({ pairs }) => pairs));
  const rows: Row[] = [];
  while (open.size > 0) {
    let best = candidates[0];
    let most = -1;
    for (const candidate of candidates) {
      const gain = candidate.pairs.filter((pair) => open.has(pair)).length;
      if (gain > most) [best, most] = [candidate, gain];
    }
    if (best === undefined) break;
    for (const pair of best.pairs) open.delete(pair);
    rows.push(best.row);
  }
  return rows;
}

/** The same order each time for the same n; the first is the given one. */
function shuffled<T>(items: readonly T[], n: number): readonly T[] {
  if (n === 0) return items;
  const random = randomOf(0, n);
  const keyed = items.map((item) => [random.nextInt(0, 1_000_000), item] as const);
  return keyed.sort(([a], [b]) => a - b).map(([, item]) => item);
}
