import type { Lane } from './http.ts';

/** So many connections, kept for the whole run, each used by one at a time. */
export class Lanes {
  readonly #create: () => Lane;
  readonly #most: number;
  readonly #all: Lane[] = [];
  readonly #free: Lane[] = [];
  readonly #waiting: ((lane: Lane) => void)[] = [];

  constructor(most: number, create: () => Lane) {
    this.#most = most;
    this.#create = create;
  }

  /** The one used last, if it is free, for it is the likeliest to be open. Whoever takes must give back. */
  async take(): Promise<Lane> {
    const free = this.#free.pop();
    if (free !== undefined) return free;
    if (this.#all.length >= this.#most) return new Promise((resolve) => this.#waiting.push(resolve));
    const lane = this.#create();
    this.#all.push(lane);
    return lane;
  }

  give(lane: Lane): void {
    const next = this.#waiting.shift();
    if (next === undefined) this.#free.push(lane);
    else next(lane);
  }

  /** Hangs up on all of them; what is under way becomes a silence. */
  async close(): Promise<void> {
    await Promise.all(this.#all.map((lane) => lane.close()));
  }
}
