import type { Flaw } from './checks.ts';
import type { Draft } from './drafts.ts';
import { type Exchange, isAccepted, isSilence, type Judged, outcomeOf } from './exchange.ts';

/** The control was accepted before and is refused now, whatever was tried: no rejection says anything any more. */
export class ControlLost extends Error {
  override readonly name = 'ControlLost';
  readonly control: Exchange;
  /** Ids of the requirements that were played since the control was accepted last. */
  readonly since: ReadonlySet<string>;

  constructor(control: Exchange, since: ReadonlySet<string>, between: readonly string[]) {
    const [first = 'nothing', last = first] = [between[0], between.at(-1)];
    const what = between.length > 1 ? `${between.length} requests (the first: ${first}; the last: ${last})` : first;
    super(`The control was accepted, and after ${what} it is answered with ${outcomeOf(control)}.`);
    this.control = control;
    this.since = since;
  }
}

/** A rejected request that may have started something, and how it was made. */
export interface Suspect {
  readonly draft: Draft;
  readonly judged: Judged;
}

/** A valid request must be accepted right after a rejected one. `trace`: how it was refused instead. */
export function flawOf(trace: string): Flaw {
  return {
    expected: 'a valid request is accepted right after the rejected one',
    actual: `${trace}${trace === '409' ? ': the pool is busy' : ''}`,
  };
}

/** Rejections that are remembered: what started something longer ago is not looked for. */
const mostSuspects = 40;

/** Remembers what was rejected since a valid request was accepted last. */
export class ControlWatch {
  /** Rejections, of all kinds, behind which a valid request was accepted. */
  cleared = 0;
  /** Rejections behind which, each time, no valid request was accepted. */
  readonly traces: { readonly flaw: Flaw; readonly judged: Judged }[] = [];
  #suspects: Suspect[] = [];

  get suspects(): readonly Suspect[] {
    return this.#suspects;
  }

  rejected(draft: Draft, judged: Judged): void {
    if (isAccepted(judged) || isSilence(judged.result)) return;
    this.#suspects = [...this.#suspects.slice(-mostSuspects), { draft, judged }];
  }

  accepted(): void {
    this.cleared += this.#suspects.length;
    this.#suspects = [];
  }

  /** Nothing can be said of the latest rejections. */
  forget(): void {
    this.#suspects = [];
  }

  lost(control: Exchange): ControlLost {
    const ids = this.#suspects.flatMap(({ judged }) => judged.plays.map(({ id }) => id));
    const labels = this.#suspects.map(({ judged }) => judged.case.label);
    return new ControlLost(control, new Set(ids), labels);
  }
}
