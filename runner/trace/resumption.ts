import type { Fixture } from '../../generators/model.ts';
import type { State } from '../../specs/requirement.ts';
import { UsageError } from '../configuration/usage-error.ts';
import { canAct } from '../decide/observation.ts';
import type { Command, Exchange, Fact, Provided } from '../decide/procedure.ts';
import type { Counters } from '../wire/client.ts';
import type { Driver, LiveDriver } from '../wire/driver.ts';
import type { Step, TraceReader } from './reader.ts';
import { Recording } from './recording.ts';
import { exchangesOf, Replay } from './replay.ts';
import type { TraceWriter } from './writer.ts';

export interface ResumptionOptions {
  readonly reader: TraceReader;
  /** Appends to the same trace. */
  readonly writer: TraceWriter;
  readonly live: LiveDriver;
  /** The pools of the state `pool is ready` that the configuration names. */
  readonly pools: readonly string[];
  readonly at: Date;
}

/** Tells what is on record, and from its end on what the target says. */
export class Resumption implements Driver {
  readonly #options: ResumptionOptions;
  readonly #replay: Replay;
  /** What each state had when it was provided last. */
  readonly #states = new Map<State, Provided>();
  #recording: Recording | undefined;
  #isCareless = false;

  constructor(options: ResumptionOptions) {
    this.#options = options;
    this.#replay = new Replay(options.reader);
  }

  get counters(): Counters {
    return this.#recording === undefined ? this.#replay.counters : this.#options.live.counters;
  }

  async perform(command: Command): Promise<Fact> {
    const { live } = this.#options;
    if (this.#recording !== undefined) return this.#recording.perform(live, command);
    const step = await this.#replay.next(command);
    if (step?.end !== undefined) {
      const fact = this.#replay.tell(step, command);
      if (command.do === 'provide' && fact.told === 'provided') this.#states.set(command.state, fact.provided);
      if (fact.told === 'sent') this.#isCareless ||= fact.exchanges.flat().some(isCareless);
      return fact;
    }
    return this.#goOn(command, step);
  }

  async close(): Promise<void> {
    await this.#replay.close();
    await this.#options.live.close();
  }

  /**
   * Tokens are on no record, so the states bring them again. What is on record must be what the owner names now: a trace
   * is a file that anybody may have written, and requests go to the pools in it. Rejects with a UsageError.
   */
  async #provideAgain(): Promise<void> {
    const { live, pools } = this.#options;
    for (const [state, then] of this.#states) {
      const fact = await live.perform({ do: 'provide', state });
      if (!('fixture' in then)) continue;
      const now = fact.told === 'provided' && 'fixture' in fact.provided ? fact.provided.fixture : undefined;
      const name = differing(then.fixture, now, state === 'pool is ready' ? pools : []);
      if (name === undefined) continue;
      throw new UsageError(
        `The trace has another ${name} for "${state}" than the configuration or the state handler gives now: that run cannot go on. Start it anew.`,
      );
    }
  }

  /** The rest of the step that was cut off, if one was, or the first new one. */
  async #goOn(command: Command, step: Step | undefined): Promise<Fact> {
    const { live, reader, writer, at } = this.#options;
    const { requests, rebuilds, retries } = this.#replay.counters;
    const known = command.do === 'send' && step !== undefined ? exchangesOf(command, step.exchanges) : [];
    const left = command.do === 'send' ? rest(command, known) : command;
    // What was under way when the run was cut off may have been acted on.
    const lost = step === undefined || left.do !== 'send' ? [] : left.trains.flat().filter(({ mayAct }) => mayAct);
    const accepted = known.flat().filter(isAcceptance);
    live.resume({
      counters: {
        requests: requests + known.flat().length,
        rebuilds: rebuilds + accepted.length + lost.length,
        retries,
      },
      isCareless: this.#isCareless || accepted.some(isCareless),
    });
    await this.#provideAgain();
    writer.add({ line: 'resumed', at: at.toISOString() });
    const steps = step?.asked.step ?? this.#replay.steps;
    const recording = new Recording(writer, { steps, exchanges: reader.exchanges });
    this.#recording = recording;
    if (step === undefined) return recording.perform(live, command);
    return recording.finish(live, left, steps, (fact) => whole(command, known, fact));
  }
}

/** What differs; of several pools of the owner's each is right. */
function differing(then: Fixture, now: Fixture | undefined, pools: readonly string[]): string | undefined {
  if (now === undefined) return 'set of values';
  const isSame = (name: keyof Fixture): boolean => JSON.stringify(then[name]) === JSON.stringify(now[name]);
  const names = [...new Set([...Object.keys(then), ...Object.keys(now)])] as (keyof Fixture)[];
  return names.find(
    (name) => !isSame(name) && !(name === 'pool_id' && [then, now].every((one) => pools.includes(one.pool_id))),
  );
}

function isAcceptance({ result, sending }: Exchange): boolean {
  const { method } = sending.case.request;
  return canAct(method) && 'status' in result && result.status >= 200 && result.status < 300;
}

/** Accepted though nobody could have meant that. */
function isCareless(exchange: Exchange): boolean {
  return isAcceptance(exchange) && !exchange.sending.mayAct;
}

function rest(
  { trains }: Extract<Command, { do: 'send' }>,
  known: readonly (readonly Exchange[])[],
): Extract<Command, { do: 'send' }> {
  const left = trains.map((train, i) => {
    const ids = new Set(known[i]?.map(({ sending }) => sending.id));
    return train.filter(({ id }) => !ids.has(id));
  });
  return { do: 'send', trains: left.filter((train) => train.length > 0) };
}

/** What is on record and what came now, in the order of the command. */
function whole(command: Command, known: readonly (readonly Exchange[])[], fact: Fact): Fact {
  if (command.do !== 'send' || fact.told !== 'sent') return fact;
  const all = new Map([...known.flat(), ...fact.exchanges.flat()].map((exchange) => [exchange.sending.id, exchange]));
  return { ...fact, exchanges: command.trains.map((train) => train.flatMap(({ id }) => all.get(id) ?? [])) };
}
