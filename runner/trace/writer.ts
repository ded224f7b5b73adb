import { closeSync, openSync, writeSync } from 'node:fs';
import type { TraceLine } from '../../specs/trace.ts';

/** Characters that are collected before they are written. */
const block = 32 * 1024;

/** Thrown when the trace cannot be written: without it nobody could check the verdicts. */
export class TraceNotWritten extends Error {
  override readonly name = 'TraceNotWritten';
}

/** Appends lines to a file that only its owner can read. */
export class TraceWriter {
  readonly #file: string;
  #descriptor: number | undefined;
  #lines = '';

  /** `append`: behind what is there. Throws TraceNotWritten. */
  constructor(file: string, append = false) {
    this.#file = file;
    this.#descriptor = this.#attempt(() => openSync(file, append ? 'a' : 'w', 0o600));
  }

  /** Kept in memory up to a block, or until `flush`. */
  add(line: TraceLine): void {
    this.#lines += `${JSON.stringify(line)}\n`;
    if (this.#lines.length >= block) this.flush();
  }

  /** What was added survives the end of this process, whatever ends it. */
  flush(): void {
    const lines = Buffer.from(this.#lines);
    this.#lines = '';
    const descriptor = this.#descriptor;
    if (descriptor === undefined) return;
    this.#attempt(() => {
      for (let at = 0; at < lines.length; ) at += writeSync(descriptor, lines, at);
    });
  }

  close(): void {
    this.flush();
    if (this.#descriptor !== undefined) closeSync(this.#descriptor);
    this.#descriptor = undefined;
  }

  #attempt<T>(action: () => T): T {
    try {
      return action();
    } catch (error) {
      const { code, message } = error as NodeJS.ErrnoException;
      throw new TraceNotWritten(
        `The trace ${this.#file} cannot be written (${code ?? message}); choose another place with --out.`,
      );
    }
  }
}
