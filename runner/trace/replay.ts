import type { Command, Exchange, Fact, Provided } from '../decide/procedure.ts';
import { RunEnded } from '../decide/procedure.ts';
import type { Counters } from '../wire/client.ts';
import type { Driver } from '../wire/driver.ts';
import { resultOf } from './came.ts';
import { asked } from './lines.ts';
import type { Step, TraceReader } from './reader.ts';

/** The suite asks for something else than what is on record: it is another version, or the trace was changed. */
export class Diverged extends Error {
  override readonly name = 'Diverged';
}

/** The record ends here: the run was cut off. */
export class RecordEnded extends Error {
  override readonly name = 'RecordEnded';
}

const nothing: Counters = { requests: 0, rebuilds: 0, retries: 0 };

/** Tells what is on record. */
export class Replay implements Driver {
  readonly #reader: TraceReader;
  #counters = nothing;
  /** Steps that were told. */
  steps = 0;

  constructor(reader: TraceReader) {
    this.#reader = reader;
  }

  get counters(): Counters {
    return this.#counters;
  }

  /** Rejects with Diverged, with RecordEnded, or with what was thrown then. */
  async perform(command: Command): Promise<Fact> {
    const step = await this.next(command);
    if (step?.end === undefined) throw new RecordEnded('the trace ends here');
    return this.tell(step, command);
  }

  /** What is on record of a command; undefined behind the last one. Rejects with Diverged. */
  async next(command: Command): Promise<Step | undefined> {
    const step = await this.#reader.next();
    if (step === undefined) return undefined;
    const now = asked(step.asked.step, command);
    if (JSON.stringify(now) !== JSON.stringify(step.asked))
      throw new Diverged(`At step ${step.asked.step} ${differenceOf(step, command)}.`);
    return step;
  }

  /** The fact of a whole step; throws what was thrown then. */
  tell({ asked: { step }, exchanges, end }: Step, command: Command): Fact {
    if (end === undefined) throw new RecordEnded('the trace ends here');
    if (end.line === 'threw') {
      if (end.name === 'CredentialError' || end.name === 'RunEnded') throw new RunEnded(end.message);
      throw Object.assign(new Error(end.message), { name: end.name });
    }
    const [requests, rebuilds, retries] = end.counted;
    this.#counters = { requests, rebuilds, retries };
    this.steps = step;
    const { now } = end;
    switch (command.do) {
      case 'send':
        return { told: 'sent', exchanges: exchangesOf(command, exchanges), now };
      case 'wait':
        return { told: 'waited', now };
      case 'provide':
        return { told: 'provided', provided: end.provided as Provided, now };
    }
  }

  /** Rejects with Diverged when there is more on record than was asked for. */
  async toTheEnd(): Promise<void> {
    const step = await this.#reader.next();
    if (step !== undefined)
      throw new Diverged(`At step ${step.asked.step} this version comes to its end, and the run went on.`);
  }

  close(): Promise<void> {
    return this.#reader.close();
  }
}

/** Those that are on record, by trains. */
export function exchangesOf(
  { trains }: Extract<Command, { do: 'send' }>,
  recorded: Step['exchanges'],
): readonly (readonly Exchange[])[] {
  return trains.map((train) =>
    train.flatMap((sending): Exchange[] => {
      const known = recorded.get(sending.id);
      if (known === undefined) return [];
      const { came, started, ended } = known;
      const { credential, in_shell: inShell = {} } = came;
      return [{ sending, credential, inShell, result: resultOf(came), started, ended }];
    }),
  );
}

function differenceOf({ asked: recorded, exchanges }: Step, command: Command): string {
  const now = inWords(command);
  const then =
    recorded.do === 'send'
      ? `sent ${recorded.trains?.flat().length ?? 0} requests (${[...exchanges.values()]
          .slice(0, 2)
          .map(({ what }) => what)
          .join('; ')})`
      : recorded.do === 'wait'
        ? `waited ${recorded.ms} ms: ${recorded.why}`
        : `asked for "${recorded.state}"`;
  return `the run ${then}, and this version ${now}`;
}

function inWords(command: Command): string {
  switch (command.do) {
    case 'send': {
      const plays = command.trains.flat().map(({ play }) => play.deviation?.what ?? 'a valid request');
      return `sends ${plays.length} (${plays.slice(0, 2).join('; ')})`;
    }
    case 'wait':
      return `waits ${command.ms} ms: ${command.why}`;
    case 'provide':
      return `asks for "${command.state}"`;
  }
}
