import { expect, test } from 'vitest';
import { createWords, forecast } from './progress.ts';

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

test('what is ahead is told in whole words, times in the largest unit that says enough', () => {
  expect(forecast({ requests: 6, rebuilds: 1, duration: 400 })).toBe(
    'This takes about 6 requests, 1 rebuild and 1 s, if the implementation conforms.',
  );
  const times = [8_000, 99_000, 170_000, 5_940_000, 9_000_000].map(
    (duration) => / and (.*), if/.exec(forecast({ requests: 2, rebuilds: 2, duration }))?.[1],
  );
  expect(times).toEqual(['8 s', '99 s', '3 min', '99 min', '2.5 h']);
});
