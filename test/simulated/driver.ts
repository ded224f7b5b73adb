import { unknownId } from '../../generators/random.ts';
import { createCredentials } from '../../runner/credentials/credentials.ts';
import type { Answer, Command, Exchange, Fact, Sending, Silence } from '../../runner/decide/procedure.ts';
import { Client, type Counters } from '../../runner/wire/client.ts';
import type { Driver } from '../../runner/wire/driver.ts';
import { Fixtures } from '../../runner/wire/fixtures.ts';
import type { Lane, WireRequest } from '../../runner/wire/http.ts';
import { silence } from '../../runner/wire/silence.ts';
import type { Configuration } from '../../specs/configuration.ts';
import type { State } from '../../specs/requirement.ts';
import type { SimulatedTarget } from './target.ts';

/** Told of each request as it goes out, and of each command and what came of it. */
export interface Witness {
  sent?(request: WireRequest, at: number): void;
  told?(command: Command, fact: Fact): void;
}

/** A connection and the time of whoever uses it. */
interface Track {
  now: number;
  connection: { readonly epoch: number; served: number; used: number } | undefined;
}

/** Milliseconds that a state handler takes. */
const handlerTakes = 3;

/**
 * Carries commands out against a simulated target, in simulated time: nothing waits, and nothing is ever open. What is
 * added to a request, counted of it and redacted is the affair of the same client as over sockets.
 */
export class SimulatedDriver implements Driver {
  readonly #target: SimulatedTarget;
  readonly #configuration: Configuration;
  readonly #client: Client;
  readonly #fixtures: Fixtures;
  readonly #tracks: readonly Track[];
  readonly #witness: Witness;
  /** Milliseconds since the run began. */
  now = 0;
  /** Milliseconds that commands to wait took. */
  waited = 0;
  /** When the next request may go, at the given rate. */
  #slot = 0;

  constructor(target: SimulatedTarget, configuration: Configuration, seed: number, witness: Witness = {}) {
    this.#target = target;
    this.#configuration = configuration;
    this.#witness = witness;
    this.#fixtures = new Fixtures(configuration, unknownId(seed), {
      handler: { ask: (body) => this.#provide(body) },
    });
    const credentials = createCredentials(configuration.auth, () => this.#lane(newTrack()), { seed });
    this.#client = new Client({
      configuration,
      credentials,
      fixtures: this.#fixtures,
      pace: () => this.#pace(),
      now: () => this.now,
      signal: undefined,
    });
    this.#tracks = Array.from({ length: configuration.limits.concurrency }, newTrack);
  }

  get counters(): Counters {
    return this.#client.counters;
  }

  async perform(command: Command): Promise<Fact> {
    const fact = await this.#perform(command);
    this.#witness.told?.(command, fact);
    return fact;
  }

  async #perform(command: Command): Promise<Fact> {
    switch (command.do) {
      case 'send': {
        const exchanges = await this.#send(command.trains);
        return { told: 'sent', exchanges, now: Math.round(this.now) };
      }
      case 'wait':
        this.now += Math.max(0, command.ms);
        this.waited += Math.max(0, command.ms);
        return { told: 'waited', now: Math.round(this.now) };
      case 'provide': {
        const provided = await this.#fixtures.provide(command.state);
        return { told: 'provided', provided, now: Math.round(this.now) };
      }
    }
  }

  close(): Promise<void> {
    return Promise.resolve();
  }

  async #provide(body: string): Promise<Answer> {
    this.now = this.#target.providedAt(this.now) + handlerTakes;
    const { state } = JSON.parse(body) as { readonly state: State };
    const { status, text } = this.#target.provide(state);
    return { status, headers: {}, body: new TextEncoder().encode(text), truncated: false, duration_ms: handlerTakes };
  }

  /** The trains side by side, each on a connection, in the order in which their requests would go out. */
  async #send(trains: readonly (readonly Sending[])[]): Promise<readonly (readonly Exchange[])[]> {
    const exchanges: Exchange[][] = trains.map(() => []);
    const queue = trains.map((train, index) => ({ train, index }));
    const busy = this.#tracks.map((track) => ({ track, left: [] as Sending[], index: -1 }));
    const start = this.now;
    for (const { track } of busy) track.now = start;
    for (;;) {
      for (const one of busy) {
        while (one.left.length === 0 && queue.length > 0) {
          const next = queue.shift();
          one.left = [...(next?.train ?? [])];
          one.index = next?.index ?? -1;
        }
      }
      const [next] = busy.filter(({ left }) => left.length > 0).sort((a, b) => a.track.now - b.track.now);
      const sending = next?.left.shift();
      if (next === undefined || sending === undefined) break;
      this.now = next.track.now;
      exchanges[next.index]?.push(await this.#client.send(sending, this.#lane(next.track)));
      next.track.now = this.now;
    }
    this.now = Math.max(start, ...busy.map(({ track }) => track.now));
    return exchanges;
  }

  #pace(): Promise<void> {
    const { rate } = this.#configuration.limits;
    if (rate !== undefined) {
      this.now = Math.max(this.now, this.#slot);
      this.#slot = this.now + 1000 / rate;
    }
    return Promise.resolve();
  }

  #lane(track: Track): Lane {
    return {
      send: (request, { fresh = false } = {}) => Promise.resolve(this.#exchange(track, request, fresh)),
      close: () => Promise.resolve(),
    };
  }

  #exchange(track: Track, request: WireRequest, isFresh: boolean): Answer | Silence {
    const target = this.#target;
    const { connections } = target.nature;
    const { timeout } = this.#configuration.limits;
    this.#witness.sent?.(request, this.now);
    const started = this.now;
    if (isFresh || request.connection === 'fresh') track.connection = undefined;
    if (!target.isUp(this.now)) {
      track.connection = undefined;
      this.now += 1;
      return silence('refused', 'no connection could be made: ECONNREFUSED', false);
    }
    if (track.connection?.epoch !== target.epoch) track.connection = undefined;
    const reused = track.connection !== undefined;
    const idle = this.now - (track.connection?.used ?? this.now);
    const isStale =
      reused &&
      (connections.are === 'reset when used again' || (connections.are === 'reset when idle' && idle > connections.ms));
    const reset = (): Silence => {
      track.connection = undefined;
      this.now += 1;
      return silence('reset', 'the connection was closed before a whole answer had come: ECONNRESET', reused);
    };
    if (isStale) return reset();
    const outcome = target.receive(request, this.now);
    if (outcome.come === 'reset') return reset();
    if (outcome.come === 'never' || outcome.after > timeout) {
      track.connection = undefined;
      this.now += timeout;
      return silence('timeout', `no whole answer within ${timeout} ms`, reused);
    }
    this.now += outcome.after;
    const isOver = outcome.closes || request.connection === 'closing';
    const connection = { epoch: target.epoch, served: (track.connection?.served ?? 0) + 1, used: this.now };
    track.connection = isOver ? undefined : connection;
    const { status, headers, body } = outcome;
    return { status, headers, body, truncated: false, duration_ms: this.now - started };
  }
}

function newTrack(): Track {
  return { now: 0, connection: undefined };
}
