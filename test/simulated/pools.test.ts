import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { unknownId } from '../../generators/random.ts';
import type { Asked, Reply } from './nature.ts';
import { alarms, simulate, untested } from './simulate.ts';

const second = 1000;
const minute = 60 * second;
const hour = 60 * minute;

describe('one static pool, no state handler, the default limits', () => {
  test.each([0, 40, 300, 2 * second, 20 * second, 5 * minute])(
    'busy for %i ms after each acceptance: conformant, each row judged, in at most twenty times as long',
    async (ms) => {
      const { report, took, waited } = await simulate({ busy: { ms, how: 'always' } });
      expect(alarms(report)).toEqual([]);
      expect(untested(report, 'MUST', 'SHOULD')).toEqual([]);
      expect(report.outcome).toBe('conformant');
      // Requests take 50 ms each at the default rate; looks for late effects take a moment each.
      expect(took).toBeLessThanOrEqual(20 * ms + 60 * report.requests + 10 * second);
      expect(took).toBeLessThan(2 * hour);
      expect(waited).toBeLessThan(took);
    },
  );

  test.each([
    [2 * second, 1 * second],
    [20 * second, 5 * second],
    [20 * second, 19 * second],
    [5 * minute, 2 * minute],
  ])('busy for %i ms, but waited for only %i ms: nothing is blamed for it', async (ms, ready_wait) => {
    const { report, took } = await simulate({ busy: { ms, how: 'always' } }, { limits: { ready_wait } });
    expect(alarms(report)).toEqual([]);
    expect(['partial', 'conformant']).toContain(report.outcome);
    expect(took).toBeLessThan(2 * hour);
  });

  test.each([
    [2 * second, 3 * second],
    [20 * second, 30 * second],
    [5 * minute, 6 * minute],
  ])('busy for %i ms, and waited for up to %i ms', async (ms, ready_wait) => {
    const { report } = await simulate({ busy: { ms, how: 'always' } }, { limits: { ready_wait } });
    expect(alarms(report)).toEqual([]);
    expect(report.outcome).toBe('conformant');
  });
});

test.each([
  [300, 2 * second],
  [511, 8 * second],
  [900, 500],
  [1_500, 20 * second],
  [30 * second, 3 * second],
])(
  'away after %i ms for %i ms, with the pool forgotten: what was seen then is no measure of how long a rebuild takes',
  async (at, ms) => {
    const restarts = [{ at, ms, forgets: true }];
    const { report } = await simulate({
      busy: { ms: 5 * minute, how: 'always' },
      restarts,
      busyWithInvalidBody: 409,
      connections: { are: 'closed', each: 4 },
      lost: { each: 42, acts: true },
    });
    expect(alarms(report)).toEqual([]);
  },
);

describe('few rebuilds', () => {
  test.each([0, 300, 2 * second, 5 * minute])(
    'twenty suffice for every row that counts, on a pool that is busy for %i ms',
    async (ms) => {
      const { report, target } = await simulate({ busy: { ms, how: 'always' } }, { limits: { rebuilds: 20 } });
      expect(target.accepted).toBeLessThanOrEqual(20);
      expect(alarms(report)).toEqual([]);
      expect(untested(report, 'MUST', 'SHOULD')).toEqual([]);
      expect(report.outcome).toBe('conformant');
    },
  );

  test.each([0, 300, 2 * second, 5 * minute])(
    'with ten every MUST row has a positive witness, on a pool that is busy for %i ms',
    async (ms) => {
      const { report, target } = await simulate({ busy: { ms, how: 'always' } }, { limits: { rebuilds: 10 } });
      expect(target.accepted).toBeLessThanOrEqual(10);
      expect(alarms(report)).toEqual([]);
      expect(untested(report, 'MUST')).toEqual([]);
      for (const { verdict, cases } of report.results) if (verdict === 'pass') expect(cases).toBeGreaterThan(0);
    },
  );

  test('what has none is sent to a pool that nobody has, with whatever is odd about it', async () => {
    const paths: string[] = [];
    const witness = { sent: ({ path }: { readonly path: string }) => void paths.push(path) };
    const { report, target } = await simulate({ pools: ['Head-Office.12'] }, { limits: { rebuilds: 20 }, witness });
    expect(report.outcome).toBe('conformant');
    expect(target.accepted).toBeLessThanOrEqual(20);
    const nowhere = unknownId(report.seed);
    const there = paths.filter((path) => path.slice(path.indexOf('/desktop-pools')).includes(nowhere));
    const tails = new Set(there.map((path) => path.split(nowhere)[1]));
    expect([...tails]).toEqual(expect.arrayContaining(['/rebuild', '/REBUILD', '//rebuild', '/rebuild/']));
    expect(there.filter((path) => path.toLowerCase().includes('office'))).toEqual([]);
  });

  test('one leaves nothing green that was not tried', async () => {
    const { report, target } = await simulate({}, { limits: { rebuilds: 1 } });
    expect(target.accepted).toBe(1);
    expect(report.outcome).toBe('partial');
    const walk = report.results.find(({ requirement }) => requirement === 'state/walks-keep-the-rules');
    expect(walk?.verdict).toBe('untested');
  });
});

test.each([2 * second, 5 * minute])('several pools take turns, each busy for %i ms', async (ms) => {
  const { report, took } = await simulate({ pools: ['pool-a', 'pool-c', 'pool-d'], busy: { ms, how: 'always' } });
  expect(alarms(report)).toEqual([]);
  expect(report.outcome).toBe('conformant');
  expect(took).toBeLessThanOrEqual(20 * ms + 60 * report.requests + 10 * second);
});

describe.each([2 * second, 20 * second, 5 * minute])('a state handler, and pools that are busy for %i ms', (ms) => {
  test.each([
    ['waits until its pool is ready', { handlerWaits: true }, 1],
    ['gives three pools in turn, ready or not', { handlerTurns: true }, 3],
    ['gives seven pools in turn, ready or not', { handlerTurns: true }, 7],
  ] as const)('that %s costs no more rebuilds than waiting would', async (_, how, count) => {
    const pools = Array.from({ length: count }, (__, i) => `pool-${i}`);
    const { report, took } = await simulate({ handler: true, ...how, pools, busy: { ms, how: 'always' } });
    expect(alarms(report)).toEqual([]);
    expect(untested(report, 'MUST', 'SHOULD')).toEqual([]);
    expect(report.rebuilds).toBeLessThanOrEqual(20);
    expect(took).toBeLessThanOrEqual(20 * ms + 60 * report.requests + 10 * second);
  });
});

test('a handler that gives fresh pools spares all waiting', async () => {
  const { report, took } = await simulate({ handler: true, busy: { ms: 5 * minute, how: 'always' } });
  expect(report.outcome).toBe('conformant');
  expect(took).toBeLessThan(2 * minute);
});

test.each([300, 2 * second, 20 * second, 5 * minute])(
  'a handler that gives three pools in turn, each busy for %i ms, ready or not: that is not the target’s fault',
  async (ms) => {
    const pools = ['pool-a', 'pool-c', 'pool-d'];
    const { report } = await simulate({ handler: true, handlerTurns: true, pools, busy: { ms, how: 'always' } });
    expect(alarms(report)).toEqual([]);
  },
);

test('a pool that stays busy for ever is a matter of the configuration', async () => {
  const { report, took } = await simulate({
    fault: (asked) =>
      asked.method === 'POST' && asked.path.includes('pool-a')
        ? { status: 409, body: { error_code: 'SIM.1' } }
        : undefined,
  });
  expect(report.outcome).toBe('error');
  expect(report.results.filter(({ verdict }) => verdict === 'fail')).toEqual([]);
  expect(took).toBeLessThan(2 * hour);
});

test('a pool that is busy for as long as chance has it is no race', async () => {
  for (let seed = 1; seed <= 300; seed += 1) {
    const busy = { ms: 3_000, how: 'by chance' } as const;
    const only = ['state/one-of-two-together', 'body/minimal-is-accepted'];
    // So slow that two requests are on their way at the same time.
    const latency = { least: 60, most: 120 };
    const { report } = await simulate({ seed, busy, latency, handler: seed % 2 === 0 }, { options: { seed, only } });
    expect({ seed, alarms: alarms(report) }).toEqual({ seed, alarms: [] });
  }
});

describe('a pool that is busy, and says so otherwise than by 409', () => {
  /** What the page forbids of such an answer, whatever it is. */
  const wrong = /^(state\/(busy-pool-is-a-conflict|one-of-two-together)|answers\/)/;
  const busyPool = fc.record({
    status: fc.constantFrom(400, 403, 404, 410, 418, 423, 425, 429, 500, 503),
    ms: fc.constantFrom(300, 2 * second, 20 * second, 5 * minute),
    pools: fc.constantFrom(['pool-a'], ['pool-a', 'pool-b', 'pool-c']),
    handler: fc.boolean(),
    // The words of a body that is wrong, too.
    isOwn: fc.boolean(),
    extra: fc.boolean(),
  });

  test('fails for that, and each other row is judged', async () => {
    await fc.assert(
      fc.asyncProperty(busyPool, async ({ status, ms, pools, handler, isOwn, extra }) => {
        const body = isOwn
          ? { error_code: 'SIM.0409', error_msg: 'The pool is being rebuilt.' }
          : { error_code: 'SIM.0001', error_msg: 'The request is wrong.' };
        const fault = ({ rightly }: Asked): Reply => {
          const right = rightly();
          return 'status' in right && right.status === 409 ? { status, body } : right;
        };
        // What says nothing of a pool is not waited for that long.
        const busy = { ms: isOwn ? ms : Math.min(ms, 20 * second), how: 'always' } as const;
        const { report } = await simulate({ busy, pools, handler, extra, fault });
        expect(alarms(report).filter((alarm) => !wrong.test(alarm))).toEqual([]);
        expect(alarms(report).some((alarm) => alarm.startsWith('state/busy-pool-is-a-conflict'))).toBe(true);
        expect(untested(report, 'MUST', 'SHOULD')).toEqual([]);
      }),
      { numRuns: 60, seed: 1 },
    );
  });

  test('is no busy pool where each other acceptance fails, whenever it comes', async () => {
    for (const status of [400, 404, 500]) {
      let count = 0;
      const fault = ({ rightly }: Asked): Reply => {
        const right = rightly();
        if ('status' in right && right.status === 200) count += 1;
        return 'status' in right && right.status === 200 && count % 2 === 0 ? { status, body: {} } : right;
      };
      const { report } = await simulate({ fault });
      expect(alarms(report).some((alarm) => alarm.startsWith('state/busy-pool-is-a-conflict'))).toBe(false);
      expect(alarms(report)).not.toEqual([]);
    }
  });
});
