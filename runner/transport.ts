import { type ClientRequest, Agent as HttpAgent, request as httpRequest, type IncomingMessage } from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';
import type { Socket } from 'node:net';
import { pipeline, Readable, type Transform } from 'node:stream';
import { rootCertificates } from 'node:tls';
import { createBrotliDecompress, createGunzip, createInflate, createInflateRaw } from 'node:zlib';
import { HttpsProxyAgent } from 'https-proxy-agent';
import { getProxyForUrl } from 'proxy-from-env';
import type { Configuration } from '../specs/configuration.ts';
import type { Answer, Lane, Silence, SilenceKind, TransportOptions, WireRequest } from './http.ts';

/** How the reason of a silence begins when the target hung up on a large body. */
export const reset_while_sending = 'the connection was reset while the body was being sent';

/** Above this many bytes a reset before any answer is put down to the body. */
export const large_body = 64 * 1024;

const default_max_body = 1024 * 1024;
const max_header_size = 256 * 1024;
const max_codings = 4;
/** Bytes of a chunk: no multiple of three, so that characters are cut. */
const smallest_chunk = 16;
const most_chunks = 256;
/** Milliseconds, long enough for the first piece to be read alone. */
const pause_between_pieces = 20;

/** How a configuration wants its exchanges to be made. */
export function transportOptions({ limits, target }: Configuration): TransportOptions {
  const { ca, cert, key } = target;
  return {
    timeout: limits.timeout,
    ...(ca === undefined ? {} : { ca }),
    ...(cert === undefined ? {} : { cert }),
    ...(key === undefined ? {} : { key }),
  };
}

/** One connection to an origin; exchanges that overlap wait for each other. Nothing here ever throws. */
export function createLane(origin: string, options: TransportOptions): Lane {
  const state: Connection = { agent: undefined, seen: new WeakSet() };
  let last: Promise<unknown> = Promise.resolve();
  return {
    send(request, { fresh = false } = {}) {
      const next = last.then(async () => {
        if (fresh) drop(state);
        try {
          return await exchange(new URL(origin), state, request, options);
        } catch (error) {
          return silence('protocol', `the request could not be sent: ${describe(error)}`, false);
        }
      });
      last = next;
      return next;
    },
    close() {
      drop(state);
      return Promise.resolve();
    },
  };
}

interface Connection {
  agent: HttpAgent | undefined;
  /** Sockets that have carried a request. */
  readonly seen: WeakSet<Socket>;
}

function drop(state: Connection): void {
  state.agent?.destroy();
  state.agent = undefined;
}

/** How far an exchange has come; it decides what an error means. */
interface Progress {
  socket: Socket | undefined;
  reused: boolean;
  connected: boolean;
  secured: boolean;
  /** The head of an answer has come. */
  answered: boolean;
}

function exchange(
  url: URL,
  state: Connection,
  request: WireRequest,
  options: TransportOptions,
): Promise<Answer | Silence> {
  const started = performance.now();
  const secure = url.protocol === 'https:';
  const progress: Progress = { socket: undefined, reused: false, connected: false, secured: !secure, answered: false };

  return new Promise((resolve) => {
    let outgoing: ClientRequest | undefined;
    let settled = false;
    const settle = (result: Answer | Silence, keep: boolean): void => {
      if (settled) return;
      settled = true;
      clearTimeout(timer);
      if (!keep) {
        outgoing?.destroy();
        progress.socket?.destroy();
        drop(state);
      }
      resolve(result);
    };
    const fail = (error: unknown): void => settle(explain(error, request, progress), false);
    const timer = setTimeout(() => {
      settle(silence('timeout', `no whole answer came within ${options.timeout} ms`, progress.reused), false);
    }, options.timeout);
    const finish = (status: number, incoming: IncomingMessage, kept: Kept, keep: boolean): void => {
      const duration_ms = performance.now() - started;
      // An answer that overtook the body leaves the connection in no state to be used again.
      const reusable = keep && !kept.truncated && (progress.socket?.writableLength ?? 0) === 0;
      settle({ status, headers: joined(incoming.rawHeaders), ...kept, duration_ms }, reusable);
    };

    try {
      state.agent ??= createAgent(url, options);
      outgoing = (secure ? httpsRequest : httpRequest)({
        agent: state.agent,
        protocol: url.protocol,
        hostname: url.hostname.replace(/^\[|\]$/g, ''),
        port: url.port === '' ? (secure ? 443 : 80) : url.port,
        method: request.method,
        path: request.path,
        headers: framed(request, url.host),
        maxHeaderSize: max_header_size,
        // Behind a proxy the agent takes the authorities and certificates from here.
        ...(secure ? tlsOptions(options) : {}),
      });
    } catch (error) {
      const pem = secure && codeOf(error).startsWith('ERR_OSSL');
      settle(silence(pem ? 'tls' : 'protocol', `the request could not be sent: ${describe(error)}`, false), false);
      return;
    }

    let answered = false;
    outgoing.on('socket', (socket) => follow(socket, state, progress));
    outgoing.on('error', (error) => {
      // Once an answer has begun, only the answer itself decides: it may have overtaken the body.
      if (!answered) fail(error);
    });
    outgoing.on('close', () => {
      if (!answered) fail(Object.assign(new Error('closed'), { code: 'ECONNRESET' }));
    });
    outgoing.on('response', (incoming) => {
      answered = true;
      progress.answered = true;
      read(incoming, options.max_body ?? default_max_body).then(
        (kept) => finish(incoming.statusCode ?? 0, incoming, kept, true),
        (error: unknown) => fail(error),
      );
    });
    const switched = (incoming: IncomingMessage, socket: { destroy(): unknown }): void => {
      answered = true;
      socket.destroy();
      finish(incoming.statusCode ?? 0, incoming, { body: new Uint8Array(), truncated: false }, false);
    };
    outgoing.on('upgrade', switched);
    outgoing.on('connect', switched);

    try {
      write(outgoing, request);
    } catch (error) {
      settle(silence('protocol', `the request could not be sent: ${describe(error)}`, progress.reused), false);
    }
  });
}

/** Heeds HTTPS_PROXY and NO_PROXY for https origins; plain http goes to the target itself. */
function createAgent(url: URL, options: TransportOptions): HttpAgent {
  const common = { keepAlive: true, maxSockets: 1, noDelay: true };
  if (url.protocol !== 'https:') return new HttpAgent(common);
  const proxy = getProxyForUrl(url.href);
  if (proxy !== '') return new HttpsProxyAgent(proxy, common);
  return new HttpsAgent({ ...common, ...tlsOptions(options) });
}

function tlsOptions({ ca, cert, key }: TransportOptions): { ca?: string[]; cert?: string; key?: string } {
  return {
    ...(ca === undefined ? {} : { ca: [...rootCertificates, ca] }),
    ...(cert === undefined ? {} : { cert }),
    ...(key === undefined ? {} : { key }),
  };
}

function follow(socket: Socket, state: Connection, progress: Progress): void {
  progress.socket = socket;
  progress.reused = state.seen.has(socket);
  state.seen.add(socket);
  if (progress.reused) {
    progress.connected = true;
    progress.secured = true;
    return;
  }
  if (!socket.connecting) {
    // A proxy's agent hands over a socket that is secured already.
    progress.connected = true;
    progress.secured = true;
    return;
  }
  socket.once('connect', () => {
    progress.connected = true;
  });
  socket.once('secureConnect', () => {
    progress.secured = true;
  });
}

function framed(request: WireRequest, host: string): Record<string, string | string[]> {
  const headers: Record<string, string | string[]> = {};
  const given = new Set<string>();
  for (const [name, value] of Object.entries(request.headers)) {
    const lower = name.toLowerCase();
    if (request.transfer === 'chunked' && (lower === 'content-length' || lower === 'transfer-encoding')) continue;
    headers[name] = value.includes('\n') ? value.split('\n') : value;
    given.add(lower);
  }
  if (!given.has('host')) headers['Host'] = host;
  if (request.transfer === 'chunked') headers['Transfer-Encoding'] = 'chunked';
  else if (request.body !== undefined && !given.has('content-length') && !given.has('transfer-encoding')) {
    headers['Content-Length'] = String(request.body.length);
  }
  return headers;
}

function write(outgoing: ClientRequest, { body, transfer, noLength }: WireRequest): void {
  if (body === undefined) {
    if (noLength) {
      outgoing.removeHeader('content-length');
      outgoing.removeHeader('transfer-encoding');
    }
    outgoing.end();
  } else if (transfer === 'chunked') {
    const size = Math.max(smallest_chunk, Math.ceil(body.length / most_chunks));
    for (let at = 0; at < body.length; at += size) outgoing.write(body.subarray(at, at + size));
    outgoing.end();
  } else if (transfer === 'two pieces') {
    // Inside a character, if one has several bytes.
    const inside = body.findLastIndex((byte) => byte >= 0x80);
    const at = inside > 0 ? inside : Math.floor(body.length / 2);
    outgoing.write(body.subarray(0, at));
    setTimeout(() => outgoing.end(body.subarray(at)), pause_between_pieces);
  } else {
    outgoing.end(body);
  }
}

interface Kept {
  readonly body: Uint8Array;
  readonly truncated: boolean;
}

/** Reads the decoded body up to the limit; what comes after it is not even decompressed. */
async function read(incoming: IncomingMessage, limit: number): Promise<Kept> {
  const parts: Uint8Array[] = [];
  let size = 0;
  for await (const part of decoded(incoming)) {
    if (size + part.length > limit) {
      parts.push(part.subarray(0, limit - size));
      return { body: Buffer.concat(parts), truncated: true };
    }
    parts.push(part);
    size += part.length;
  }
  return { body: Buffer.concat(parts), truncated: false };
}

/** Undoes the content codings, last one first; a body with an unknown coding is left as it is. */
function decoded(incoming: IncomingMessage): AsyncIterable<Uint8Array> {
  const codings = (joined(incoming.rawHeaders)['content-encoding'] ?? '')
    .split(',')
    .map((coding) => coding.trim().toLowerCase())
    .filter((coding) => coding !== '' && coding !== 'identity');
  if (codings.length > max_codings || codings.some((coding) => !/^(x-gzip|gzip|deflate|br)$/.test(coding))) {
    return incoming;
  }
  return codings.reduceRight<AsyncIterable<Uint8Array>>((source, coding) => decompress(source, coding), incoming);
}

async function* decompress(source: AsyncIterable<Uint8Array>, coding: string): AsyncGenerator<Uint8Array> {
  const iterator = source[Symbol.asyncIterator]();
  let first = await iterator.next();
  while (!first.done && first.value.length === 0) first = await iterator.next();
  if (first.done) return;
  const head = first.value;
  const decoder = decoderFor(coding, head[0] ?? 0);
  const whole = async function* (): AsyncGenerator<Uint8Array> {
    yield head;
    yield* { [Symbol.asyncIterator]: () => iterator };
  };
  // Errors travel through the decoder, whose iteration below reports them.
  pipeline(Readable.from(whole()), decoder, () => undefined);
  for await (const part of decoder as AsyncIterable<Uint8Array>) yield part;
}

function decoderFor(coding: string, first_byte: number): Transform {
  if (coding === 'br') return createBrotliDecompress();
  if (coding === 'deflate') return (first_byte & 0x0f) === 0x08 ? createInflate() : createInflateRaw();
  return createGunzip();
}

/** Lower-case names, repeated headers joined; made from the raw list because Node drops some repetitions. */
function joined(raw: readonly string[]): Record<string, string> {
  const headers = new Map<string, string>();
  for (let at = 0; at + 1 < raw.length; at += 2) {
    const name = (raw[at] ?? '').toLowerCase();
    const before = headers.get(name);
    const value = raw[at + 1] ?? '';
    headers.set(name, before === undefined ? value : `${before}, ${value}`);
  }
  return Object.fromEntries(headers);
}

function silence(kind: SilenceKind, reason: string, reused: boolean): Silence {
  return { silence: kind, reason, reused };
}

/** Says in one sentence why no answer came. */
function explain(error: unknown, request: WireRequest, { connected, secured, reused, answered }: Progress): Silence {
  const code = codeOf(error);
  if (code.startsWith('HPE_'))
    return silence(answered ? 'broken' : 'protocol', `the answer is not valid HTTP: ${describe(error)}`, reused);
  if (/^(Z_|ERR__|ERR_BROTLI)/.test(code)) {
    return silence('broken', `the body of the answer could not be decompressed: ${describe(error)}`, reused);
  }
  if (!connected) return silence('refused', `no connection could be made: ${describe(error)}`, reused);
  if (!secured) return silence('tls', `no secure connection could be made: ${describe(error)}`, reused);
  if (/^(ERR_SSL|ERR_TLS)/.test(code)) return silence('tls', `the secure connection broke: ${describe(error)}`, reused);
  const size = request.body?.length ?? 0;
  if (size > large_body)
    return silence('reset', `${reset_while_sending} (${size} bytes), and no answer could be read`, reused);
  if (answered) return silence('broken', `the answer was cut short: ${describe(error)}`, reused);
  return silence('reset', `the connection was closed before a whole answer had come: ${describe(error)}`, reused);
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : '';
}

function describe(error: unknown): string {
  const code = codeOf(error);
  const message =
    error instanceof Error
      ? error.message
          .replace(/^[0-9A-F]{8,}:/, '')
          .replace(/\s+/g, ' ')
          .trim()
      : String(error);
  if (message === '') return code === '' ? 'unknown error' : code;
  return code === '' || message.includes(code) ? message : `${message} (${code})`;
}
