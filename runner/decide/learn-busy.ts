import { learnBusyWords } from './busy-words.ts';
import { lateness } from './conflict.ts';
import type { Core } from './core.ts';
import { isAccepted } from './observation.ts';
import { type Procedure, wait } from './procedure.ts';
import { ask, askUntilReady, mostInTurn, patienceOf } from './readiness.ts';

/** Requests that a round of fixed cases sends one after the other, and milliseconds that it is believed to take at most. */
const requestsOfRound = 10;
const longestRound = 5_000;

/**
 * Whether an acceptance makes the pool busy: at once, or by the time that a round of rejections takes. `meanwhile`: called
 * while the pool is left alone.
 */
export function* learnBusy(core: Core, meanwhile: () => void): Procedure<void> {
  const { target } = core;
  if (core.room < 1) return;
  const started = target.now;
  let second = yield* ask(core, core.plain());
  if (second !== undefined && isAccepted(second) && !core.isSparing) {
    const round = requestsOfRound * (target.now - started);
    meanwhile();
    target.now = yield* wait(Math.min(longestRound, Math.max(lateness, round)), 'the pool may become busy late');
    second = yield* ask(core, core.plain());
  }
  if (second !== undefined && (target.saysBusy(second) || (yield* learnBusyWords(core, second)))) {
    target.goesBusy = true;
    if (target.hasHandler) yield* learnHandler(core);
    else yield* askUntilReady(core, () => core.plain());
  }
  target.isKnown = true;
  if (!target.goesBusy) return;
  core.options.onStep?.(
    target.hasHandler
      ? `the pool is busy after a rebuild; the state handler gives another one${target.isSlow ? ` in about ${seconds(target.readyIn)}` : ''}`
      : `the pool is busy for about ${seconds(target.busyFor)} after a rebuild`,
  );
}

function seconds(ms: number): string {
  return `${Math.ceil(ms / 100) / 10} s`;
}

/**
 * How long the state handler takes to have a pool that accepts. One that answers soon may give pools by turns, ready or
 * not: then it is measured how long the first that comes again is busy.
 */
function* learnHandler(core: Core): Procedure<void> {
  const { target } = core;
  const asked = target.now;
  yield* core.state('pool is ready', true);
  target.handlerTakes = target.now - asked;
  for (let n = 1; n < mostInTurn && !target.isSlow && !target.givesAgain; n += 1)
    yield* core.state('pool is ready', true);
  if (!target.givesAgain || target.isSlow) return;
  const given = target.now;
  yield* askUntilReady(core, () => core.plain(), patienceOf(core), 'the same pool');
  target.handlerTakes = target.now - given;
}
