import type { Statistics } from '../../specs/report.ts';
import type { Observation } from './observation.ts';

/** Bins of the timeline at most: when they are full, two become one. */
const mostBins = 60;
const firstBin = 250;

/** What answers were like over a run, in little room whatever its length: a fold of the observations. */
export class Tallies {
  readonly #statuses = new Map<string, number>();
  readonly #latencies = new Map<number, number>();
  #bins: number[] = [];
  #binMs = firstBin;

  add({ answer, silence, status, started }: Observation): void {
    if (answer === undefined && silence === undefined) return;
    const name = status === undefined ? 'none' : String(status);
    this.#statuses.set(name, (this.#statuses.get(name) ?? 0) + 1);
    if (answer !== undefined) {
      const to = 2 ** Math.ceil(Math.log2(Math.max(1, answer.duration_ms)));
      this.#latencies.set(to, (this.#latencies.get(to) ?? 0) + 1);
    }
    let bin = Math.floor(Math.max(0, started) / this.#binMs);
    while (bin >= mostBins) {
      this.#binMs *= 2;
      this.#bins = this.#bins.reduce<number[]>((halves, count, i) => {
        halves[i >> 1] = (halves[i >> 1] ?? 0) + count;
        return halves;
      }, []);
      bin >>= 1;
    }
    for (let i = this.#bins.length; i <= bin; i += 1) this.#bins[i] = 0;
    this.#bins[bin] = (this.#bins[bin] ?? 0) + 1;
  }

  /** Milliseconds that an answer usually takes, to within a third. */
  get usualLatency(): number {
    const sorted = [...this.#latencies].sort(([a], [b]) => a - b);
    let left = sorted.reduce((sum, [, count]) => sum + count, 0) / 2;
    for (const [to, count] of sorted) {
      left -= count;
      // Between this power of two and the one before.
      if (left <= 0) return 0.75 * to;
    }
    return 0;
  }

  get statistics(): Statistics {
    const statuses = [...this.#statuses].sort(([a], [b]) => a.localeCompare(b));
    const latency = [...this.#latencies].sort(([a], [b]) => a - b);
    return {
      statuses: Object.fromEntries(statuses),
      latency: latency.map(([to_ms, count]) => ({ to_ms, count })),
      timeline: { bin_ms: this.#binMs, counts: this.#bins },
    };
  }
}
