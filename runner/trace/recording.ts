import type { Command, Exchange, Fact } from '../decide/procedure.ts';
import type { Driver } from '../wire/driver.ts';
import { Shortening } from './came.ts';
import { asked, exchanged, threw, told } from './lines.ts';
import type { TraceWriter } from './writer.ts';

/** Where a trace goes on. */
export interface Position {
  /** Steps and exchanges that it holds. */
  readonly steps: number;
  readonly exchanges: number;
}

/** Writes down what is asked of a driver and what it tells. */
export class Recording {
  readonly #writer: TraceWriter;
  readonly #shortening = new Shortening();
  #step: number;
  #exchanges: number;

  constructor(writer: TraceWriter, { steps, exchanges }: Position = { steps: 0, exchanges: 0 }) {
    this.#writer = writer;
    this.#step = steps;
    this.#exchanges = exchanges;
  }

  /** Carries a command out and records it. Rejects as the driver does, or with TraceNotWritten. */
  async perform(driver: Driver, command: Command): Promise<Fact> {
    this.#step += 1;
    this.#writer.add(asked(this.#step, command));
    // What a target may act on is on record before it is sent.
    this.#writer.flush();
    return this.finish(driver, command, this.#step);
  }

  /** The rest of a command that is on record as asked. `told`: makes the whole fact of what the driver tells. */
  async finish(
    driver: Driver,
    command: Command,
    step: number,
    whole: (fact: Fact) => Fact = (fact) => fact,
  ): Promise<Fact> {
    try {
      const fact = await driver.perform(command, (exchange) => this.#exchanged(exchange));
      this.#writer.add(told(step, fact, driver.counters));
      this.#writer.flush();
      return whole(fact);
    } catch (error) {
      // A run that is cut off goes on with this very command.
      if (!isAbort(error)) this.#writer.add(threw(step, error));
      this.#writer.flush();
      throw error;
    }
  }

  #exchanged(exchange: Exchange): void {
    this.#exchanges += 1;
    this.#writer.add(exchanged(this.#exchanges, exchange, this.#shortening));
  }
}

function isAbort(error: unknown): boolean {
  return error instanceof Error && error.name === 'AbortError';
}

/** The same driver, recorded. */
export function recorded(driver: Driver, recording: Recording): Driver {
  return {
    perform: (command) => recording.perform(driver, command),
    get counters() {
      return driver.counters;
    },
    close: () => driver.close(),
  };
}
