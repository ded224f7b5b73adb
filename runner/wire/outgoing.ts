import type { ClientRequest } from 'node:http';
import type { Expectations, WireRequest } from './http.ts';

/** Bytes of a chunk: no multiple of three, so that characters are cut. */
const smallest_chunk = 16;
const most_chunks = 64;
/** Milliseconds, long enough for the first piece to be read alone. */
const pause_between_pieces = 8;
/** Milliseconds for which a 100 is waited for, and from a target that has let expectations pass. */
const patience = 150;
const short_patience = 5;
const expectations_missed = 2;

/** Methods whose requests need not say that they have no body. */
const bodiless = new Set(['GET', 'HEAD', 'DELETE', 'OPTIONS', 'TRACE', 'CONNECT']);

const cases: Readonly<Record<NonNullable<WireRequest['headerCase']>, (name: string) => string>> = {
  usual: (name) => name,
  lower: (name) => name.toLowerCase(),
  upper: (name) => name.toUpperCase(),
};

/** Every header that goes out, so that node:http adds none of its own; `host` is that of the origin. */
export function framed(request: WireRequest, host: string): Record<string, string | string[]> {
  const { method, body, transfer, connection, unframed = false } = request;
  const isChunked = body !== undefined && transfer === 'chunked';
  const given = Object.entries(request.headers).filter(
    ([name]) => !isChunked || !/^(content-length|transfer-encoding)$/i.test(name),
  );
  const has = (wanted: string): boolean => given.some(([name]) => name.toLowerCase() === wanted);
  const all: (readonly [string, string])[] = has('host') ? [...given] : [['Host', host], ...given];
  const isFramed = has('content-length') || has('transfer-encoding');
  if (isChunked) all.push(['Transfer-Encoding', 'chunked']);
  else if (body !== undefined && !isFramed) all.push(['Content-Length', String(body.length)]);
  else if (body === undefined && !isFramed && !unframed && !bodiless.has(method)) all.push(['Content-Length', '0']);
  if (expects(request) && !has('expect')) all.push(['Expect', '100-continue']);
  if (!has('connection')) all.push(['Connection', connection === 'closing' ? 'close' : 'keep-alive']);
  const written = cases[request.headerCase ?? 'usual'];
  return Object.fromEntries(
    all.map(([name, value]) => [written(name), value.includes('\n') ? value.split('\n') : value]),
  );
}

function expects({ body, transfer }: WireRequest): boolean {
  return body !== undefined && transfer === 'expected';
}

/** Sends the body, now or bit by bit. The result calls off what has not been sent yet. */
export function write(outgoing: ClientRequest, request: WireRequest, expectations: Expectations): () => void {
  const { body, transfer, unframed } = request;
  if (body === undefined) {
    if (unframed) {
      outgoing.removeHeader('content-length');
      outgoing.removeHeader('transfer-encoding');
    }
    outgoing.end();
    return () => undefined;
  }
  switch (transfer) {
    case 'chunked':
      for (const chunk of chunksOf(body)) outgoing.write(chunk);
      outgoing.end();
      return () => undefined;
    case 'pieces':
      return writeInPieces(outgoing, body);
    case 'expected':
      return writeWhenAsked(outgoing, body, expectations);
    default:
      outgoing.end(body);
      return () => undefined;
  }
}

/** What is written one by one of a body that goes out in chunks. */
export function chunksOf(body: Uint8Array): readonly Uint8Array[] {
  const size = Math.max(smallest_chunk, Math.ceil(body.length / most_chunks));
  return Array.from({ length: Math.ceil(body.length / size) }, (_, i) => body.subarray(i * size, (i + 1) * size));
}

/** What is written of a body that goes out in two pieces. */
export function halvesOf(body: Uint8Array): readonly [Uint8Array, Uint8Array] {
  const at = middle(body);
  return [body.subarray(0, at), body.subarray(at)];
}

/** The pause begins when the first piece is out, however long the connection took. */
function writeInPieces(outgoing: ClientRequest, body: Uint8Array): () => void {
  const [first, second] = halvesOf(body);
  let isOver = false;
  let timer: NodeJS.Timeout | undefined;
  const end = (): void => {
    if (!isOver) outgoing.end(second);
  };
  outgoing.write(first, () => {
    if (isOver) return;
    // A timer that comes late must not overtake a target of this very process, which has the first piece still to read.
    timer = setTimeout(() => setImmediate(() => setImmediate(end)), pause_between_pieces);
  });
  return () => {
    isOver = true;
    clearTimeout(timer);
  };
}

/** Inside the last character of several bytes, if there is one. */
function middle(body: Uint8Array): number {
  let inside = body.length - 1;
  while (inside > 0 && (body[inside] ?? 0) < 0x80) inside -= 1;
  return inside > 0 ? inside : Math.floor(body.length / 2);
}

/** Waits for a 100, but not for long. An answer that comes before is to call off the body. */
function writeWhenAsked(outgoing: ClientRequest, body: Uint8Array, expectations: Expectations): () => void {
  let isOver = false;
  const stop = (): void => {
    isOver = true;
    clearTimeout(timer);
  };
  const go = (): void => {
    if (isOver) return;
    stop();
    outgoing.end(body);
  };
  const timer = setTimeout(
    () => {
      expectations.missed += 1;
      go();
    },
    expectations.missed >= expectations_missed ? short_patience : patience,
  );
  outgoing.on('continue', () => {
    expectations.missed = 0;
    go();
  });
  return stop;
}
