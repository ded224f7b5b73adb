import { setTimeout as sleep } from 'node:timers/promises';

/** What `setTimeout` can wait at most, in milliseconds. */
const longest = 2 ** 31 - 1;

/** The time that a run lives in, in milliseconds. */
export interface Clock {
  /** Since the run began. */
  now(): number;
  /** Rejects with the reason of the signal when that fires. */
  pause(ms: number, signal: AbortSignal | undefined): Promise<void>;
}

async function pause(ms: number, signal: AbortSignal | undefined): Promise<void> {
  signal?.throwIfAborted();
  try {
    await sleep(Math.max(0, Math.min(ms, longest)), undefined, signal === undefined ? {} : { signal });
  } catch (error) {
    signal?.throwIfAborted();
    throw error;
  }
}

/** The result, or the reason of the signal if that fires before; what is waited for then goes on unheard. */
export function unlessAborted<T>(result: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (signal === undefined) return result;
  return new Promise<T>((resolve, reject) => {
    const abort = (): void => reject(signal.reason);
    if (signal.aborted) abort();
    signal.addEventListener('abort', abort, { once: true });
    result.then(resolve, reject).finally(() => signal.removeEventListener('abort', abort));
  });
}

/** That of this machine, for a run that began `age` milliseconds ago. */
export function createClock(age = 0): Clock {
  const start = performance.now() - age;
  return { now: () => performance.now() - start, pause };
}

/** Lets through so many a second, evenly spaced; undefined: all of them. Rejects with the reason of the signal. */
export function createPace(
  rate: number | undefined,
  clock: Clock,
  signal: AbortSignal | undefined,
): () => Promise<void> {
  let nextSlot = Number.NEGATIVE_INFINITY;
  return async () => {
    if (rate === undefined) return;
    const now = clock.now();
    const slot = Math.max(now, nextSlot);
    nextSlot = slot + 1000 / rate;
    if (slot > now) await clock.pause(slot - now, signal);
  };
}
