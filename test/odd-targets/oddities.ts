import { type Clock, realClock } from '../../reference/clock.ts';
import { tokensPath } from '../../reference/identity.ts';
import { createService, type Incoming, type Service, type ServiceOptions } from '../../reference/service.ts';
import { tokens } from '../../reference/world.ts';
import { headersOf } from '../simulated/incoming.ts';

/** A request as the layer hands it on; `headers` is the raw list. */
export interface Asked extends Pick<Incoming, 'method' | 'connection'> {
  readonly path: string;
  readonly headers: readonly string[];
  readonly body: Buffer;
}

export interface Reply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

export type Forward = (asked: Asked) => Promise<Reply>;

/** How a layer in front of the reference endpoint differs from it. */
export interface Oddity {
  readonly reference?: ServiceOptions;
  readonly prefix?: string;
  readonly withoutStateHandler?: true;
  /** Stands between a request and the reference's answer; made anew for each target. */
  readonly layer?: (clock: Clock) => (asked: Asked, forward: Forward) => Promise<Reply>;
}

type Json = Record<string, unknown>;

const texts = { image_type: 255, image_id: 255, os_type: 255, message: 400, order_id: 255 };
const known = new Set([...Object.keys(texts), 'delay_time', 'is_fix']);

function refuse(status: number, headers: Readonly<Record<string, string>> = {}): Reply {
  const body = Buffer.from(JSON.stringify({ error_code: 'WKS.0100', error_msg: 'The request is refused.' }));
  return { status, headers: { 'content-type': 'application/json', ...headers }, body };
}

function objectIn(body: Buffer): Json | undefined {
  try {
    const value: unknown = JSON.parse(new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(body));
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Json) : undefined;
  } catch {
    return undefined;
  }
}

/** Changes the object that an answer holds. */
function altered(change: (value: Json, status: number) => unknown, indent = 0): Pick<Oddity, 'layer'> {
  return {
    layer: () => async (asked, forward) => {
      const reply = await forward(asked);
      const value = objectIn(reply.body);
      return value === undefined
        ? reply
        : { ...reply, body: Buffer.from(JSON.stringify(change(value, reply.status), null, indent)) };
    },
  };
}

/** Changes the fields of a request before the reference sees them. */
function rewritten(change: (field: string, value: unknown) => unknown): Pick<Oddity, 'layer'> {
  return {
    layer: () => (asked, forward) => {
      const value = objectIn(asked.body);
      if (value === undefined) return forward(asked);
      const entries = Object.entries(value).map(([field, v]): [string, unknown] => [field, change(field, v)]);
      if (entries.every(([field, v]) => v === value[field])) return forward(asked);
      return forward({ ...asked, body: Buffer.from(JSON.stringify(Object.fromEntries(entries))) });
    },
  };
}

/** Refuses with 400 what the reference lets pass, after authentication. */
function stricter(isBad: (value: Json) => boolean): Pick<Oddity, 'layer'> {
  return {
    layer: () => async (asked, forward) => {
      const reply = await forward(asked);
      const value = objectIn(asked.body);
      const judged = asked.method === 'POST' && [200, 404, 409, 500].includes(reply.status);
      return judged && value !== undefined && isBad(value) ? refuse(400) : reply;
    },
  };
}

function everyNth(n: number, reply: Reply): Pick<Oddity, 'layer'> {
  return {
    layer: () => {
      let count = 0;
      return async (asked, forward) => {
        count += 1;
        return count % n === 0 ? reply : forward(asked);
      };
    },
  };
}

function throttled(perSecond: number): Pick<Oddity, 'layer'> {
  return {
    layer: (clock) => {
      let window = 0;
      let count = 0;
      return async (asked, forward) => {
        const now = Math.floor(clock.now() / 1000);
        count = now === window ? count + 1 : 1;
        window = now;
        return count > perSecond ? refuse(429) : forward(asked);
      };
    },
  };
}

/** The body of a broken request is refused before its token is looked at. */
const validationFirst: Pick<Oddity, 'layer'> = {
  layer: () => async (asked, forward) => {
    const reply = await forward(asked);
    if (reply.status !== 401 && reply.status !== 403) return reply;
    const headers = asked.headers.filter((_, i, all) => all[i - (i % 2)]?.toLowerCase() !== 'x-auth-token');
    const valid = await forward({ ...asked, headers: [...headers, 'X-Auth-Token', tokens.valid] });
    return [400, 413].includes(valid.status) ? valid : reply;
  },
};

function coerce(field: string, value: unknown): unknown {
  if (field in texts && (typeof value === 'number' || typeof value === 'boolean')) return String(value);
  if (field === 'delay_time' && typeof value === 'string' && /^-?\d{1,6}$/.test(value)) return Number(value);
  if (field === 'delay_time' && typeof value === 'boolean') return Number(value);
  if (field === 'is_fix' && (value === 'true' || value === 'false')) return value === 'true';
  if (field === 'is_fix' && (value === 0 || value === 1)) return value === 1;
  return value;
}

function withinRange(field: string, value: unknown): unknown {
  if (field === 'delay_time' && Number.isInteger(value)) return Math.max(0, Math.min(15, Number(value)));
  const max = (texts as Readonly<Record<string, number>>)[field];
  return max !== undefined && typeof value === 'string' && value.length > max ? value.slice(0, max) : value;
}

/** Says 409 to what it would accept, for `next()` milliseconds after each acceptance. */
function busyFor(next: () => number): Pick<Oddity, 'layer'> {
  return {
    layer: (clock) => {
      let until = 0;
      return async (asked, forward) => {
        const reply = await forward(asked);
        const isAcceptance = reply.status === 200 && objectIn(reply.body)?.['job_id'] !== undefined;
        if (!isAcceptance) return reply;
        if (clock.now() < until) return refuse(409);
        until = clock.now() + next();
        return reply;
      };
    },
  };
}

/** The same numbers in each run, from 0 up to `max`. */
function numbers(max: number): () => number {
  let state = 1;
  return () => {
    state = (state * 48_271) % 2_147_483_647;
    return state % max;
  };
}

function everyTenth(ms: number): () => number {
  let count = 0;
  return () => {
    count += 1;
    return count % 10 === 0 ? ms : 0;
  };
}

/** A token is good for so many requests, then it has expired. */
function shortLived(uses: number): Pick<Oddity, 'layer'> {
  return {
    layer: () => {
      const used = new Map<string, number>();
      return async (asked, forward) => {
        const at = asked.headers.findIndex((name, i) => i % 2 === 0 && name.toLowerCase() === 'x-auth-token');
        const token = at < 0 ? '' : (asked.headers[at + 1] ?? '');
        const count = (used.get(token) ?? 0) + 1;
        used.set(token, count);
        return token.startsWith('Rf7-Issued') && count > uses ? refuse(401) : forward(asked);
      };
    },
  };
}

/** Says that each connection is closed. */
const closing: Oddity = {
  layer: () => async (asked, forward) => {
    const reply = await forward(asked);
    return { ...reply, headers: { ...reply.headers, connection: 'close' } };
  },
};

/** The second request on a connection is not answered: the connection is reset. */
const resetWhenReused: Oddity = {
  layer: () => {
    const served = new WeakSet<Incoming['connection']>();
    return (asked, forward) => {
      if (served.has(asked.connection)) {
        asked.connection.destroy();
        return new Promise(() => undefined);
      }
      served.add(asked.connection);
      return forward(asked);
    };
  },
};

/** Job ids are numbers in a string, as some services count them. */
const numericJobs: Oddity = {
  layer: () => {
    let job = 184_467_440_737_000;
    return async (asked, forward) => {
      const reply = await forward(asked);
      if (reply.status !== 200 || objectIn(reply.body)?.['job_id'] === undefined) return reply;
      job += 1;
      return { ...reply, body: Buffer.from(JSON.stringify({ job_id: String(job) })) };
    };
  },
};

const slow: Oddity = {
  layer: (clock) => async (asked, forward) => {
    await clock.pause(30);
    return forward(asked);
  },
};

const charset: Oddity = {
  layer: () => async (asked, forward) => {
    const reply = await forward(asked);
    return { ...reply, headers: { ...reply.headers, 'content-type': 'application/json;charset=UTF-8' } };
  },
};

/** Everything here is allowed, or at most discouraged, and shows whatever the answers are carried by. */
export const oddities = {
  'nothing odd': {},
  'slow answers': slow,
  'Connection: close': closing,
  'base path': { prefix: '/gateway/x' },
  'numeric-string job_id': numericJobs,
  'extra fields': altered((value) => ({ ...value, extra: { list: [1, null] }, request_id: 'r-1' })),
  'minimal error bodies': altered((value, status) => (status < 400 ? value : { error_code: value['error_code'] })),
  'gateway errors': altered((value, status) =>
    status < 400 ? value : { error_code: 'APIGW.0301', error_msg: 'Refused by the gateway.', request_id: 'a1b2c3' },
  ),
  'charset in the media type': charset,
  'pretty-printed JSON': altered((value) => value, 2),
  '429 on every 7th request': everyNth(7, refuse(429, { 'retry-after': '0' })),
  '503 on every 11th request': everyNth(11, refuse(503)),
  '429 above 100 requests a second': throttled(100),
  'unknown fields refused': stricter((value) => Object.keys(value).some((field) => !known.has(field))),
  'null refused': stricter((value) => Object.values(value).includes(null)),
  'validation before authentication': validationFirst,
  'busy after acceptance': { reference: { busyMs: 100 } },
  'busy after acceptance, no state handler': { reference: { busyMs: 100 }, withoutStateHandler: true },
  'busy for a random time after acceptance': { ...busyFor(numbers(120)), withoutStateHandler: true },
  'busy after every tenth acceptance': { ...busyFor(everyTenth(300)), withoutStateHandler: true },
  'tokens of IAM good for 150 requests': { ...shortLived(150), reference: { auth: 'iam' } },
  'connections reset when they are used again': resetWhenReused,
  'ranges not enforced': rewritten(withinRange),
  'scalars coerced': rewritten(coerce),
} satisfies Readonly<Record<string, Oddity>>;

/** The reference endpoint behind a layer that makes it odd; state handler and identity service are asked past it. */
export function createOddService(
  { reference, layer, prefix = '', withoutStateHandler }: Oddity,
  clock = realClock,
): Service {
  const service = createService({ ...reference, clock });
  const through = layer?.(clock) ?? ((asked: Asked, forward: Forward) => forward(asked));
  return {
    async handle(incoming) {
      const { method, target, rawHeaders, pieces, connection } = incoming;
      if (['/_states', tokensPath].includes(target)) return service.handle(incoming);
      const asked: Asked = {
        method,
        path: target.slice(prefix.length) || '/',
        headers: rawHeaders,
        body: Buffer.concat(pieces),
        connection,
      };
      const forward: Forward = async ({ path, headers, body }) => {
        const isSame = body === asked.body;
        const changed = isSame ? {} : { pieces: [body], size: body.length };
        const response = await service.handle({ ...incoming, target: path, ...headersOf(headers), ...changed });
        const own = Object.fromEntries(response.headers);
        return { status: response.status, headers: own, body: Buffer.from(await response.arrayBuffer()) };
      };
      const reply = target.startsWith(prefix) ? await through(asked, forward) : refuse(404);
      return new Response(reply.body.length === 0 ? null : new Uint8Array(reply.body), reply);
    },
    configuration(url) {
      const { state_handler, target: _, ...others } = service.configuration(url);
      const target = { url: `${url}${prefix}`, name: 'Odd target' };
      return { ...others, target, ...(withoutStateHandler ? {} : { state_handler }) };
    },
  };
}
