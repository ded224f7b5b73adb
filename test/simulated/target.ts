import { Ajv2020 } from 'ajv/dist/2020.js';
import type { WireRequest } from '../../runner/wire/http.ts';
import type { StateValues } from '../../specs/configuration.ts';
import requestSchema from '../../specs/rebuild-request.schema.json' with { type: 'json' };
import type { State } from '../../specs/requirement.ts';
import type { Asked, Check, Nature, Reply } from './nature.ts';

export const tokens = {
  valid: 'Sim-Valid-k2QxLmVb83HsZtYw5nRe',
  expired: 'Sim-Expired-pW4dNcXe61JuRoGa8tLi',
  readonly: 'Sim-ReadOnly-hT9sBvKy25MfEqLi3cUo',
  other: 'Sim-Other-zA3gUjDn70CwPxSo6vKa',
} as const;

const project = 'sim-project';
export const images = { plain: 'sim-image', billed: 'sim-image-billed' } as const;
const order = 'SIM-ORDER-7';
const busyPool = 'sim-pool-busy';
const failingPool = 'sim-pool-failing';

const largest = 1024 * 1024;
const ajv = new Ajv2020({ strict: false });
const isValid = ajv.compile<Readonly<Record<string, unknown>>>(requestSchema);
const operation = /^\/v2\/([^/]+)\/desktop-pools\/([^/]+)\/rebuild$/;
const optional = Object.keys(requestSchema.properties).filter((field) => field !== 'image_id');

/** What a lane finds at the other end. */
export type Outcome =
  | {
      readonly come: 'answer';
      readonly status: number;
      readonly headers: Readonly<Record<string, string>>;
      readonly body: Uint8Array;
      readonly after: number;
      readonly closes: boolean;
    }
  | { readonly come: 'reset' }
  | { readonly come: 'never' };

interface Span {
  readonly from: number;
  readonly until: number;
}

/** The pool operation as a machine of states in simulated time: it knows no socket and no clock. */
export class SimulatedTarget {
  readonly nature: Nature;
  /** Requests that reached the operation's process. */
  received = 0;
  /** Rebuilds that were begun. */
  accepted = 0;
  /** Times for which a pool is busy, some of them to come. */
  readonly #busy = new Map<string, readonly Span[]>();
  readonly #pools: Set<string>;
  #random: number;
  #handedOut = 0;
  #jobs = 0;
  #window = { second: -1, count: 0 };
  #downUntil = Number.NEGATIVE_INFINITY;
  #restarts: Nature['restarts'];
  /** Changes whenever connections are lost. */
  epoch = 0;

  constructor(nature: Nature) {
    this.nature = nature;
    this.#pools = new Set([...nature.pools, busyPool, failingPool]);
    this.#random = (nature.seed * 2_654_435_761 + 12_345) >>> 0;
    this.#restarts = [...nature.restarts].sort((a, b) => a.at - b.at);
  }

  /** From 0 up to 1. */
  #chance(): number {
    this.#random = (Math.imul(this.#random, 1_664_525) + 1_013_904_223) >>> 0;
    return (this.#random >>> 4) / 2 ** 28;
  }

  /** The states of a configuration that tests this target. */
  get states(): Readonly<Record<string, StateValues & { pool_id?: string }>> {
    const { failing } = this.nature;
    return {
      'pool is busy': { pool_id: busyPool },
      'token is expired': { token: tokens.expired },
      'token lacks permission': { token: tokens.readonly },
      'token is for another project': { token: tokens.other },
      'image is billed': { image_id: images.billed, order_id: order },
      ...(failing ? { 'service is failing': { pool_id: failingPool } } : {}),
    };
  }

  get ready(): { project_id: string; image_id: string } {
    return { project_id: project, image_id: images.plain };
  }

  /** What the state handler answers. */
  provide(state: State): { readonly status: number; readonly text: string } {
    const own = state === 'pool is ready' || state === 'pool does not exist' ? {} : this.states[state];
    if (own === undefined) return { status: 404, text: '' };
    this.#handedOut += 1;
    const [first = ''] = this.nature.pools;
    const { pools, handlerTurns, handlerWaits } = this.nature;
    const inTurn = pools[this.#handedOut % pools.length] ?? first;
    const given = handlerTurns ? inTurn : handlerWaits ? first : `sim-pool-${this.#handedOut}`;
    this.#pools.add(given);
    const nowhere = state === 'pool does not exist' ? { pool_id: 'sim-pool-nowhere' } : {};
    return { status: 200, text: JSON.stringify({ ...this.ready, pool_id: given, ...own, ...nowhere }) };
  }

  /** When the state handler answers: at once, or when the pool is ready that it gives. */
  providedAt(at: number): number {
    const [first = ''] = this.nature.pools;
    if (!this.nature.handlerWaits) return at;
    let ready = at;
    for (let span = this.#spanOf(first, ready); span !== undefined; span = this.#spanOf(first, ready))
      ready = span.until;
    return ready;
  }

  /** Whether anything listens; restarts that are due happen. */
  isUp(at: number): boolean {
    for (let next = this.#restarts[0]; next !== undefined && next.at <= at; next = this.#restarts[0]) {
      this.#goDown(next.at + next.ms, next.forgets);
      this.#restarts = this.#restarts.slice(1);
    }
    return at >= this.#downUntil;
  }

  #goDown(until: number, forgets: boolean): void {
    this.#downUntil = Math.max(this.#downUntil, until);
    this.epoch += 1;
    if (forgets) this.#busy.clear();
  }

  isBusy(pool: string, at: number): boolean {
    return pool === busyPool || this.#spanOf(pool, at) !== undefined;
  }

  #spanOf(pool: string, at: number): Span | undefined {
    return this.#busy.get(pool)?.find(({ from, until }) => at >= from && at < until);
  }

  #occupy(pool: string, from: number, until: number, now: number): void {
    const others = this.#busy.get(pool)?.filter((span) => span.until > now) ?? [];
    this.#busy.set(pool, [...others, { from, until }]);
  }

  /** One request over an open connection. */
  receive(request: WireRequest, at: number): Outcome {
    this.received += 1;
    const asked = this.#read(request, at);
    const { lost, fault } = this.nature;
    if (lost !== undefined && this.received % lost.each === 0) {
      if (lost.acts) this.#carryOut(asked);
      return { come: 'reset' };
    }
    return this.#deliver(fault?.(asked) ?? this.#disturbance(asked) ?? this.#carryOut(asked), asked);
  }

  #disturbance({ at }: Asked): Reply | undefined {
    const { throttle, disturbed } = this.nature;
    const second = Math.floor(at / 1000);
    this.#window = { second, count: second === this.#window.second ? this.#window.count + 1 : 1 };
    const later = (status: number, isTold: boolean, seconds: string): Reply => ({
      ...this.#error(status),
      ...(isTold ? { headers: { 'retry-after': seconds } } : {}),
    });
    if (throttle !== undefined && this.#window.count > throttle.perSecond) return later(429, throttle.retryAfter, '1');
    const hit = disturbed.find(({ each }) => this.received % each === each - 1);
    return hit === undefined ? undefined : later(hit.status, hit.retryAfter, '0');
  }

  #deliver(reply: Reply, asked: Asked): Outcome {
    const { at, method } = asked;
    if ('crash' in reply) {
      this.#goDown(at + reply.crash, true);
      return { come: 'reset' };
    }
    if ('silence' in reply) {
      if (reply.silence === 'reset' && reply.acts) asked.rightly();
      return { come: reply.silence };
    }
    const { latency, connections, extra, errors } = this.nature;
    const after = latency.least + Math.floor(this.#chance() * (latency.most - latency.least + 1));
    const isObject = typeof reply.body === 'object' && reply.body !== null;
    const body = extra && isObject ? { ...reply.body, request_id: `r-${this.received}`, trace: [null, 1] } : reply.body;
    const text = body === undefined || method === 'HEAD' ? '' : JSON.stringify(body, null, errors.terse ? 0 : 1);
    const closes = connections.are === 'closed' && this.received % connections.each === 0;
    const type = text === '' ? {} : { 'content-type': extra ? 'application/json; charset=UTF-8' : 'application/json' };
    const headers = { ...type, ...(closes ? { connection: 'close' } : {}), ...reply.headers };
    return { come: 'answer', status: reply.status, headers, body: new TextEncoder().encode(text), after, closes };
  }

  #read({ method, path, headers, body }: WireRequest, at: number): Asked {
    const all = Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value] as const);
    const of = (name: string): string | undefined => all.find(([one]) => one === name)?.[1];
    const { mark } = this.nature.tolerates;
    let value: { readonly json: unknown } | undefined;
    const asked: Asked = {
      n: this.received,
      at,
      method,
      path,
      tokens: of('x-auth-token')?.split('\n') ?? [],
      mediaType: (of('content-type') ?? '').split(';')[0]?.trim().toLowerCase() ?? '',
      size: body?.length ?? 0,
      get value() {
        value ??= { json: (body?.length ?? 0) > largest ? undefined : parsed(body, mark) };
        return value.json;
      },
      occupy: (pool, ms, from = at) => this.#occupy(pool, from, from + ms, at),
      rightly: () => this.#carryOut(asked),
    };
    return asked;
  }

  /** What a correct target does. */
  #carryOut(asked: Asked): Reply {
    const { tolerates, otherMethod, order: checks } = this.nature;
    const [bare = '', query] = asked.path.split('?');
    const path = tolerates.slashes ? bare.replace(/\/+$/, '').replace(/\/{2,}/g, '/') : bare;
    const match = operation.exec(path);
    if (match === null || (query !== undefined && !tolerates.queries)) return this.#error(match === null ? 404 : 400);
    if (asked.method !== 'POST') return this.#error(otherMethod);
    const [own, pool] = [unescaped(match[1] ?? ''), unescaped(match[2] ?? '')];
    if (own === undefined || pool === undefined) return this.#error(400);
    for (const check of checks) {
      const refused = this.#check(check, asked, own, pool);
      if (refused !== undefined) return refused;
    }
    if (pool === failingPool) return this.#error(500);
    return this.#accept(asked, pool);
  }

  #check(check: Check, asked: Asked, own: string, pool: string): Reply | undefined {
    const { nature } = this;
    switch (check) {
      case 'credential': {
        const [token, ...more] = asked.tokens;
        if (token === undefined || (more.length > 0 && !nature.tolerates.twoTokens)) return this.#error(401);
        if (token === tokens.other) return this.#error(nature.otherProject);
        if (token === tokens.readonly) return this.#error(own === project ? 403 : nature.otherProject);
        if (token !== tokens.valid) return this.#error(401);
        return own === project ? undefined : this.#error(nature.otherProject);
      }
      case 'body':
        return this.#isRight(asked)
          ? undefined
          : this.#error(nature.busyWithInvalidBody === 409 && this.isBusy(pool, asked.at) ? 409 : 400);
      case 'pool':
        return this.#pools.has(pool) ? undefined : this.#error(404);
      case 'image': {
        const { image_id, order_id } = objectIn(asked.value);
        const isKnown = image_id === images.plain || image_id === images.billed;
        if (!isKnown) return this.#error(typeof image_id === 'string' ? nature.unknownImage : 400);
        return image_id === images.billed && order_id !== order ? this.#error(400) : undefined;
      }
      case 'conflict':
        return this.isBusy(pool, asked.at) ? this.#error(409) : undefined;
    }
  }

  #isRight({ value, mediaType }: Asked): boolean {
    const { tolerates } = this.nature;
    if (!tolerates.otherMediaTypes && mediaType !== 'application/json') return false;
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
    const fields = objectIn(value);
    if (!tolerates.unknownFields && Object.keys(fields).some((name) => !Object.hasOwn(requestSchema.properties, name)))
      return false;
    const kept = Object.entries(fields).filter(
      ([name, one]) => !(tolerates.nulls && one === null && optional.includes(name)),
    );
    return Object.hasOwn(fields, 'image_id') && isValid(Object.fromEntries(kept));
  }

  #accept({ at }: Asked, pool: string): Reply {
    const { busy, busyAfter, jobs } = this.nature;
    this.accepted += 1;
    const isDue = !('each' in busy) || this.accepted % busy.each === 0;
    const ms = 'how' in busy && busy.how === 'by chance' ? Math.floor(this.#chance() * busy.ms) : busy.ms;
    if (isDue && ms > 0) this.#occupy(pool, at + busyAfter, at + busyAfter + ms, at);
    this.#jobs += 1;
    const digits = String(this.#jobs).padStart(12, '0');
    return {
      status: 200,
      body: { job_id: jobs === 'uuid' ? `5f0c2b1e-9a47-4d63-8e10-${digits}` : `18446744${digits}` },
    };
  }

  #error(status: number): { readonly status: number; readonly body: unknown } {
    const { code, terse } = this.nature.errors;
    return { status, body: terse ? { error_code: code } : { error_code: code, error_msg: 'The request is refused.' } };
  }
}

function objectIn(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : {};
}

function unescaped(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}

function parsed(body: Uint8Array | undefined, takesMark: boolean): unknown {
  try {
    const text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: !takesMark }).decode(body ?? new Uint8Array());
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}
