import type { Configuration, StateValues } from '../../specs/configuration.ts';
import { membersOf, parseForeign } from '../../specs/foreign-json.ts';
import type { State } from '../../specs/requirement.ts';
import { type PinnedField, pinnable } from '../../specs/schemas.ts';
import { Secrets } from '../credentials/secrets.ts';
import type { Answer, Provided, Silence } from '../decide/procedure.ts';
import { createLane } from './connection.ts';
import type { Lane } from './http.ts';

const names: readonly (keyof StateValues)[] = ['project_id', 'pool_id', 'image_id', ...pinnable.keys(), 'token'];

/** What a state must bring beyond the values of `pool is ready`, for its requirements to be tested. */
const needs: Readonly<Partial<Record<State, keyof StateValues>>> = {
  'pool is busy': 'pool_id',
  'token is expired': 'token',
  'token lacks permission': 'token',
  'token is for another project': 'token',
  'image is billed': 'order_id',
  'service is failing': 'pool_id',
};

/** Bytes that an answer of the handler may have. */
const mostBytes = 64 * 1024;
/** It may have to make a pool: so many times the time-out of an exchange, in milliseconds at most. */
const timeouts = 10;
const longestAnswer = 30_000;
/** Times in a row that it gives no answer, after which it is not asked any more. */
const mostSilent = 2;

export interface FixtureOptions {
  /** Milliseconds for one answer of the handler. Default ten times that of an exchange, at most 30 s. */
  readonly timeout?: number;
  readonly signal?: AbortSignal | undefined;
  /** How the handler is asked. Default: over HTTP. */
  readonly handler?: Handler;
  /** Makes a connection to the handler. Default: over a socket. */
  readonly open?: (origin: string) => Lane;
}

/** What the handler says of a state. */
type Handed = { readonly values: StateValues } | 'no handler' | 'cannot' | { readonly error: string };

/** Asks the configuration and the state handler for the values of states. Tokens of states stay here. */
export class Fixtures {
  /** Every token of a state that the configuration names or the handler ever handed out. */
  readonly secrets: Secrets;
  readonly #configuration: Configuration;
  readonly #randomPool: string;
  readonly #options: FixtureOptions;
  readonly #tokens = new Map<State, string>();
  readonly #handler: Handler | undefined;
  #silent = 0;
  #turn = 0;

  /** `randomPool` is the id of a pool that nobody has. */
  constructor(configuration: Configuration, randomPool: string, options: FixtureOptions = {}) {
    this.#configuration = configuration;
    this.#randomPool = randomPool;
    this.#options = options;
    const { state_handler } = configuration;
    this.#handler =
      state_handler === undefined ? undefined : (options.handler ?? handlerAt(state_handler, configuration, options));
    this.secrets = new Secrets(Object.values(configuration.states).flatMap(({ token }) => token ?? []));
  }

  get hasHandler(): boolean {
    return this.#configuration.state_handler !== undefined;
  }

  /** The token that came with the state when it was provided last. */
  tokenOf(state: State): string | undefined {
    return this.#tokens.get(state);
  }

  /** The token that is valid in the state: one that came with it, unless it is the very thing that is wrong there. */
  validTokenIn(state: State): string | undefined {
    const source = this.stateOfToken(state);
    return source === undefined ? undefined : this.tokenOf(source);
  }

  /** The state whose token is the valid one in a state; undefined: the configured credential is. */
  stateOfToken(state: State): State | undefined {
    const hasOwn = needs[state] !== 'token' && this.#tokens.has(state);
    if (hasOwn) return state;
    return this.#tokens.has('pool is ready') ? 'pool is ready' : undefined;
  }

  /** Rejects only with the reason of the signal. */
  async provide(state: State): Promise<Provided> {
    this.#tokens.delete(state);
    if (!this.#configuration.allow_rebuild) return this.#withoutConsent(state);
    const configured = this.#configuration.states;
    const own = configured[state];
    const handed = await this.#ask(state);
    if (handed === 'cannot') return { untested: { why: 'handler cannot', state } };
    if (handed !== 'no handler' && 'error' in handed) return handed;
    if (handed === 'no handler' && own === undefined && state !== 'pool does not exist')
      return { untested: { why: 'no state', state } };

    const brought: StateValues = { ...own, ...(handed === 'no handler' ? {} : handed.values) };
    const need = needs[state];
    if (need !== undefined && !brought[need]) return { untested: { why: 'no value', state, names: [need] } };
    const values: StateValues = {
      ...configured['pool is ready'],
      ...(state === 'pool does not exist' ? { pool_id: this.#randomPool } : {}),
      ...brought,
    };
    const { token, project_id, pool_id, image_id, ...rest } = values;
    if (!project_id || !pool_id || !image_id) {
      const missing = Object.entries({ project_id, pool_id, image_id }).flatMap(([name, value]) => (value ? [] : name));
      return { untested: { why: 'no value', state, names: missing } };
    }
    if (token !== undefined) this.#tokens.set(state, token);
    const pool = state === 'pool is ready' && handed === 'no handler' ? this.#nextPool(pool_id) : pool_id;
    return { fixture: { ...rest, project_id, pool_id: pool, image_id } };
  }

  /** The configured pools by turns. */
  #nextPool(first: string): string {
    const { pools } = this.#configuration;
    const next = pools[this.#turn % pools.length] ?? first;
    this.#turn += 1;
    return next;
  }

  /** Nothing that a target could act on: a pool that nobody has, and no other state. */
  #withoutConsent(state: State): Provided {
    if (state !== 'pool does not exist') return { untested: { why: 'consent' } };
    const { project_id = 'unknown-project', image_id = 'unknown-image' } =
      this.#configuration.states['pool is ready'] ?? {};
    return { fixture: { project_id, pool_id: this.#randomPool, image_id } };
  }

  async #ask(state: State): Promise<Handed> {
    const handler = this.#handler;
    if (handler === undefined) return 'no handler';
    if (this.#silent >= mostSilent)
      return {
        error: `the state handler was not asked for "${state}": it gave no answer ${mostSilent} times in a row`,
      };
    const { signal } = this.#options;
    const result = await handler.ask(JSON.stringify({ state, params: {}, action: 'setup' }));
    signal?.throwIfAborted();
    if ('silence' in result) {
      this.#silent += 1;
      return { error: `the state handler failed for "${state}": ${result.reason}` };
    }
    this.#silent = 0;
    const { status, truncated, body } = result;
    if (status === 404 || status === 501) return 'cannot';
    if (status < 200 || status > 299) return { error: `the state handler answered ${status} for "${state}"` };
    if (truncated) return { error: `the state handler answered more than ${mostBytes / 1024} KiB for "${state}"` };
    return this.#read(state, new TextDecoder().decode(body));
  }

  #read(state: State, text: string): Handed {
    const parsed = parse(text);
    if (parsed === undefined) return { error: `the state handler answered no JSON object for "${state}"` };
    const values: Record<string, string | readonly string[]> = {};
    for (const name of names) {
      const value = parsed[name];
      if (value === undefined) continue;
      const isList = pinnable.get(name as PinnedField)?.type === 'array';
      if (isList && Array.isArray(value) && value.length > 0 && value.every(isPlain)) values[name] = value;
      else if (!isList && isPlain(value)) values[name] = value;
      else
        return {
          error: `the state handler's ${name} for "${state}" is no ${isList ? 'list of plain strings' : 'plain string'}`,
        };
    }
    const brought: StateValues = values;
    if (brought.token !== undefined) this.secrets.add(brought.token);
    return { values: brought };
  }
}

function isPlain(value: unknown): value is string {
  return typeof value === 'string' && !/\p{Cc}/u.test(value);
}

/** The members of a JSON object, none for an empty text; undefined: it is no object. Nothing of the text is quoted. */
function parse(text: string): Readonly<Record<string, unknown>> | undefined {
  if (text.trim() === '') return {};
  return membersOf(parseForeign(text));
}

/** Asks for a state by the protocol of Pact. */
export interface Handler {
  ask(body: string): Promise<Answer | Silence>;
}

/** The one client asks the handler, too, on a connection each time and within its bounds; no credential and no certificate go there. */
function handlerAt(address: string, configuration: Configuration, options: FixtureOptions): Handler {
  const { signal, timeout, open } = options;
  const url = new URL(address);
  const { limits, target } = configuration;
  const transport = {
    timeout: timeout ?? Math.min(longestAnswer, timeouts * limits.timeout),
    max_body: mostBytes,
    ...(target.ca === undefined ? {} : { ca: target.ca }),
  };
  const lane = open?.(url.origin) ?? createLane(url.origin, transport);
  signal?.addEventListener('abort', () => void lane.close(), { once: true });
  return {
    async ask(body) {
      const asked = {
        method: 'POST',
        origin: url.origin,
        path: `${url.pathname}${url.search}`,
        headers: { 'content-type': 'application/json', accept: 'application/json' },
        body: Buffer.from(body),
      };
      // States are minutes apart: a connection that was kept may be closed by then.
      return lane.send(asked, { fresh: true });
    },
  };
}
