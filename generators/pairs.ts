type Row = readonly number[];

function product(levels: Row): Row[] {
  return levels.reduce<Row[]>(
    (rows, count) => rows.flatMap((row) => Array.from({ length: count }, (_, level) => [...row, level])),
    [[]],
  );
}

function pairsOf(row: Row): string[] {
  return row.flatMap((a, i) => row.slice(i + 1).map((b, j) => `${i}:${a},${i + 1 + j}:${b}`));
}

/** Rows that together hold every pair of levels of every two factors; greedy, so nearly as few as possible. */
export function coveringArray(levels: Row): readonly Row[] {
  const candidates = product(levels).map((row) => ({ row, pairs: pairsOf(row) }));
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
