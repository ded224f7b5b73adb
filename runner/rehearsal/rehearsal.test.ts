import { expect, test } from 'vitest';
import type { Nature } from '../../test/simulated/nature.ts';
import { type Asking, alarms, simulate } from '../../test/simulated/simulate.ts';
import { roughly } from './rehearsal.ts';

const second = 1000;
const minute = 60 * second;

/** What a run took, and what was said of it when it had begun. */
async function runs(nature: Partial<Nature>, asking: Asking = {}) {
  const said: string[] = [];
  const { report, took } = await simulate(nature, { ...asking, events: { onNotice: (text) => said.push(text) } });
  expect(alarms(report)).toEqual([]);
  const found = said.flatMap(
    (text) => /about (\d+) requests, (\d+) rebuilds and ([\d.]+) (s|min|h)\b/.exec(text) ?? [],
  );
  const [, requests, rebuilds, time, unit] = found;
  const units: Readonly<Record<string, number>> = { s: second, min: minute, h: 60 * minute };
  const duration = Number(time) * (units[unit ?? ''] ?? Number.NaN);
  return { told: { requests: Number(requests), rebuilds: Number(rebuilds), duration }, report, took };
}

function near(told: number, real: number, share: number): void {
  expect(told).toBeGreaterThan(real * (1 - share));
  expect(told).toBeLessThan(real * (1 + share));
}

test.each<[string, Partial<Nature>, Asking]>([
  ['a pool that is ready at once', {}, {}],
  ['a pool that is busy for 2 s', { busy: { ms: 2 * second, how: 'always' } }, {}],
  ['a pool that is busy for 5 minutes', { busy: { ms: 5 * minute, how: 'always' } }, {}],
  ['three pools that are busy for a minute', { busy: { ms: minute, how: 'always' }, pools: ['a1', 'b2', 'c3'] }, {}],
  ['a handler', { busy: { ms: minute, how: 'always' }, handler: true }, {}],
  ['few rebuilds', { busy: { ms: 20 * second, how: 'always' } }, { limits: { rebuilds: 20 } }],
  ['generated cases', {}, { options: { runs: 20 } }],
  ['generated cases on a slow pool', { busy: { ms: 20 * second, how: 'always' } }, { options: { runs: 20 } }],
])('what a run takes is known when it has begun: %s', async (_, nature, asking) => {
  const { told, report, took } = await runs(nature, asking);
  near(told.requests, report.requests, 0.1);
  near(told.rebuilds, report.rebuilds ?? 0, 0.15);
  near(told.duration, took, 0.4);
});

test('more generated cases are told by what some take', async () => {
  const { told, report } = await runs(
    {},
    { options: { runs: 150, only: ['body/delay-time-*', 'body/minimal-is-accepted'] } },
  );
  near(told.requests, report.requests, 0.1);
});

test('times are told in the largest unit that says enough', () => {
  expect([400, 8_000, 99_000, 170_000, 5_940_000, 9_000_000].map(roughly)).toEqual([
    '1 s',
    '8 s',
    '99 s',
    '3 min',
    '99 min',
    '2.5 h',
  ]);
});
