import fc from 'fast-check';
import { expect, test } from 'vitest';
import { turns, turnsOfSeveral } from '../../runner/decide/conflict.ts';
import { legalNature } from './legal.ts';
import type { Asked, Reply } from './nature.ts';
import { alarms, simulate } from './simulate.ts';
import { images } from './target.ts';

const second = 1000;
const minute = 60 * second;
const named = ['pool-a', 'pool-b', 'pool-c'] as const;
const row = 'state/rejected-request-starts-nothing';

/** EFFECTS_SEED and EFFECTS make others, and more of them; each is a seed of its own, counted from there. */
const first = Number(process.env['EFFECTS_SEED'] ?? 1);
const count = Number(process.env['EFFECTS'] ?? 120);

/** Rejections that have an effect, by what the target says of them. */
const kinds: Readonly<Record<string, (asked: Asked, status: number) => boolean>> = {
  'each body that is wrong': (_, status) => status === 400,
  'what is no JSON': ({ value, size }, status) => status === 400 && value === undefined && size > 0,
  'an object for delay_time': ({ value }, status) => {
    const delay = (value as { readonly delay_time?: unknown } | null | undefined)?.delay_time;
    return status === 400 && typeof delay === 'object' && delay !== null;
  },
  'an unknown image': ({ value }, status) => {
    const image = (value as { readonly image_id?: unknown } | null | undefined)?.image_id;
    return status === 404 && typeof image === 'string' && !Object.values<string>(images).includes(image);
  },
  'an unknown pool': ({ path }, status) =>
    status === 404 && path.endsWith('/rebuild') && !named.some((pool) => path.includes(pool)),
  'a wrong credential': (_, status) => status === 401,
  'a lack of permission': (_, status) => status === 403,
  'another method': (_, status) => status === 405,
  'a form': ({ mediaType }, status) => status >= 400 && mediaType.includes('form'),
  'a number for image_id': ({ value }, status) =>
    status === 400 && typeof (value as { readonly image_id?: unknown } | null | undefined)?.image_id === 'number',
};

const effects = fc.record({
  kind: fc.constantFrom(...Object.keys(kinds)),
  /** A rebuild that begins so late, or a lock that lasts so long. */
  effect: fc.oneof(
    fc.record({ begins: fc.constantFrom(0, 5, 20, 60, 150, 350) }),
    fc.record({ lock: fc.constantFrom(1.5 * second, 5 * second, 30 * second) }),
  ),
  where: fc.constantFrom('its own pool', 'the first pool', 'the next pool'),
  pools: fc.integer({ min: 1, max: 3 }),
  busy: fc.constantFrom(300, 2 * second, 20 * second, 5 * minute),
  handler: fc.constantFrom('none', 'none', 'fresh', 'waits'),
});

type Effect = typeof effects extends fc.Arbitrary<infer T> ? T : never;

/** Whether a run can meet it: on a pool that it sends valid requests to. */
function canBeMet({ kind, where, pools, handler }: Effect): boolean {
  if (where === 'the next pool') return pools > 1 && handler === 'none';
  if (where === 'the first pool') return handler !== 'fresh';
  return kind !== 'an unknown pool';
}

async function isFound({ kind, effect, where, pools: count, busy, handler }: Effect, seed: number): Promise<boolean> {
  const pools = named.slice(0, count);
  const [first = ''] = pools;
  const fault = (asked: Asked): Reply => {
    const right = asked.rightly();
    if (!('status' in right) || kinds[kind]?.(asked, right.status) !== true) return right;
    const own = decodeURIComponent(/desktop-pools\/([^/]+)\//.exec(asked.path)?.[1] ?? first);
    const next = pools[(pools.indexOf(own as (typeof named)[number]) + 1) % count] ?? first;
    const pool = where === 'its own pool' ? own : where === 'the first pool' ? first : next;
    if ('lock' in effect) asked.occupy(pool, effect.lock);
    else asked.occupy(pool, busy, asked.at + effect.begins);
    return right;
  };
  const nature = { seed, pools, handler: handler !== 'none', handlerWaits: handler === 'waits', fault };
  // A mock is busy for a moment and asked as fast as it goes.
  const data = busy < second ? { target: { url: 'http://127.0.0.1:1' } } : {};
  const { report } = await simulate({ ...nature, busy: { ms: busy, how: 'always' } }, { data });
  return report.results.some(({ requirement, verdict }) => requirement === row && verdict === 'fail');
}

test(`rejected requests that start something are found, whatever starts when and where (EFFECTS_SEED=${first})`, async () => {
  const missed: unknown[] = [];
  let met = 0;
  for (let seed = first; seed < first + count; seed += 1) {
    const [effect] = fc.sample(effects, { seed, numRuns: 1 });
    if (effect === undefined || !canBeMet(effect)) continue;
    met += 1;
    if (!(await isFound(effect, seed))) missed.push({ seed, ...effect });
  }
  console.info(`effects: EFFECTS_SEED=${first} EFFECTS=${count}: ${met - missed.length} of ${met}`);
  // On several pools an effect elsewhere may be over before that pool has its turn.
  expect(missed.length / met, JSON.stringify(missed, null, 1)).toBeLessThan(0.05);
});

test('a pool that is busy after each second acceptance, or third, has nothing started on it', async () => {
  const busy = fc.record({ ms: fc.constantFrom(300, 4 * second), each: fc.integer({ min: 2, max: 4 }) });
  for (let seed = first; seed < first + 30; seed += 1) {
    const [nature, time] = fc.sample(fc.tuple(legalNature, busy), { seed, numRuns: 1 })[0] ?? [];
    const { report } = await simulate(
      { ...nature, ...(time === undefined ? {} : { busy: time }) },
      { options: { seed } },
    );
    expect({ seed, alarms: alarms(report) }).toEqual({ seed, alarms: [] });
  }
});

test.each([[turns], [turnsOfSeveral]])(
  'no pool that is busy after each n-th acceptance is refused in the order of a proof',
  (order) => {
    // One acceptance a turn: with a period every refusal is followed by the same number of acceptances.
    const periods = Array.from({ length: order.length }, (_, i) => i + 1);
    const isExplained = (period: number, start: number): boolean =>
      order.every((isWith, n) => isWith === (n % period === start));
    expect(periods.filter((period) => periods.some((start) => isExplained(period, start - 1)))).toEqual([]);
  },
);
