import { setTimeout as sleep } from 'node:timers/promises';

/** The time that the endpoint lives in, in milliseconds. */
export interface Clock {
  /** From any start. */
  now(): number;
  pause(ms: number): Promise<void>;
}

export const realClock: Clock = { now: () => performance.now(), pause: (ms) => sleep(ms) };
