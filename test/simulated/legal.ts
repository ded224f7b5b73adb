import fc from 'fast-check';
import type { Check, Nature } from './nature.ts';

/** Milliseconds that a pool may be busy: not at all, a moment, some seconds, minutes. */
const busyTimes = [0, 40, 300, 700, 2_000, 20_000, 300_000] as const;

const busy: fc.Arbitrary<Nature['busy']> = fc.oneof(
  { weight: 4, arbitrary: fc.record({ ms: fc.constantFrom(...busyTimes), how: fc.constant('always' as const) }) },
  {
    weight: 1,
    arbitrary: fc.record({ ms: fc.constantFrom(100, 3_000, 60_000), how: fc.constant('by chance' as const) }),
  },
  { weight: 1, arbitrary: fc.record({ ms: fc.constantFrom(300, 4_000), each: fc.integer({ min: 2, max: 12 }) }) },
);

/** The credential comes before the conflict, lest a stranger learn of it; all else in any order. */
const order: fc.Arbitrary<readonly Check[]> = fc
  .shuffledSubarray<Check>(['credential', 'body', 'pool', 'image', 'conflict'], { minLength: 5 })
  .filter((checks) => checks.indexOf('credential') < checks.indexOf('conflict'))
  .filter((checks) => checks.indexOf('pool') > checks.indexOf('credential'))
  .filter((checks) => checks.indexOf('image') > checks.indexOf('body'));

const connections: fc.Arbitrary<Nature['connections']> = fc.oneof(
  fc.constant({ are: 'kept' } as const),
  fc.record({ are: fc.constant('closed' as const), each: fc.integer({ min: 1, max: 9 }) }),
  fc.constant({ are: 'reset when used again' } as const),
  fc.record({ are: fc.constant('reset when idle' as const), ms: fc.constantFrom(1, 100, 1_000, 5_000) }),
);

const restarts: fc.Arbitrary<Nature['restarts']> = fc.array(
  fc.record({
    at: fc.integer({ min: 500, max: 60_000 }),
    ms: fc.constantFrom(50, 1_000, 8_000),
    forgets: fc.boolean(),
  }),
  { maxLength: 2 },
);

/** Half of the time as plain as can be, so that compositions differ in how many things are odd. */
function perhaps<T>(plain: T, odd: fc.Arbitrary<T>): fc.Arbitrary<T> {
  return fc.oneof(fc.constant(plain), odd);
}

/** What the page allows a target to be, one thing beside the other. */
export const legalNature: fc.Arbitrary<Partial<Nature>> = fc.record({
  seed: fc.integer({ min: 1, max: 1_000_000 }),
  pools: fc.constantFrom(
    ['pool-a'],
    ['6f1d9c52-0b7e-4c3a-9a55-21d0c7f3e8ab'],
    ['Pool of Ann', 'pool.b~2'],
    ['p1', 'p2', 'p3'],
  ),
  handler: fc.boolean(),
  handlerWaits: fc.boolean(),
  busy,
  busyAfter: perhaps(0, fc.constantFrom(1, 30, 150)),
  latency: perhaps({ least: 2, most: 2 }, fc.constantFrom({ least: 1, most: 40 }, { least: 20, most: 900 })),
  order: perhaps<readonly Check[]>(['credential', 'body', 'pool', 'image', 'conflict'], order),
  throttle: perhaps<Nature['throttle']>(
    undefined,
    fc.record({ perSecond: fc.constantFrom(5, 15, 60), retryAfter: fc.boolean() }),
  ),
  disturbed: perhaps<Nature['disturbed']>(
    [],
    fc.array(
      fc.record({
        each: fc.integer({ min: 7, max: 60 }),
        status: fc.constantFrom(429 as const, 502 as const, 503 as const, 504 as const),
        retryAfter: fc.boolean(),
      }),
      { maxLength: 2 },
    ),
  ),
  connections,
  lost: perhaps<Nature['lost']>(undefined, fc.record({ each: fc.integer({ min: 40, max: 150 }), acts: fc.boolean() })),
  restarts: perhaps<Nature['restarts']>([], restarts),
  tolerates: fc.record({
    nulls: fc.boolean(),
    mark: fc.boolean(),
    unknownFields: fc.boolean(),
    otherMediaTypes: fc.boolean(),
    slashes: fc.boolean(),
    queries: fc.boolean(),
    twoTokens: fc.boolean(),
  }),
  unknownImage: fc.constantFrom(400 as const, 404 as const),
  otherProject: fc.constantFrom(401 as const, 403 as const, 404 as const),
  otherMethod: fc.constantFrom(404 as const, 405 as const),
  busyWithInvalidBody: fc.constantFrom('as ordered' as const, 409 as const),
  jobs: fc.constantFrom('uuid' as const, 'number' as const),
  extra: fc.boolean(),
  errors: fc.record({ code: fc.constantFrom('WKS.00010009', 'APIGW.0301', '409'), terse: fc.constant(false) }),
  failing: fc.boolean(),
  handlerTurns: perhaps(false, fc.constant(true)),
});
