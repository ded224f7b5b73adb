import { type Exchange, isAccepted, type Judged, outcomeOf } from './exchange.ts';

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

/** Remembers what was sent since a valid request was accepted last. */
export class ControlWatch {
  readonly #requirements = new Set<string>();
  readonly #labels: string[] = [];

  /** Requests judged since the last acceptance. */
  get age(): number {
    return this.#labels.length;
  }

  note(exchange: Exchange, plays: Judged['plays'] = []): void {
    if (isAccepted(exchange) && exchange.case.method === 'POST') {
      this.#requirements.clear();
      this.#labels.length = 0;
      return;
    }
    for (const { id } of plays) this.#requirements.add(id);
    this.#labels.push(exchange.case.label);
  }

  lost(control: Exchange): ControlLost {
    return new ControlLost(control, new Set(this.#requirements), [...this.#labels]);
  }
}
