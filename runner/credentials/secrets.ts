/** What must not be shown. It only grows, so that whoever has seen a part of it need not look at that again. */
export class Secrets {
  readonly #known: Set<string>;
  readonly #all: string[];

  constructor(first: Iterable<string> = []) {
    this.#known = new Set(first);
    this.#all = [...this.#known];
  }

  /** In the order in which they came to be known. */
  get all(): readonly string[] {
    return this.#all;
  }

  add(secret: string): void {
    if (this.#known.has(secret)) return;
    this.#known.add(secret);
    this.#all.push(secret);
  }
}
