import fc from 'fast-check';
import { expect, test } from 'vitest';
import { randomOf } from '../../generators/random.ts';
import { defaultEdition, edition } from '../../specs/editions.ts';
import { legalNature } from './legal.ts';
import type { Nature } from './nature.ts';
import { alarms, simulate } from './simulate.ts';

const { requirements } = edition(defaultEdition);

/** COMPOSITIONS_SEED and COMPOSITIONS make others, and more of them; each is a seed of its own, counted from there. */
const first = Number(process.env['COMPOSITIONS_SEED'] ?? 1);
const count = Number(process.env['COMPOSITIONS'] ?? 300);
/** So many parts, side by side in no way, but each with a limit of its own on time. */
const parts = 6;
/** One in so many rows about deviations is played in each: they hardly depend on each other, and there are many. */
const share = 8;

/** All rows about valid requests, whole answers and several requests, and some of those about deviations. */
function someRows(seed: number): readonly string[] {
  const random = randomOf(seed, 0);
  return requirements.flatMap(({ id, send }) =>
    send.kind === 'deviation' && random.nextInt(1, share) > 1 ? [] : [id],
  );
}

/** A pool that is busy only a moment after it has accepted may accept twice at once, which is what this row is about. */
function raceOf({ busyAfter = 0 }: Partial<Nature>): (alarm: string) => boolean {
  return (alarm) => busyAfter > 0 && alarm.startsWith('state/one-of-two-together');
}

console.info(`compositions: COMPOSITIONS_SEED=${first} COMPOSITIONS=${count}`);

test.each(Array.from({ length: parts }, (_, part) => part))(
  'what is allowed in any composition raises no alarm, part %i',
  async (part) => {
    for (let seed = first + part; seed < first + count; seed += parts) {
      const [nature = {}] = fc.sample(legalNature, { seed, numRuns: 1 });
      const { report } = await simulate(nature, { options: { seed, only: someRows(seed) } });
      const isRace = raceOf(nature);
      expect({ seed, alarms: alarms(report).filter((alarm) => !isRace(alarm)) }).toEqual({ seed, alarms: [] });
    }
  },
  240_000,
);

test('nor does it where rebuilds run out, at whatever request', async () => {
  for (let seed = first; seed < first + count / 3; seed += 1) {
    const [nature = {}] = fc.sample(legalNature, { seed, numRuns: 1 });
    const random = randomOf(seed, 1);
    const limits = { rebuilds: random.nextInt(1, 60) };
    const { report } = await simulate(nature, { limits, options: { seed, only: someRows(seed) } });
    const isRace = raceOf(nature);
    expect({ seed, alarms: alarms(report).filter((alarm) => !isRace(alarm)) }).toEqual({ seed, alarms: [] });
  }
}, 240_000);
