import fc from 'fast-check';
import { expect, test } from 'vitest';
import { coveringArray } from './pairs.ts';

test('every pair of levels of every two factors is in a row', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 1, max: 4 }), { minLength: 2, maxLength: 4 }), (levels) => {
      const rows = coveringArray(levels);
      for (const [i, a] of levels.entries())
        for (const [j, b] of levels.entries()) {
          if (i >= j) continue;
          const pairs = new Set(rows.map((row) => `${row[i]},${row[j]}`));
          expect(pairs.size).toBe(a * b);
        }
    }),
    { seed: 20261124, numRuns: 40 },
  );
});

test('the fields of the request need few rows, the same each time', () => {
  const rows = coveringArray([2, 2, 3, 3, 2, 3]);
  expect(rows.length).toBe(9);
  expect(coveringArray([2, 2, 3, 3, 2, 3])).toEqual(rows);
});
