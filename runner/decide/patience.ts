import { hungUp, type Observation } from './observation.ts';

/** So many time-outs, and at least so many milliseconds, are spent on what gets no answer. */
const timeouts = 25;
const least = 20_000;
/** The share of it from which on it is spent sparingly. */
const early = 0.1;
/** Milliseconds of Retry-After that are honoured at once, in one run, and in one run in vain. */
const longestPause = 30_000;
const pauses = 120_000;
const pausesInVain = 30_000;
/** Batches in a row that were throttled together with their baseline, after which the run ends. */
const mostThrottled = 3;
/** Batches in which some requests stayed throttled though the baseline was not, after which that is believed. */
const enoughStubborn = 2;

/** What a run may spend without learning anything: a fold of the facts. Times in milliseconds. */
export class Patience {
  readonly #allowed: number;
  #spent = 0;
  #until = 0;
  #honoured = 0;
  #inVain = 0;
  #throttled = 0;
  #stubborn = 0;

  /** `timeout`: of one exchange. */
  constructor(timeout: number) {
    this.#allowed = Math.max(least, timeouts * timeout);
  }

  /** Takes in what came of a batch: the time in which requests got no answer counts, once where they overlap. */
  see(observations: readonly Observation[]): void {
    const silent = observations.filter((one) => one.silence !== undefined && !hungUp(one));
    for (const { started, ended } of silent.sort((a, b) => a.started - b.started)) {
      this.#spent += Math.max(0, ended - Math.max(started, this.#until));
      this.#until = Math.max(this.#until, ended);
    }
  }

  /** Every silence costs a time-out: from now on no more are provoked than it takes. */
  get isShort(): boolean {
    return this.#spent > early * this.#allowed;
  }

  /** Why the run must end, if it must. */
  get exhausted(): string | undefined {
    if (this.#throttled >= mostThrottled)
      return 'The target keeps asking for less traffic, from valid requests, too, whatever is waited.';
    if (this.#spent <= this.#allowed) return undefined;
    return `Requests that got no answer took ${Math.round(this.#spent / 1000)} s, which is as long as this run may wait for nothing.`;
  }

  /**
   * How much of a Retry-After is honoured. What is longer than all that a run may wait is not waited for at all: it
   * could not be long enough.
   */
  honour(asked: number): number {
    if (asked > pauses) return 0;
    return Math.max(0, Math.min(asked, longestPause, pauses - this.#honoured, pausesInVain - this.#inVain));
  }

  /** A Retry-After was honoured; `helped`: fewer requests were throttled behind it. */
  paused(ms: number, helped: boolean): void {
    this.#honoured += ms;
    if (!helped) this.#inVain += ms;
  }

  /**
   * What came of a batch in the end: everything was throttled, the baseline included; or some of it was, which the
   * target means for that; or nothing.
   */
  settled(throttled: 'all' | 'some' | 'none'): void {
    this.#throttled = throttled === 'all' ? this.#throttled + 1 : 0;
    if (throttled === 'some') this.#stubborn += 1;
  }

  /** The target has shown that it throttles some requests whatever is waited: one more try tells. */
  get isStubborn(): boolean {
    return this.#stubborn >= enoughStubborn;
  }
}
