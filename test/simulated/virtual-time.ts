import { setImmediate as turn } from 'node:timers/promises';

interface Alarm {
  readonly at: number;
  ring(): void;
}

/** Turns of the event loop in which everything that needs no time has come to its end. */
const turns = 2;
/** Turns without anything to wait for, after which nothing more can happen. */
const mostTurns = 1000;

/**
 * A time that passes only when nothing is left to be done: whoever pauses is woken at once, in the order of the times,
 * so that an hour takes as long as what happens in it. What goes on in it must not wait for anything outside, such as a
 * socket, a file or a timer of the machine.
 */
export class VirtualTime {
  readonly #alarms: Alarm[] = [];
  #now = 0;

  now(): number {
    return this.#now;
  }

  pause(ms: number): Promise<void> {
    return new Promise((ring) => {
      const at = this.#now + Math.max(0, ms);
      const later = this.#alarms.findIndex((alarm) => alarm.at > at);
      this.#alarms.splice(later < 0 ? this.#alarms.length : later, 0, { at, ring });
    });
  }

  /** Lets time pass until the work is done. Rejects as the work does, or where it waits for what never comes. */
  async during<T>(work: Promise<T>): Promise<T> {
    let isDone = false;
    const done = (): void => {
      isDone = true;
    };
    work.then(done, done);
    for (let idle = 0; ; ) {
      for (let i = 0; i < turns; i += 1) await turn();
      if (isDone) return work;
      const next = this.#alarms.shift();
      idle = next === undefined ? idle + 1 : 0;
      if (idle > mostTurns) throw new Error('nothing happens any more in simulated time');
      this.#now = next?.at ?? this.#now;
      next?.ring();
    }
  }
}
