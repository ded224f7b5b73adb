import type { Core } from './core.ts';
import { isAccepted, type Observation } from './observation.ts';
import { type Procedure, type Sending, wait } from './procedure.ts';
import { settle } from './settle.ts';

/** Milliseconds between two looks at a busy pool: quick at first, then a share of what has been waited. */
const firstLook = 25;
const lookShare = 0.1;
const longestLook = 10_000;
/** Once it is known how long the pool is busy, it is waited for so many times as long, and at least so many milliseconds. */
const patienceFactor = 10;
const leastPatience = 15_000;
const leastLock = 120_000;
/** Pools that a state handler may give by turns. */
export const mostInTurn = 8;
/** Milliseconds of waiting after which a pool from the handler is taken for one that it cannot make ready. */
const longestGiven = 2_000;

/** Sees to it that the pool is ready, as far as is known: a fresh one from the handler, or a rest without a request. */
export function* makeReady(core: Core, longer = 1): Procedure<void> {
  const { target } = core;
  if (!target.goesBusy || !Number.isFinite(target.lastAcceptance)) return;
  if (target.hasHandler) {
    yield* anotherPool(core);
    // Once more a pool that was rebuilt: it may only now have become busy, and the handler waits for it, makes it ready, or
    // gives the next one, which has not rested either.
    for (let n = 0; n < mostInTurn && target.rest(longer) > 0; n += 1) {
      yield* restFor(core, target.rest(longer));
      yield* anotherPool(core);
    }
    return;
  }
  // Of several pools the one that has rested longest is next.
  if (core.options.pools.length > 1) yield* core.state('pool is ready', true);
  yield* restFor(core, target.rest(longer));
}

/** A fresh pool from the handler, for each state in which requests are acted on. */
function* anotherPool(core: Core): Procedure<void> {
  yield* core.state('pool is ready', true);
  if (core.provided('image is billed') !== undefined) yield* core.state('image is billed', true);
}

/** No longer than a pool may be waited for. */
export function* restFor(core: Core, needed: number): Procedure<void> {
  const { target, options } = core;
  const ms = Math.ceil(Math.min(needed, options.limits.ready_wait));
  if (ms <= 0) return;
  target.waited += ms;
  target.now = yield* wait(ms, 'the pool is being rebuilt');
}

/** Milliseconds to wait for a busy pool: what was seen of it bounds what is believed of it. */
export function patienceOf({ target, options }: Core): number {
  if (target.stuck) return 0;
  const { ready_wait } = options.limits;
  return target.isKnown ? Math.min(ready_wait, Math.max(leastPatience, patienceFactor * target.busyFor)) : ready_wait;
}

/** Milliseconds after which a pool that does not become ready is locked, not busy. */
export function lockPatienceOf({ target, options }: Core): number {
  return Math.min(options.limits.ready_wait, Math.max(leastLock, patienceFactor * target.busyFor));
}

/** One request, settled. Undefined: nothing came of it that tells anything, or it was not sent. */
export function* ask(core: Core, sending: Sending): Procedure<Observation | undefined> {
  const [settled] = yield* settle(core, [[sending]]);
  const { observation, error } = settled ?? {};
  return observation === undefined || error !== undefined || 'unsent' in observation.result ? undefined : observation;
}

/**
 * A valid request that waits for a busy pool, at most `limits.ready_wait`; each try is the request itself. Resolves to
 * the last observation, whatever it is. `wanted`: whether a state handler is asked for another pool before each try.
 */
export function* askUntilReady(
  core: Core,
  make: () => Sending,
  patience = patienceOf(core),
  wanted: 'any pool' | 'the same pool' = 'any pool',
): Procedure<Observation | undefined> {
  const { target } = core;
  const before = target.lastAcceptance;
  let last = yield* ask(core, make());
  if (last !== undefined && target.saysBusy(last) && (yield* isSaidOfAll(core))) return last;
  const start = target.now;
  // What the handler takes to make a pool ready is no waiting in vain.
  let waited = 0;
  for (let look = firstLook; last !== undefined && target.saysBusy(last) && target.now - start < patience; ) {
    target.noteBusy();
    const isGiven = target.hasHandler && wanted === 'any pool';
    if (isGiven) yield* anotherPool(core);
    const ms = Math.max(1, Math.ceil(Math.min(look, patience - (target.now - start))));
    target.waited += ms;
    target.now = yield* wait(ms, 'the pool is busy');
    waited += ms;
    look = Math.min(longestLook, Math.max(firstLook, lookShare * (target.now - start)));
    last = yield* ask(core, make());
    if (isGiven && waited > longestGiven) break;
  }
  if (last !== undefined && target.saysBusy(last)) {
    target.noteBusy();
    target.stuck = true;
  } else if (last !== undefined && isAccepted(last)) {
    target.stuck = false;
    if (Number.isFinite(before)) target.noteReady(before, last.started);
  }
  return last;
}

/**
 * Whether a pool that nobody has is answered with 409, too: then that says nothing of a pool, and no waiting helps. Asked
 * only until something was accepted.
 */
function* isSaidOfAll(core: Core): Procedure<boolean> {
  const { target } = core;
  if (target.isConflictForAll || core.rebuilds > 0) return target.isConflictForAll;
  const nobody = yield* core.state('pool does not exist');
  if (!('fixture' in nobody)) return false;
  const play = { context: core.control, deviation: undefined };
  const seen = yield* ask(core, core.sending(play, 'pool does not exist', [], true));
  target.isConflictForAll = seen?.status === 409;
  return target.isConflictForAll;
}

/** The control, accepted if it can be had, however long the pool is busy. */
export function* acceptedControl(core: Core): Procedure<Observation | undefined> {
  yield* makeReady(core);
  return yield* askUntilReady(core, () => core.plain());
}
