import fc from 'fast-check';
import { expect, test } from 'vitest';
import { legalNature } from '../../test/simulated/legal.ts';
import type { Nature } from '../../test/simulated/nature.ts';
import { type Asking, alarms, simulate } from '../../test/simulated/simulate.ts';
import type { Cost } from './rehearsal.ts';

const second = 1000;
const minute = 60 * second;

/** What a run took, and what was told of it when it had begun. */
async function runs(nature: Partial<Nature>, asking: Asking = {}) {
  const forecasts: Cost[] = [];
  const { report, took } = await simulate(nature, {
    ...asking,
    events: { onForecast: (cost) => void forecasts.push(cost) },
  });
  expect(alarms(report)).toEqual([]);
  const [told, ...more] = forecasts;
  expect(more).toEqual([]);
  if (told === undefined) throw new Error('nothing was told');
  return { told, report, took };
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

test('an estimate ends no run, whatever the target is like and however few rebuilds there are', async () => {
  for (let seed = 1; seed <= 24; seed += 1) {
    const [nature = {}] = fc.sample(legalNature, { seed, numRuns: 1 });
    const { report } = await simulate(nature, {
      limits: { rebuilds: [1, 2, 3, 5, 8, 20][seed % 6] ?? 1 },
      options: { seed, only: [['body/*'], ['state/*', 'path/*'], ['credentials/absent-*'], []][seed % 4] ?? [] },
      events: { onForecast: () => undefined },
    });
    expect({
      seed,
      incomplete: report.incomplete,
      notes: report.notes.filter((note) => note.includes('itself')),
    }).toEqual({
      seed,
      incomplete: false,
      notes: [],
    });
  }
});
