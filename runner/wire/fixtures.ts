import { request } from 'undici';
import type { Configuration, StateValues } from '../../specs/configuration.ts';
import type { State } from '../../specs/requirement.ts';
import { type PinnedField, pinnable } from '../../specs/schemas.ts';
import type { Provided } from '../decide/procedure.ts';

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

/** Bytes that an answer of the handler may have, and milliseconds that it may take. */
const mostBytes = 64 * 1024;
const handlerTimeout = 30_000;

export interface FixtureOptions {
  /** Milliseconds for one answer of the handler. Default 30 s. */
  readonly timeout?: number;
  readonly signal?: AbortSignal | undefined;
  /** How the handler is asked. Default: over HTTP. */
  readonly post?: typeof post;
}

/** What the handler says of a state. */
type Handed = { readonly values: StateValues } | 'no handler' | 'cannot' | { readonly error: string };

/** Asks the configuration and the state handler for the values of states. Tokens of states stay here. */
export class Fixtures {
  readonly #configuration: Configuration;
  readonly #randomPool: string;
  readonly #options: FixtureOptions;
  readonly #tokens = new Map<State, string>();
  readonly #secrets: Set<string>;
  #turn = 0;

  /** `randomPool` is the id of a pool that nobody has. */
  constructor(configuration: Configuration, randomPool: string, options: FixtureOptions = {}) {
    this.#configuration = configuration;
    this.#randomPool = randomPool;
    this.#options = options;
    this.#secrets = new Set(Object.values(configuration.states).flatMap(({ token }) => token ?? []));
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
    const own = needs[state] === 'token' ? undefined : this.tokenOf(state);
    return own ?? this.tokenOf('pool is ready');
  }

  /** Every token of a state that the configuration names or the handler ever handed out. */
  secrets(): readonly string[] {
    return [...this.#secrets];
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
    const handler = this.#configuration.state_handler;
    if (handler === undefined) return 'no handler';
    const { signal, timeout = handlerTimeout, post: ask = post } = this.#options;
    const limit = AbortSignal.timeout(timeout);
    try {
      const { status, text } = await ask(
        handler,
        JSON.stringify({ state, params: {}, action: 'setup' }),
        signal === undefined ? limit : AbortSignal.any([signal, limit]),
      );
      if (status === 404 || status === 501) return 'cannot';
      if (status < 200 || status > 299) return { error: `the state handler answered ${status} for "${state}"` };
      if (text === undefined)
        return { error: `the state handler answered more than ${mostBytes / 1024} KiB for "${state}"` };
      return this.#read(state, text);
    } catch (error) {
      signal?.throwIfAborted();
      const reason = limit.aborted ? `no whole answer within ${timeout} ms` : describe(error);
      return { error: `the state handler failed for "${state}": ${reason}` };
    }
  }

  #read(state: State, text: string): Handed {
    const parsed = parse(text);
    if (parsed === undefined) return { error: `the state handler answered no JSON object for "${state}"` };
    const values: Record<string, string | readonly string[]> = {};
    for (const name of names) {
      const value = Object.hasOwn(parsed, name) ? parsed[name] : undefined;
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
    if (brought.token !== undefined) this.#secrets.add(brought.token);
    return { values: brought };
  }
}

function isPlain(value: unknown): value is string {
  return typeof value === 'string' && !/\p{Cc}/u.test(value);
}

/** The members of a JSON object, none for an empty text; undefined: it is no object. Nothing of the text is quoted. */
function parse(text: string): Readonly<Record<string, unknown>> | undefined {
  if (text.trim() === '') return {};
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : undefined;
  } catch {
    return undefined;
  }
}

/** `text` is undefined where it is too long. Rejects when the signal fires or the connection fails. */
async function post(
  url: string,
  body: string,
  signal: AbortSignal,
): Promise<{ readonly status: number; readonly text: string | undefined }> {
  const answer = await request(url, { method: 'POST', headers: { 'content-type': 'application/json' }, body, signal });
  const parts: Buffer[] = [];
  let size = 0;
  for await (const part of answer.body as AsyncIterable<Buffer>) {
    size += part.length;
    // Leaving the loop destroys what is still to come.
    if (size > mostBytes) return { status: answer.statusCode, text: undefined };
    parts.push(part);
  }
  return { status: answer.statusCode, text: Buffer.concat(parts).toString() };
}

function describe(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
