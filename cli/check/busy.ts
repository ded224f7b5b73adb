import type { Core } from '../../runner/decide/core.ts';
import { type Procedure, wait } from '../../runner/decide/procedure.ts';
import { ask } from '../../runner/decide/readiness.ts';

/** Milliseconds between two looks, and for which they go on: a check should not take as long as a rebuild may. */
const look = 100;
const longest = 15_000;
/** Rebuilds that are left for the states. */
const reserve = 3;

/** Learns whether an acceptance makes the pool busy, and for how long: a run waits as long behind each. */
export function* learnBusy(core: Core): Procedure<void> {
  const { target } = core;
  if (core.room < reserve) return;
  const start = target.now;
  for (;;) {
    const seen = yield* ask(core, core.plain());
    if (seen?.status !== 409) break;
    target.goesBusy = true;
    target.noteBusy();
    if (target.hasHandler || target.now - start > Math.min(longest, core.options.limits.ready_wait)) break;
    target.now = yield* wait(look, 'the pool is busy');
  }
  target.isKnown = true;
}
