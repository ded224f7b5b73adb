import { request } from 'undici';
import type { Fixture } from '../generators/case.ts';
import type { Configuration, StateValues } from '../specs/configuration.ts';
import type { State } from '../specs/requirement.ts';

/** The values of a state, or why there are none. */
export type Provided =
  | { readonly fixture: Fixture; readonly token: string | undefined }
  | { readonly untested: string }
  | { readonly error: string };

const names = ['project_id', 'pool_id', 'image_id', 'image_type', 'os_type', 'order_id', 'token'] as const;

/** What a state must bring beyond the values of `pool is ready`, for its requirements to be tested. */
const needs: Readonly<Partial<Record<State, keyof StateValues>>> = {
  'pool is busy': 'pool_id',
  'token is expired': 'token',
  'token lacks permission': 'token',
  'token is for another project': 'token',
  'image is billed': 'order_id',
  'service is failing': 'pool_id',
};

/** Asks the configuration and the state handler for the values of states. */
export class Fixtures {
  readonly #configuration: Configuration;
  readonly #randomPool: string;

  constructor(configuration: Configuration, randomPool: string) {
    this.#configuration = configuration;
    this.#randomPool = randomPool;
  }

  get hasHandler(): boolean {
    return this.#configuration.state_handler !== undefined;
  }

  async provide(state: State): Promise<Provided> {
    if (!this.#configuration.allow_rebuild) return this.#withoutConsent(state);
    const configured = this.#configuration.states;
    const own = configured[state];
    const handed = await this.#ask(state);
    if (typeof handed === 'string') return { error: handed };
    if (handed === undefined && own === undefined && state !== 'pool does not exist') {
      return { untested: `the configuration has no state "${state}"` };
    }
    const values: StateValues = {
      ...configured['pool is ready'],
      ...(state === 'pool does not exist' ? { pool_id: this.#randomPool } : {}),
      ...own,
      ...handed,
    };
    const need = needs[state];
    if (need !== undefined && own?.[need] === undefined && handed?.[need] === undefined) {
      return { untested: `the state "${state}" does not name its ${need}` };
    }
    const { project_id, pool_id, image_id } = values;
    if (project_id === undefined || pool_id === undefined || image_id === undefined) {
      const missing = Object.entries({ project_id, pool_id, image_id }).flatMap(([k, v]) =>
        v === undefined ? [k] : [],
      );
      return { untested: `the state "${state}" lacks ${missing.join(' and ')}` };
    }
    const { token, ...fixture } = values;
    return { fixture: { ...fixture, project_id, pool_id, image_id }, token };
  }

  /** Nothing that a target could act on: a pool that nobody has, and no other state. */
  #withoutConsent(state: State): Provided {
    if (state !== 'pool does not exist') return { untested: 'consent' };
    const { project_id = 'unknown-project', image_id = 'unknown-image' } =
      this.#configuration.states['pool is ready'] ?? {};
    return { fixture: { project_id, pool_id: this.#randomPool, image_id }, token: undefined };
  }

  /** The values of the handler; undefined when there is no handler or it cannot provide the state; text: what went wrong. */
  async #ask(state: State): Promise<StateValues | string | undefined> {
    const handler = this.#configuration.state_handler;
    if (handler === undefined) return undefined;
    try {
      const answer = await request(handler, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ state, params: {}, action: 'setup' }),
        signal: AbortSignal.timeout(30_000),
      });
      const body = await answer.body.text();
      if (answer.statusCode === 404 || answer.statusCode === 501) return undefined;
      if (answer.statusCode < 200 || answer.statusCode > 299)
        return `the state handler answered ${answer.statusCode} for "${state}"`;
      const parsed: unknown = body.trim() === '' ? {} : JSON.parse(body);
      if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed))
        return `the state handler answered no JSON object for "${state}"`;
      const values: Record<string, string> = {};
      for (const name of names) {
        const value = (parsed as Record<string, unknown>)[name];
        if (value === undefined) continue;
        if (typeof value !== 'string' || /\p{Cc}/u.test(value))
          return `the state handler's ${name} for "${state}" is no plain string`;
        values[name] = value;
      }
      return values;
    } catch (error) {
      return `the state handler failed for "${state}": ${error instanceof Error ? error.message : String(error)}`;
    }
  }
}
