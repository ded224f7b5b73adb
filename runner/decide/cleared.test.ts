import { expect, test } from 'vitest';
import { simulate } from '../../test/simulated/simulate.ts';

/** All that the page leaves open. */
const tolerates = {
  nulls: true,
  mark: true,
  unknownFields: true,
  otherMediaTypes: true,
  slashes: true,
  queries: true,
  twoTokens: true,
};

test.each([
  [1, 0],
  [2, 0],
  [3, 300],
  [4, 20_000],
])('what a tolerant target accepts beside rejections hides no proof: seed %i, busy for %i ms', async (seed, ms) => {
  const busy = { ms, how: 'always' } as const;
  const { report } = await simulate({ tolerates, busy }, { limits: { rebuilds: 400 }, options: { seed } });
  const proof = report.results.find(({ requirement }) => requirement === 'state/rejected-request-starts-nothing');
  expect(proof).toMatchObject({ verdict: 'pass' });
  // Nearly all of some hundred rejections, not those of a round that happened to have nothing accepted in it.
  expect(proof?.rejected).toBeGreaterThan(100);
});
