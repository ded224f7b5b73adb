/** Counts accepted rebuilds, and keeps those that may be accepted under the cap. */
export class Budget {
  readonly #cap: number | undefined;
  #accepted = 0;
  #underWay = 0;
  /** Whether a request was accepted that ought not to be: from then on each that may act needs room, whatever its method. */
  #isCareless = false;

  /** Rebuilds at most; undefined: no limit. */
  constructor(cap: number | undefined) {
    this.#cap = cap;
  }

  get accepted(): number {
    return this.#accepted;
  }

  /** Counts what was accepted before. */
  resume(accepted: number, isCareless: boolean): void {
    this.#accepted += accepted;
    this.#isCareless ||= isCareless;
  }

  /** Books a request before it is sent; undefined: there is no room for it. The result is told once what came of it. */
  book(mayAct: boolean, canAct: boolean): ((outcome: Outcome) => void) | undefined {
    const needsRoom = mayAct || (canAct && this.#isCareless);
    if (needsRoom && this.#cap !== undefined && this.#accepted + this.#underWay + 1 > this.#cap) return undefined;
    if (needsRoom) this.#underWay += 1;
    return (outcome) => {
      if (needsRoom) this.#underWay -= 1;
      // What got no answer may have been acted on all the same.
      if ((outcome === 'accepted' && canAct) || (outcome === 'unknown' && needsRoom)) this.#accepted += 1;
      if (outcome === 'accepted' && canAct && !mayAct) this.#isCareless = true;
    };
  }
}

/** `unknown`: it may have been received, but no answer came. */
export type Outcome = 'accepted' | 'refused' | 'unknown';
