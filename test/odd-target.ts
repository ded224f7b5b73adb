import { Agent, createServer, request as httpRequest, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib';
import { type ReferenceOptions, startReference } from '../reference/endpoint.ts';
import { tokens } from '../reference/world.ts';

/** A request as the layer hands it on; `headers` is the raw list. */
interface Asked {
  readonly method: string;
  readonly path: string;
  readonly headers: readonly string[];
  readonly body: Buffer;
}

interface Reply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

type Forward = (asked: Asked) => Promise<Reply>;
type Deliver = (reply: Reply, outgoing: ServerResponse, asked: Asked) => void;

/** How a layer in front of the reference endpoint differs from it. */
export interface Oddity {
  readonly reference?: ReferenceOptions;
  readonly prefix?: string;
  readonly withoutStateHandler?: true;
  /** Stands between a request and the reference's answer; made anew for each target. */
  readonly layer?: () => (asked: Asked, forward: Forward) => Promise<Reply>;
  readonly deliver?: Deliver;
}

export interface OddTarget {
  readonly configuration: Record<string, unknown>;
  close(): Promise<void>;
}

type Json = Record<string, unknown>;

const perConnection = new Set(['connection', 'keep-alive', 'transfer-encoding', 'content-length', 'date']);
const texts = { image_type: 255, image_id: 255, os_type: 255, message: 400, order_id: 255 };
const known = new Set([...Object.keys(texts), 'delay_time', 'is_fix']);

function ignore(): void {}

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
    layer: () => {
      let window = 0;
      let count = 0;
      return async (asked, forward) => {
        const now = Math.floor(performance.now() / 1000);
        count = now === window ? count + 1 : 1;
        window = now;
        return count > perSecond ? refuse(429) : forward(asked);
      };
    },
  };
}

function encoded(coding: string, compress: (body: Buffer) => Buffer): Pick<Oddity, 'layer'> {
  return {
    layer: () => async (asked, forward) => {
      const reply = await forward(asked);
      return { ...reply, headers: { ...reply.headers, 'content-encoding': coding }, body: compress(reply.body) };
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

const plain: Deliver = (reply, outgoing, { method }) => {
  const length = method === 'HEAD' ? {} : { 'content-length': String(reply.body.length) };
  outgoing.writeHead(reply.status, { ...reply.headers, ...length });
  outgoing.end(method === 'HEAD' ? undefined : reply.body);
};

const chunked: Deliver = (reply, outgoing, { method }) => {
  outgoing.writeHead(reply.status, { ...reply.headers });
  if (method !== 'HEAD') for (const byte of reply.body) outgoing.write(Buffer.of(byte));
  outgoing.end();
};

/** Neither a length nor chunks: the body lasts until the connection is closed. */
const endedByClosing: Deliver = (reply, outgoing, { method }) => {
  const lines = Object.entries(reply.headers).map(([name, value]) => `${name}: ${value}\r\n`);
  outgoing.socket?.write(`HTTP/1.1 ${reply.status} Odd\r\n${lines.join('')}\r\n`);
  outgoing.socket?.end(method === 'HEAD' ? '' : reply.body);
};

const closedSilently: Deliver = (reply, outgoing, asked) => {
  const { socket } = outgoing;
  outgoing.on('finish', () => socket?.end());
  plain(reply, outgoing, asked);
};

const hundredContinue: Deliver = (reply, outgoing, asked) => {
  outgoing.socket?.write('HTTP/1.1 100 Continue\r\n\r\n');
  plain(reply, outgoing, asked);
};

const earlyHints: Deliver = (reply, outgoing, asked) => {
  outgoing.writeEarlyHints({ link: '</style.css>; rel=preload; as=style' });
  plain(reply, outgoing, asked);
};

const connectionClose: Deliver = (reply, outgoing, asked) =>
  plain({ ...reply, headers: { ...reply.headers, connection: 'close' } }, outgoing, asked);

/** Says 409 to what it would accept, for `next()` milliseconds after each acceptance. */
function busyFor(next: () => number): Pick<Oddity, 'layer'> {
  return {
    layer: () => {
      let until = 0;
      return async (asked, forward) => {
        const reply = await forward(asked);
        const isAcceptance = reply.status === 200 && objectIn(reply.body)?.['job_id'] !== undefined;
        if (!isAcceptance) return reply;
        if (performance.now() < until) return refuse(409);
        until = performance.now() + next();
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

/** The second request on a connection is not answered: the connection is reset. */
const resetWhenReused: Deliver = (reply, outgoing, asked) => {
  const { socket } = outgoing;
  if (socket === null || !served.has(socket)) plain(reply, outgoing, asked);
  else socket.resetAndDestroy();
  if (socket !== null) served.add(socket);
};
const served = new WeakSet<Socket>();

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
  layer: () => async (asked, forward) => {
    await sleep(30);
    return forward(asked);
  },
};

const charset: Oddity = {
  layer: () => async (asked, forward) => {
    const reply = await forward(asked);
    return { ...reply, headers: { ...reply.headers, 'content-type': 'application/json;charset=UTF-8' } };
  },
};

/** Everything here is allowed, or at most discouraged. */
export const oddities = {
  'slow answers': slow,
  'Connection: close': { deliver: connectionClose },
  'connections closed without notice': { deliver: closedSilently },
  gzip: encoded('gzip', (body) => gzipSync(body)),
  deflate: encoded('deflate', (body) => deflateSync(body)),
  br: encoded('br', (body) => brotliCompressSync(body)),
  chunked: { deliver: chunked },
  'answers ended by closing': { deliver: endedByClosing },
  '100 Continue before each answer': { deliver: hundredContinue },
  '103 Early Hints': { deliver: earlyHints },
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
  'connections reset when they are used again': { deliver: resetWhenReused },
  'ranges not enforced': rewritten(withinRange),
  'scalars coerced': rewritten(coerce),
} satisfies Readonly<Record<string, Oddity>>;

export type OddityName = keyof typeof oddities;

/** Starts the reference endpoint behind a layer that makes it odd. */
export async function startOddTarget(oddity: Oddity): Promise<OddTarget> {
  const reference = await startReference(oddity.reference);
  const agent = new Agent({ keepAlive: true });
  const layer = oddity.layer?.() ?? ((asked, forward) => forward(asked));
  const deliver = oddity.deliver ?? plain;
  const prefix = oddity.prefix ?? '';
  const forward: Forward = (asked) => ask(reference.url, agent, asked);

  async function handle(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of incoming as AsyncIterable<Buffer>) chunks.push(chunk);
    const target = incoming.url ?? '';
    const asked: Asked = {
      method: incoming.method ?? '',
      path: target.slice(prefix.length) || '/',
      headers: incoming.rawHeaders,
      body: Buffer.concat(chunks),
    };
    deliver(target.startsWith(prefix) ? await layer(asked, forward) : refuse(404), outgoing, asked);
  }

  const server = createServer({ maxHeaderSize: 128 * 1024, keepAliveTimeout: 60_000 }, (incoming, outgoing) => {
    incoming.on('error', ignore);
    outgoing.on('error', ignore);
    handle(incoming, outgoing).catch(() => outgoing.destroy());
  });
  server.on('connection', (socket) => socket.on('error', ignore));
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}${prefix}`;
  const { state_handler, ...configuration } = reference.configuration;
  return {
    configuration: {
      ...configuration,
      target: { url, name: 'Odd target' },
      ...(oddity.withoutStateHandler ? {} : { state_handler }),
    },
    async close() {
      const closed = new Promise<void>((resolve) => {
        server.close(() => resolve());
      });
      server.closeAllConnections();
      agent.destroy();
      await closed;
      await reference.close();
    },
  };
}

/** One request to the reference, the same header lines included. */
function ask(origin: string, agent: Agent, { method, path, headers, body }: Asked): Promise<Reply> {
  const kept = headers.filter((_, i, all) => !perConnection.has(all[i - (i % 2)]?.toLowerCase() ?? ''));
  const { hostname, port } = new URL(origin);
  return new Promise((resolve, reject) => {
    const length = ['Content-Length', String(body.length)];
    const options = { agent, hostname, port, method, path, headers: [...kept, ...length] };
    const outgoing = httpRequest(options, (incoming) => {
      const chunks: Buffer[] = [];
      incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
      incoming.on('error', reject);
      incoming.on('end', () => {
        const own = Object.entries(incoming.headers).filter(([name]) => !perConnection.has(name));
        resolve({
          status: incoming.statusCode ?? 0,
          headers: Object.fromEntries(own.map(([name, value]) => [name, String(value)])),
          body: Buffer.concat(chunks),
        });
      });
    });
    outgoing.on('error', reject);
    outgoing.end(body);
  });
}
