/** What a preflight says: a line for each thing looked at, and the first one to mend. */
export class Findings {
  /** The first thing to mend, as one sentence. */
  first: string | undefined;
  readonly #say: (line: string) => void;
  readonly #redact: (text: string) => string;

  constructor(say: (line: string) => void, redact: (text: string) => string) {
    this.#say = say;
    this.#redact = redact;
  }

  line(topic: string, text: string): void {
    this.#say(this.#redact(`${topic}: ${text}`));
  }

  warn(topic: string, text: string): void {
    this.line(topic, `warning, ${text}`);
  }

  mend(topic: string, sentence: string): void {
    this.first ??= this.#redact(sentence);
    this.line(topic, `mend, ${sentence}`);
  }
}
