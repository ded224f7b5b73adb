import { createHash } from 'node:crypto';
import { METHODS, validateHeaderName, validateHeaderValue } from 'node:http';
import { invalid } from '../../reference/answers.ts';
import type { Connection } from '../../reference/checks.ts';
import { maxHead } from '../../reference/endpoint.ts';
import type { Incoming, Service } from '../../reference/service.ts';
import type { Answer, Silence } from '../../runner/decide/procedure.ts';
import type { Lane, TransportOptions, WireRequest } from '../../runner/wire/http.ts';
import { chunksOf, framed, halvesOf } from '../../runner/wire/outgoing.ts';
import { explain, silence, unsendable } from '../../runner/wire/silence.ts';
import { headersOf } from './incoming.ts';
import type { VirtualTime } from './virtual-time.ts';

/** Milliseconds that a request is on its way, and an answer. */
const onTheWay = 1;
/** Milliseconds between two pieces. */
const betweenPieces = 8;
/** Bytes that a server reads from a socket at once. */
const readAtOnce = 64 * 1024;
/** Bytes that are kept of an answer by default. */
const mostKept = 64 * 1024;

/** A connection that was opened, until somebody hangs up. */
interface Open extends Connection {
  isUsed: boolean;
  readonly gone: Promise<void>;
}

/**
 * Connections to the endpoint's service without sockets: what node:http does to a request on its way is done here, on
 * both sides, as far as the suite's requests show it.
 */
export function openInProcess(service: Service, time: VirtualTime, options: TransportOptions): Lane {
  let open: Open | undefined;
  let last: Promise<unknown> = Promise.resolve();
  const exchange = async (request: WireRequest, isFresh: boolean): Promise<Answer | Silence> => {
    if (isFresh || request.connection === 'fresh') open = undefined;
    const reused = open?.isUsed ?? false;
    const started = time.now();
    let incoming: Incoming;
    const connection = open ?? connect();
    try {
      incoming = received(request, connection);
    } catch (error) {
      return unsendable(error, false, reused);
    }
    open = connection;
    connection.isUsed = true;
    await time.pause(onTheWay + (request.transfer === 'pieces' ? betweenPieces : 0));
    const outcome = await Promise.race([
      answered(service, incoming),
      time.pause(options.timeout).then(() => 'timeout' as const),
      connection.gone.then(() => 'gone' as const),
    ]);
    if (outcome === 'timeout' || outcome === 'gone') open = undefined;
    if (outcome === 'timeout') return silence('timeout', `no whole answer came within ${options.timeout} ms`, reused);
    if (outcome === 'gone') {
      const error = Object.assign(new Error('socket hang up'), { code: 'ECONNRESET' });
      const size = request.body?.length ?? 0;
      const way = { connected: true, secured: true, reused, answered: false, size, head: headOf(incoming) };
      return explain(error, way);
    }
    await time.pause(onTheWay);
    const { status, headers, body } = outcome;
    const { max_body = mostKept } = options;
    const isClosing = request.connection === 'closing' || headers['connection'] === 'close';
    if (isClosing || body.length > max_body) open = undefined;
    const truncated = body.length > max_body;
    return { status, headers, body: body.subarray(0, max_body), truncated, duration_ms: time.now() - started };
  };
  return {
    send(request, { fresh = false } = {}) {
      const next = last.then(() => exchange(request, fresh));
      last = next;
      return next;
    },
    close() {
      open = undefined;
      return Promise.resolve();
    },
  };
}

function connect(): Open {
  let destroy = (): void => undefined;
  const gone = new Promise<void>((resolve) => {
    destroy = resolve;
  });
  return { isUsed: false, gone, destroy };
}

/** The request as a server of Node hands it over. Throws what a client of Node throws for one that cannot be sent. */
function received(request: WireRequest, connection: Connection): Incoming {
  const { method, path: target, origin, body, transfer } = request;
  if (/[^\u0021-\u00ff]/.test(target))
    throw Object.assign(new TypeError('Request path contains unescaped characters'), {
      code: 'ERR_UNESCAPED_CHARACTERS',
    });
  const lines = Object.entries(framed(request, new URL(origin).host)).flatMap(([name, values]) =>
    [values].flat().map((value) => {
      validateHeaderName(name);
      validateHeaderValue(name, value);
      return [name, value.replace(/^[ \t]+|[ \t]+$/g, '')] as const;
    }),
  );
  const pieces = body === undefined || body.length === 0 ? [] : piecesOf(body, transfer);
  const head = headersOf(lines.flat());
  const bodyHash =
    'authorization' in head.headers
      ? createHash('sha256')
          .update(body ?? new Uint8Array())
          .digest('hex')
      : '';
  const size = body?.length ?? 0;
  return { method, target, ...head, pieces, size, bodyHash, connection };
}

function piecesOf(body: Uint8Array, transfer: WireRequest['transfer']): readonly Uint8Array[] {
  if (transfer === 'chunked') return chunksOf(body);
  const written = transfer === 'pieces' ? halvesOf(body) : [body];
  return written.flatMap((part) =>
    Array.from({ length: Math.ceil(part.length / readAtOnce) }, (_, i) =>
      part.subarray(i * readAtOnce, (i + 1) * readAtOnce),
    ),
  );
}

function headOf({ method, target, rawHeaders }: Incoming): number {
  return rawHeaders.reduce(
    (sum, text) => sum + text.length + 2,
    method.length + target.length + ' HTTP/1.1\r\n'.length,
  );
}

type Whole = Pick<Answer, 'status' | 'headers' | 'body'>;

/** What the server says: itself, where it does not take the request for one, or by the service. */
async function answered(service: Service, incoming: Incoming): Promise<Whole> {
  const { method, headers } = incoming;
  if (!METHODS.includes(method)) return raw(400);
  if (headOf(incoming) > maxHead) return raw(431);
  // What follows the head of such an answer is no body, but what comes through the tunnel.
  if (method === 'CONNECT') return { ...raw(405), body: new Uint8Array() };
  if (headers.host === undefined) return raw(400);
  const response = await service.handle(incoming);
  const body = new Uint8Array(await response.arrayBuffer());
  const own = Object.fromEntries(response.headers);
  const length = 'transfer-encoding' in own ? {} : { 'content-length': String(body.length) };
  const kept = method === 'HEAD' ? new Uint8Array() : body;
  return { status: response.status, headers: { ...own, ...length, date: new Date().toUTCString() }, body: kept };
}

/** An answer to what is no HTTP request, in the documented shape. */
function raw(status: number): Whole {
  const body = new TextEncoder().encode(JSON.stringify(invalid));
  const headers = { 'content-type': 'application/json', 'content-length': String(body.length), connection: 'close' };
  return { status, headers, body };
}
