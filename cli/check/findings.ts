/** What a preflight says: a line for each thing looked at, and the first one to mend. */
export class Findings {
  /** The first thing to mend, as one sentence. */
  first: string | undefined;
  readonly #say: (line: string) => void;

  constructor(say: (line: string) => void) {
    this.#say = say;
  }

  line(topic: string, text: string): void {
    this.#say(`${topic}: ${text}`);
  }

  warn(topic: string, text: string): void {
    this.line(topic, `warning, ${text}`);
  }

  mend(topic: string, sentence: string): void {
    this.first ??= sentence;
    this.line(topic, `mend, ${sentence}`);
  }
}
