import { type ClientRequest, Agent as HttpAgent, request as httpRequest, type IncomingMessage } from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';
import type { Socket } from 'node:net';
import { rootCertificates } from 'node:tls';
import { HttpsProxyAgent } from 'https-proxy-agent';
import { getProxyForUrl } from 'proxy-from-env';
import type { Configuration } from '../../specs/configuration.ts';
import type { Answer, Silence } from '../decide/procedure.ts';
import { joined, type Kept, read } from './decoding.ts';
import type { Expectations, Lane, TransportOptions, WireRequest } from './http.ts';
import { framed, write } from './outgoing.ts';
import { explain, silence, unsendable } from './silence.ts';

const default_max_body = 64 * 1024;
const max_header_size = 64 * 1024;

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
  const expectations = options.expectations ?? { missed: 0 };
  const state: Connection = { agent: undefined, seen: new WeakSet(), expectations, hangUp: undefined };
  const place = placeOf(new URL(origin));
  let last: Promise<unknown> = Promise.resolve();
  return {
    send(request, { fresh = false } = {}) {
      const next = last.then(async () => {
        if (fresh || request.connection === 'fresh') drop(state);
        try {
          return await exchange(place, state, request, options);
        } catch (error) {
          return unsendable(error, false, false);
        }
      });
      last = next;
      return next;
    },
    close() {
      state.hangUp?.();
      drop(state);
      return Promise.resolve();
    },
  };
}

/** Where an origin is; a URL would work it out anew for each request. */
interface Place {
  readonly url: URL;
  readonly isSecure: boolean;
  readonly host: string;
  readonly hostname: string;
  readonly port: number;
}

function placeOf(url: URL): Place {
  const isSecure = url.protocol === 'https:';
  const port = url.port === '' ? (isSecure ? 443 : 80) : Number(url.port);
  return { url, isSecure, host: url.host, hostname: url.hostname.replace(/^\[|\]$/g, ''), port };
}

interface Connection {
  agent: HttpAgent | undefined;
  /** Sockets that have carried a request. */
  readonly seen: WeakSet<Socket>;
  readonly expectations: Expectations;
  /** Ends the exchange under way. */
  hangUp: (() => void) | undefined;
}

function drop(state: Connection): void {
  state.agent?.destroy();
  state.agent = undefined;
}

/** What `follow` learns of the socket while the exchange goes on. */
interface Way {
  socket: Socket | undefined;
  reused: boolean;
  connected: boolean;
  secured: boolean;
}

function exchange(
  place: Place,
  state: Connection,
  request: WireRequest,
  options: TransportOptions,
): Promise<Answer | Silence> {
  const started = performance.now();
  const { isSecure: secure } = place;
  const way: Way = { socket: undefined, reused: false, connected: false, secured: !secure };

  return new Promise((resolve) => {
    let outgoing: ClientRequest | undefined;
    let callOff = (): void => undefined;
    let answered = false;
    let settled = false;
    const settle = (result: Answer | Silence, keep: boolean): void => {
      if (settled) return;
      settled = true;
      state.hangUp = undefined;
      clearTimeout(timer);
      callOff();
      if (!keep) {
        outgoing?.destroy();
        way.socket?.destroy();
        drop(state);
      }
      resolve(result);
    };
    const fail = (error: unknown): void =>
      settle(explain(error, { ...way, answered, size: request.body?.length ?? 0, head: headSize(request) }), false);
    const timer = setTimeout(() => {
      settle(silence('timeout', `no whole answer came within ${options.timeout} ms`, way.reused), false);
    }, options.timeout);
    state.hangUp = () =>
      settle(silence('reset', 'the suite hung up before a whole answer had come', way.reused), false);
    const finish = (
      incoming: IncomingMessage,
      headers: Readonly<Record<string, string>>,
      kept: Kept,
      keep: boolean,
    ): void => {
      const duration_ms = Math.round((performance.now() - started) * 10) / 10;
      // An answer that overtook the body leaves the connection in no state to be used again.
      const isSent = outgoing?.writableFinished === true && (way.socket?.writableLength ?? 0) === 0;
      const reusable = keep && isSent && !kept.truncated && request.connection !== 'closing';
      settle({ status: incoming.statusCode ?? 0, headers, ...kept, duration_ms }, reusable);
    };

    try {
      state.agent ??= createAgent(place, options);
      outgoing = open(place, state.agent, request, options);
    } catch (error) {
      settle(unsendable(error, secure, false), false);
      return;
    }
    outgoing.on('socket', (socket) => follow(socket, state, way));
    outgoing.on('error', (error) => {
      // Once an answer has begun, only the answer itself decides: it may have overtaken the body.
      if (!answered) fail(error);
    });
    outgoing.on('close', () => {
      if (!answered) fail(Object.assign(new Error('closed'), { code: 'ECONNRESET' }));
    });
    outgoing.on('response', (incoming) => {
      answered = true;
      if (request.transfer === 'expected') callOff();
      const headers = joined(incoming.rawHeaders);
      read(incoming, headers, options.max_body ?? default_max_body).then(
        (kept) => finish(incoming, headers, kept, true),
        fail,
      );
    });
    const switched = (incoming: IncomingMessage, socket: { destroy(): unknown }): void => {
      answered = true;
      socket.destroy();
      finish(incoming, joined(incoming.rawHeaders), { body: new Uint8Array(), truncated: false }, false);
    };
    outgoing.on('upgrade', switched);
    outgoing.on('connect', switched);

    try {
      callOff = write(outgoing, request, state.expectations);
    } catch (error) {
      settle(unsendable(error, false, way.reused), false);
    }
  });
}

function headSize({ path, headers }: WireRequest): number {
  return Object.entries(headers).reduce((sum, [name, value]) => sum + name.length + value.length + 4, path.length);
}

/** Throws when the path, a header or a certificate is not fit to be sent. */
function open(
  { isSecure, host, hostname, port }: Place,
  agent: HttpAgent,
  request: WireRequest,
  options: TransportOptions,
): ClientRequest {
  return (isSecure ? httpsRequest : httpRequest)({
    agent,
    protocol: isSecure ? 'https:' : 'http:',
    hostname,
    port,
    method: request.method,
    path: request.path,
    headers: framed(request, host),
    maxHeaderSize: max_header_size,
    // Behind a proxy the agent takes the authorities and certificates from here.
    ...(isSecure ? tlsOptions(options) : {}),
  });
}

/** Heeds HTTPS_PROXY and NO_PROXY for https origins; plain http goes to the target itself. */
function createAgent({ url, isSecure }: Place, options: TransportOptions): HttpAgent {
  const common = { keepAlive: true, maxSockets: 1, noDelay: true };
  if (!isSecure) return new HttpAgent(common);
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

function follow(socket: Socket, state: Connection, way: Way): void {
  way.socket = socket;
  way.reused = state.seen.has(socket);
  state.seen.add(socket);
  // A proxy's agent hands over a socket that is secured already.
  if (way.reused || !socket.connecting) {
    way.connected = true;
    way.secured = true;
    return;
  }
  socket.once('connect', () => {
    way.connected = true;
  });
  socket.once('secureConnect', () => {
    way.secured = true;
  });
}
