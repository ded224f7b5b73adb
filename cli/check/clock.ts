import type { Answer } from '../../runner/decide/procedure.ts';

/** Milliseconds of difference that are worth a warning, and beyond which a signature is taken for expired. */
const noticeable = 60_000;
const fatal = 15 * 60_000;

export interface Clock {
  readonly verdict: 'ok' | 'warning' | 'mend';
  readonly text: string;
}

/** Milliseconds that the target's clock is ahead of ours, to half a second; undefined when the answer has no usable Date. */
export function skewOf({ headers, duration_ms }: Answer, received: number): number | undefined {
  const date = Date.parse(headers['date'] ?? '');
  return Number.isNaN(date) ? undefined : date + 500 - (received - duration_ms / 2);
}

/** Judges a difference of clocks; only signed requests depend on it. */
export function judgeClock(skew: number | undefined, signs: boolean): Clock {
  if (skew === undefined) return { verdict: 'ok', text: 'not known, the answers have no usable Date header' };
  const size = Math.abs(skew);
  if (size <= noticeable) return { verdict: 'ok', text: "ok, within a minute of the target's" };
  const minutes = Math.round(size / 6_000) / 10;
  const text = `this clock is ${minutes} minutes ${skew > 0 ? 'behind' : 'ahead of'} the target's`;
  if (!signs || size <= fatal) return { verdict: 'warning', text };
  return { verdict: 'mend', text: `${text}, and signatures older than 15 minutes are refused; set the clock.` };
}
