import { setMaxListeners } from 'node:events';
import { unknownId } from '../../generators/random.ts';
import type { Configuration } from '../../specs/configuration.ts';
import type { Credentials } from '../credentials/credentials.ts';
import type { Command, Exchange, Fact, Procedure, Sending } from '../decide/procedure.ts';
import { Client, type Counters, type Past } from './client.ts';
import { type Clock, createClock, createPace } from './clock.ts';
import { createLane, transportOptions } from './connection.ts';
import { Fixtures } from './fixtures.ts';
import type { Lane } from './http.ts';
import { Lanes } from './lanes.ts';

export interface DriverOptions {
  readonly configuration: Configuration;
  readonly credentials: Credentials;
  /** Decides which pool is said to exist nowhere. */
  readonly seed: number;
  readonly signal?: AbortSignal | undefined;
  /** Milliseconds since the run began; more than 0 for one that goes on. Default 0. */
  readonly age?: number;
  /** Default: that of this machine. */
  readonly clock?: Clock;
  /** Makes a connection to an origin. Default: over sockets, as the configuration says. */
  readonly open?: (origin: string) => Lane;
}

/** Carries commands out. */
export interface Driver {
  /** `onExchange` is told of each exchange as it ends. Rejects when the command cannot be carried out. */
  perform(command: Command, onExchange?: (exchange: Exchange) => void): Promise<Fact>;
  /** As they are now. */
  readonly counters: Counters;
  /** Closes every connection; a command under way rejects. */
  close(): Promise<void>;
}

/** The one that does it with sockets and time. Rejects with the reason of the signal, with a CredentialError, or when it is closed. */
export interface LiveDriver extends Driver {
  /** Goes on from what an earlier process did. */
  resume(past: Past): void;
}

/** Is told of each command before and after it is carried out; what it throws is thrown into the procedure. */
export interface Observer {
  asked?(command: Command): void | Promise<void>;
  told?(command: Command, fact: Fact): void | Promise<void>;
}

export function createDriver(options: DriverOptions): LiveDriver {
  const { configuration, credentials, seed, signal: outer, age = 0 } = options;
  const { clock = createClock(age), open = openerOf(configuration) } = options;
  const controller = new AbortController();
  const { signal } = controller;
  // Each request under way listens, and there are as many as the configuration says.
  setMaxListeners(0, signal);
  const abort = (): void => controller.abort(outer?.reason);
  if (outer?.aborted) abort();
  else outer?.addEventListener('abort', abort, { once: true });
  const handler = options.open === undefined ? {} : { open };
  const fixtures = new Fixtures(configuration, unknownId(seed), { signal, ...handler });
  const pace = createPace(configuration.limits.rate, clock, signal);
  const client = new Client({ configuration, credentials, fixtures, pace, now: () => clock.now(), signal });
  const lanes = new Lanes(configuration.limits.concurrency, () => open(client.origin));
  const hangUp = (): void => void lanes.close();
  signal.addEventListener('abort', hangUp, { once: true });
  /** When the latest fact was told; a wait counts from there, so that what is thought meanwhile is waited for, too. */
  let toldAt = clock.now();
  const now = (): number => {
    toldAt = clock.now();
    return Math.round(toldAt);
  };

  return {
    async perform(command, onExchange = () => undefined) {
      signal.throwIfAborted();
      switch (command.do) {
        case 'send':
          return {
            told: 'sent',
            exchanges: await sendTrains(command.trains, client, lanes, signal, onExchange),
            now: now(),
          };
        case 'wait':
          await clock.pause(Math.max(0, toldAt + command.ms - clock.now()), signal);
          return { told: 'waited', now: now() };
        case 'provide':
          return { told: 'provided', provided: await fixtures.provide(command.state), now: now() };
      }
    },
    get counters() {
      return client.counters;
    },
    resume: (past) => client.resume(past),
    async close() {
      outer?.removeEventListener('abort', abort);
      controller.abort(new Error('the driver is closed'));
      await lanes.close();
    },
  };
}

/** Whatever is learnt of a target's way with expectations is shared by all connections. */
function openerOf(configuration: Configuration): (origin: string) => Lane {
  const transport = { ...transportOptions(configuration), expectations: { missed: 0 } };
  return (origin) => createLane(origin, transport);
}

/** The first error ends all trains, once what is under way has come to its end. */
async function sendTrains(
  trains: readonly (readonly Sending[])[],
  client: Client,
  lanes: Lanes,
  signal: AbortSignal,
  onExchange: (exchange: Exchange) => void,
): Promise<readonly (readonly Exchange[])[]> {
  let failure: { readonly error: unknown } | undefined;
  const exchanges = await Promise.all(
    trains.map(async (train) => {
      const lane = await lanes.take();
      try {
        return await sendTrain(train, lane, client, () => failure !== undefined || signal.aborted, onExchange);
      } catch (error) {
        failure ??= { error };
        return [];
      } finally {
        lanes.give(lane);
      }
    }),
  );
  signal.throwIfAborted();
  if (failure !== undefined) throw failure.error;
  return exchanges;
}

async function sendTrain(
  train: readonly Sending[],
  lane: Lane,
  client: Client,
  isOver: () => boolean,
  onExchange: (exchange: Exchange) => void,
): Promise<readonly Exchange[]> {
  const exchanges: Exchange[] = [];
  for (const sending of train) {
    if (isOver()) break;
    const exchange = await client.send(sending, lane);
    onExchange(exchange);
    exchanges.push(exchange);
  }
  return exchanges;
}

/** Runs a procedure to its end. What goes wrong on the way is thrown into it, where it may be caught. */
export async function drive<T>(procedure: Procedure<T>, driver: Driver, observer: Observer = {}): Promise<T> {
  let step = procedure.next();
  while (!step.done) {
    let fact: Fact;
    try {
      const command = asCommand(step.value);
      await observer.asked?.(command);
      fact = await driver.perform(command);
      await observer.told?.(command, fact);
    } catch (error) {
      step = procedure.throw(error);
      continue;
    }
    step = procedure.next(fact);
  }
  return step.value;
}

/** Throws a TypeError for what is no command. */
function asCommand(value: unknown): Command {
  const isObject = typeof value === 'object' && value !== null;
  if (isObject && 'do' in value && typeof value.do === 'string' && /^(send|wait|provide)$/.test(value.do))
    return value as Command;
  const what = isObject ? Object.prototype.toString.call(value).slice(8, -1) : String(value);
  throw new TypeError(`a procedure yielded something else than a command (${what}): did you mean "yield*"?`);
}
