import { createHash } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { getRequestListener, type HttpBindings } from '@hono/node-server';
import { Hono } from 'hono';
import { badRequest, invalid } from './answers.ts';
import { createService, type Incoming, maxKept, type ServiceOptions } from './service.ts';
import { welcome } from './welcome.ts';

export interface ReferenceOptions extends ServiceOptions {
  /** A free one when absent. */
  readonly port?: number;
  /** Told of each answer when its last byte is out. */
  readonly onAnswer?: (answered: Answered) => void;
}

/** A request and what came of it. */
export interface Answered {
  readonly method: string;
  readonly path: string;
  readonly status: number;
  /** Milliseconds from the head of the request to the end of the answer. */
  readonly duration: number;
}

export interface Reference {
  readonly url: string;
  /** A whole conformance configuration that tests this endpoint. */
  readonly configuration: Record<string, unknown>;
  close(): Promise<void>;
}

/** Bytes of a head. */
export const maxHead = 128 * 1024;
/** More than this is not even read to its end. */
const maxDrained = 4 * maxKept;

/** Starts a correct endpoint on loopback, or one with a named fault. */
export async function startReference(options: ReferenceOptions = {}): Promise<Reference> {
  const service = createService(options);
  const app = new Hono<{ Bindings: HttpBindings }>();
  app.onError(() => badRequest());
  app.all('*', async (c) => {
    const { incoming } = c.env;
    const { method = '', url: target = '', headers, headersDistinct, rawHeaders, socket } = incoming;
    const received = await readBody(incoming);
    if (target.split('?', 1)[0] === '/' && method === 'GET')
      return new Response(welcome(`http://127.0.0.1:${socket.localPort}`));
    return service.handle({ method, target, headers, headersDistinct, rawHeaders, ...received, connection: socket });
  });
  const listener = getRequestListener(app.fetch, {
    overrideGlobalObjects: false,
    errorHandler: () => badRequest(),
  });
  const server = createServer({ maxHeaderSize: maxHead, keepAliveTimeout: 60_000 }, (incoming, outgoing) => {
    incoming.on('error', ignore);
    outgoing.on('error', ignore);
    if (options.onAnswer !== undefined) watch(incoming, outgoing, options.onAnswer);
    listener(incoming, outgoing).catch(() => outgoing.destroy());
  });
  server.on('connection', (socket) => socket.on('error', ignore));
  server.on('clientError', (error: NodeJS.ErrnoException, socket) => {
    if (error.code === 'HPE_HEADER_OVERFLOW') endRaw(socket, '431 Request Header Fields Too Large');
    else endRaw(socket, '400 Bad Request');
  });
  server.on('connect', (_request, socket) => endRaw(socket, '405 Method Not Allowed'));
  await listen(server, options.port ?? 0);
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    url,
    configuration: service.configuration(url),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

/** Reads to the end, so that the connection can be used again, but keeps no more than the limit. */
export function readBody(incoming: IncomingMessage): Promise<Pick<Incoming, 'pieces' | 'size' | 'bodyHash'>> {
  const pieces: Buffer[] = [];
  // Only a signature rests on it.
  const hash = 'authorization' in incoming.headers ? createHash('sha256') : undefined;
  let size = 0;
  return new Promise((resolve, rejectReading) => {
    // By events: whoever iterates over a request gets as one piece what was read in one go.
    incoming.on('data', (piece: Buffer) => {
      size += piece.length;
      hash?.update(piece);
      if (size <= maxKept) pieces.push(piece);
      if (size > maxDrained) incoming.destroy(new Error('The body is far too large.'));
    });
    incoming.once('end', () => resolve({ pieces, size, bodyHash: hash?.digest('hex') ?? '' }));
    incoming.once('error', rejectReading);
    incoming.once('close', () => rejectReading(new Error('The request broke off.')));
  });
}

function watch(
  { method = '', url = '' }: IncomingMessage,
  outgoing: ServerResponse,
  tell: (answered: Answered) => void,
) {
  const start = performance.now();
  outgoing.once('finish', () => {
    tell({ method, path: url, status: outgoing.statusCode, duration: performance.now() - start });
  });
}

/** An answer to what is no HTTP request, in the documented shape. */
function endRaw(socket: Duplex | Socket, status: string): void {
  socket.on('error', ignore);
  if (!socket.writable) {
    socket.destroy();
    return;
  }
  const body = JSON.stringify(invalid);
  socket.end(
    `HTTP/1.1 ${status}\r\ncontent-type: application/json\r\ncontent-length: ${body.length}\r\nconnection: close\r\n\r\n${body}`,
  );
}

function listen(server: Server, port: number): Promise<void> {
  return new Promise((resolve, rejectListening) => {
    server.once('error', rejectListening);
    server.listen(port, '127.0.0.1', () => {
      server.off('error', rejectListening);
      server.on('error', ignore);
      resolve();
    });
  });
}

function ignore(): void {}
