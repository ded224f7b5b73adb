import { randomUUID } from 'node:crypto';
import type { Case, Fixture } from '../../generators/case.ts';
import { minimalCase } from '../../generators/cases.ts';
import { type Credentials, createCredentials } from '../../runner/credentials.ts';
import type { Exchange } from '../../runner/exchange.ts';
import { Fixtures } from '../../runner/fixtures.ts';
import type { SendOptions } from '../../runner/session.ts';
import { Session } from '../../runner/session.ts';
import { createLane } from '../../runner/transport.ts';
import type { Configuration } from '../../specs/configuration.ts';
import { skewOf } from './clock.ts';

/** Sends the requests of a preflight and keeps the difference of the clocks. */
export class Probe {
  readonly configuration: Configuration;
  readonly credentials: Credentials;
  readonly fixtures: Fixtures;
  readonly session: Session;
  /** Milliseconds that the target's clock is ahead, by the first answer that has a date. */
  skew: number | undefined;
  readonly #harmless: Fixtures;

  constructor(configuration: Configuration) {
    const pool = randomUUID();
    this.configuration = configuration;
    this.credentials = createCredentials(configuration.auth, (origin) =>
      createLane(origin, { timeout: configuration.limits.timeout }),
    );
    this.fixtures = new Fixtures(configuration, pool);
    this.#harmless = new Fixtures({ ...configuration, allow_rebuild: false }, pool);
    this.session = new Session(configuration, this.credentials);
  }

  /** Everything that must not be shown. */
  secrets(): readonly string[] {
    const states = Object.values(this.configuration.states).flatMap(({ token }) => token ?? []);
    return [...this.credentials.secrets(), ...states];
  }

  async send(value: Case, options: SendOptions = {}): Promise<Exchange> {
    const exchange = await this.session.send(value, options);
    if (!('silence' in exchange.result)) this.skew ??= skewOf(exchange.result, Date.now());
    return exchange;
  }

  /** A valid request to a pool that nobody has: nothing can be rebuilt by it. */
  async sendHarmless(credential: 'valid' | 'absent'): Promise<Exchange> {
    return this.send({ ...minimalCase(await this.#nowhere()), credential });
  }

  async #nowhere(): Promise<Fixture> {
    const provided = await this.#harmless.provide('pool does not exist');
    if ('fixture' in provided) return provided.fixture;
    throw new Error('there is no random pool');
  }
}
