import { expect, test } from 'vitest';
import { createWords } from './progress.ts';

test('progress says counts, rate, time left and what is waited for', () => {
  let now = 0;
  const words = createWords(() => now);
  const counts = { requests: 1, rebuilds: 1 };
  now = 1000;
  expect(words({ ...counts, current: 'starting' })).toBe('1 request, 1 rebuild, 1/s: starting');
  expect(words({ ...counts, current: 'fixed cases', part: { done: 0, total: 100 } })).toBe(
    '1 request, 1 rebuild, 1/s: fixed cases 0 of 100',
  );
  now = 11_000;
  expect(words({ requests: 220, rebuilds: 2, current: 'fixed cases', part: { done: 20, total: 100 } })).toBe(
    '220 requests, 2 rebuilds, 20/s: fixed cases 20 of 100, 40 s left',
  );
  expect(words({ ...counts, current: 'x', waiting: { why: 'the pool is busy', ms: 2500 } })).toBe(
    '1 request, 1 rebuild, 0/s: x; waiting 3 s: the pool is busy',
  );
});
