import { setTimeout as sleep } from 'node:timers/promises';

/** What `setTimeout` can wait at most, in milliseconds. */
const longest = 2 ** 31 - 1;

/** Rejects with the reason of the signal when that fires. */
export async function pause(ms: number, signal: AbortSignal | undefined): Promise<void> {
  signal?.throwIfAborted();
  try {
    await sleep(Math.max(0, Math.min(ms, longest)), undefined, signal === undefined ? {} : { signal });
  } catch (error) {
    signal?.throwIfAborted();
    throw error;
  }
}

/** Milliseconds since `age` milliseconds ago. */
export function createClock(age = 0): () => number {
  const start = performance.now() - age;
  return () => performance.now() - start;
}

/** Lets through so many a second, evenly spaced; undefined: all of them. Rejects with the reason of the signal. */
export function createPace(rate: number | undefined, signal: AbortSignal | undefined): () => Promise<void> {
  let nextSlot = Number.NEGATIVE_INFINITY;
  return async () => {
    if (rate === undefined) return;
    const now = performance.now();
    const slot = Math.max(now, nextSlot);
    nextSlot = slot + 1000 / rate;
    if (slot > now) await pause(slot - now, signal);
  };
}
