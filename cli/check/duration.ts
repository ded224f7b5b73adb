import { lateness } from '../../runner/decide/conflict.ts';
import type { Core } from '../../runner/decide/core.ts';
import type { Cost } from './cost.ts';

/** How fast a run may go. Times in milliseconds. */
export interface Pace {
  /** Requests a second at most. */
  readonly rate: number | undefined;
  readonly concurrency: number;
  /** That an answer takes. */
  readonly answer: number;
}

/** Milliseconds that the suite itself takes for a request. */
const own = 2;
/** Of what may be under way at once, so much is, for a round ends when its last answer has come. */
const share = 0.5;
/** A pool is given a little more time than it took; and once in so many rounds, effects that may come late. */
const rest = 1.25;
const roundsPerLook = 3;

/** Milliseconds that a run takes, about. */
export function durationOf({ requests, rebuilds }: Cost, { target, options }: Core, pace: Pace): number {
  const atOnce = Math.max(1, pace.concurrency * share);
  const each = Math.max(pace.rate === undefined ? 0 : 1000 / pace.rate, pace.answer / atOnce + own);
  // Several pools are rebuilt by turns, and a handler gives another one.
  const busy = options.hasHandler ? 0 : (rest * target.busyFor) / Math.max(1, options.pools.length);
  return requests * each + (target.goesBusy ? rebuilds * (busy + lateness / roundsPerLook) : 0);
}

/** `8 s`, `3 min`, `2.5 h`. */
export function roughly(ms: number): string {
  const seconds = Math.max(1, Math.ceil(ms / 1000));
  if (seconds < 100) return `${seconds} s`;
  const minutes = Math.ceil(seconds / 60);
  return minutes < 100 ? `${minutes} min` : `${Math.ceil(minutes / 6) / 10} h`;
}
