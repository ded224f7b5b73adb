import type { Credentials } from '../../runner/credentials/credentials.ts';
import { Core } from '../../runner/decide/core.ts';
import { Ledger } from '../../runner/decide/ledger.ts';
import type { Command, Fact, Procedure } from '../../runner/decide/procedure.ts';
import { createDriver, type Driver, drive } from '../../runner/wire/driver.ts';
import type { Configuration } from '../../specs/configuration.ts';
import { skewOf } from './clock.ts';

/** Sends the requests of a preflight; keeps what they tell of the clocks. */
export class Probe {
  readonly configuration: Configuration;
  readonly credentials: Credentials;
  readonly core: Core;
  /** Milliseconds that the target's clock is ahead, by the first answer that has a date. */
  skew: number | undefined;
  readonly #driver: Driver;

  constructor(configuration: Configuration, credentials: Credentials, seed: number) {
    const { limits, state_handler, pools, allow_rebuild, edition } = configuration;
    const hasHandler = state_handler !== undefined;
    this.configuration = configuration;
    this.credentials = credentials;
    this.core = new Core(
      {
        edition,
        auth: credentials.kind,
        seed,
        runs: 0,
        concurrency: limits.concurrency,
        hasHandler,
        pools,
        consent: allow_rebuild,
        limits,
      },
      new Ledger([], edition),
    );
    this.#driver = createDriver({ configuration, credentials, seed });
  }

  /** Rejects with a RunEnded when the target answers nothing any more, or with a CredentialError. */
  async play<T>(procedure: Procedure<T>): Promise<T> {
    return drive(procedure, this.#driver, { told: (_: Command, fact: Fact) => this.#note(fact) });
  }

  async close(): Promise<void> {
    await this.#driver.close();
  }

  #note(fact: Fact): void {
    if (fact.told !== 'sent') return;
    for (const { result, ended } of fact.exchanges.flat()) {
      if (!('status' in result)) continue;
      this.skew ??= skewOf(result, Date.now() - (fact.now - ended));
    }
  }
}
