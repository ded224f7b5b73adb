import { createHash } from 'node:crypto';
import {
  createServer,
  type IncomingHttpHeaders,
  type IncomingMessage,
  type Server,
  type ServerResponse,
} from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { getRequestListener, type HttpBindings } from '@hono/node-server';
import { Hono } from 'hono';
import { defaultEdition, type EditionName, edition } from '../specs/editions.ts';
import { json, notFound, reject } from './answers.ts';
import { badRequest, checkNames, checks, type Exchange } from './checks.ts';
import type { Fault, Hooks, Needs } from './fault.ts';
import { faults } from './faults.ts';
import { handleTokens, tokensPath } from './identity.ts';
import { createNuisance } from './nuisance.ts';
import { welcome } from './welcome.ts';
import { accessKeys, account, createWorld, statesOf, tokens, type World } from './world.ts';

/** A token, a pair of keys that sign, or a password for the identity service. */
export type AuthKind = 'token' | 'aksk' | 'iam';

export interface ReferenceOptions {
  /** A free one when absent. */
  readonly port?: number;
  /** A fault, or the id of one in `faults`. What it needs goes for what is not given here. */
  readonly fault?: string | Fault;
  readonly seed?: number;
  /** How long a pool stays busy after an accepted rebuild. */
  readonly busyMs?: number;
  /** Harmless disturbances, which a correct run rides out. */
  readonly nuisance?: boolean;
  /** Which credentials the configuration uses; all kinds are accepted. */
  readonly auth?: AuthKind;
  /** The revision of the page that is served. */
  readonly edition?: EditionName;
  /** Milliseconds by which each answer is late. */
  readonly latency?: number;
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

const maxBody = 1024 * 1024;
/** More than this is not looked at, not even by a fault. */
const maxKept = 16 * maxBody;
/** More than this is not even read to its end. */
const maxDrained = 64 * maxBody;
const operation = /^\/v2\/([^/]+)\/desktop-pools\/([^/]+)\/rebuild$/;

/** Starts a correct endpoint on loopback, or one with a named fault. */
export async function startReference(options: ReferenceOptions = {}): Promise<Reference> {
  const fault = findFault(options.fault);
  const { needs = {} } = fault ?? {};
  const name = options.edition ?? needs.edition ?? defaultEdition;
  const hooks = fault?.hooks() ?? {};
  const world = createWorld(options.seed ?? 1, options.busyMs ?? needs.busyMs ?? 0, needs.pools, name);
  const nuisance = options.nuisance === true ? createNuisance(options.seed ?? 1) : undefined;
  const app = createApp(world, name, hooks, nuisance, options.latency ?? 0);
  const listener = getRequestListener(app.fetch, {
    overrideGlobalObjects: false,
    errorHandler: () => badRequest(),
  });
  const server = createServer({ maxHeaderSize: 128 * 1024, keepAliveTimeout: 60_000 }, (incoming, outgoing) => {
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
    configuration: configurationFor(url, name, options.auth ?? needs.auth ?? 'token', needs),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function configurationFor(
  url: string,
  name: EditionName,
  auth: AuthKind,
  { pools, pins, limits }: Needs,
): Record<string, unknown> {
  const states = structuredClone(statesOf(name));
  const ready = { ...states['pool is ready'], ...pins };
  return {
    ...(name === defaultEdition ? {} : { edition: name }),
    target: { url, name: 'Reference endpoint' },
    auth: credentials(auth, url),
    ...(pools === undefined
      ? { states: { ...states, 'pool is ready': ready }, state_handler: `${url}/_states` }
      : { states: { ...states, 'pool is ready': { ...ready, pool_id: pools } } }),
    ...(limits === undefined ? {} : { limits }),
  };
}

function credentials(kind: AuthKind, url: string): Record<string, unknown> {
  switch (kind) {
    case 'token':
      return { token: tokens.valid };
    case 'aksk':
      return { access_key: accessKeys.lasting.id, secret_key: accessKeys.lasting.secret };
    case 'iam':
      return { iam: { url, ...account } };
  }
}

function findFault(fault: string | Fault | undefined): Fault | undefined {
  if (typeof fault !== 'string') return fault;
  const found = faults.find(({ id }) => id === fault);
  if (found === undefined) throw new Error(`There is no fault called ${JSON.stringify(fault)}.`);
  return found;
}

function createApp(
  world: World,
  name: EditionName,
  hooks: Hooks,
  nuisance: ReturnType<typeof createNuisance> | undefined,
  latency: number,
): Hono<{ Bindings: HttpBindings }> {
  const app = new Hono<{ Bindings: HttpBindings }>();
  const connections = new WeakSet<Socket>();
  app.onError(() => reject(500, 'WKS.0009', 'An internal service error occurred.'));
  app.all('*', async (c) => {
    const { incoming } = c.env;
    const isFirst = !connections.has(incoming.socket);
    connections.add(incoming.socket);
    const received = await readBody(incoming, hooks.read);
    const path = (incoming.url ?? '').split('?', 1)[0] ?? '';
    if (path === '/_states') return handleState(world, incoming.method, received.body);
    if (path === tokensPath) return handleTokens(world, incoming.method, received.body);
    if (path === '/' && incoming.method === 'GET')
      return new Response(welcome(`http://127.0.0.1:${incoming.socket.localPort}`));
    if (latency > 0) await sleep(latency);
    const disturbance = await nuisance?.before();
    if (disturbance !== undefined) return disturbance;
    const named = operation.exec(path);
    const exchange = createExchange(world, name, incoming, named, received, isFirst);
    const response = named === null ? (hooks.elsewhere?.(path, exchange) ?? notFound()) : await answer(exchange, hooks);
    return nuisance?.after(response) ?? response;
  });
  return app;
}

/** `named`: project and pool, where the path is the operation's. */
function createExchange(
  world: World,
  name: EditionName,
  incoming: IncomingMessage,
  named: readonly string[] | null,
  { body, pieces, bodyHash, tooLarge }: Received,
  isFirst: boolean,
): Exchange {
  const { method = '', headersDistinct } = incoming;
  return {
    world,
    edition: name,
    method,
    headers: incoming.headers,
    rawHeaders: incoming.rawHeaders,
    tokens: headersDistinct['x-auth-token'] ?? [],
    signed: { method, target: incoming.url ?? '', headers: headersDistinct, bodyHash },
    body,
    pieces,
    tooLarge,
    connection: incoming.socket,
    isFirst,
    rawProject: named?.[1] ?? '',
    rawPool: named?.[2] ?? '',
    project: '',
    pool: '',
    token: undefined,
    text: '',
    value: undefined,
  };
}

async function answer(exchange: Exchange, hooks: Hooks): Promise<Response> {
  const response = (await hooks.before?.(exchange)) ?? (await check(exchange, hooks)) ?? accept(exchange);
  return hooks.after === undefined ? response : hooks.after(response, exchange);
}

async function check(exchange: Exchange, hooks: Hooks): Promise<Response | undefined> {
  for (const name of checkNames) {
    const correct = checks[name];
    const override = hooks.checks?.[name];
    const response = await (override === undefined ? correct(exchange) : override(exchange, correct));
    if (response !== undefined) return response;
  }
  return undefined;
}

function accept({ world, pool, edition: name }: Exchange): Response {
  world.occupy(pool, world.busyMs);
  const { job_id: _, ...others } = edition(name).response.properties;
  const documented = Object.entries(others).map(([field, { examples = [] }]) => [field, examples[0]]);
  return json({ job_id: world.nextJob(), ...Object.fromEntries(documented) });
}

/** Provider states in Pact's protocol. */
function handleState(world: World, method: string | undefined, body: Uint8Array): Response {
  if (method !== 'POST') return reject(405, 'WKS.0005', 'This method is not allowed.', { allow: 'POST' });
  try {
    const asked: unknown = JSON.parse(new TextDecoder().decode(body));
    if (typeof asked !== 'object' || asked === null || !('state' in asked) || typeof asked.state !== 'string')
      return badRequest();
    const values = world.setUp(asked.state);
    return values === undefined ? notFound() : json(values);
  } catch {
    return badRequest();
  }
}

interface Received {
  readonly body: Uint8Array;
  readonly pieces: number;
  /** Of all that came, in hexadecimal, where a signature came with it. */
  readonly bodyHash: string;
  readonly tooLarge: boolean;
}

/** Reads to the end, so that the connection can be used again, but keeps no more than the limit. */
function readBody(incoming: IncomingMessage, read: Hooks['read'] = joined): Promise<Received> {
  const chunks: Buffer[] = [];
  // Only a signature rests on it.
  const hash = 'authorization' in incoming.headers ? createHash('sha256') : undefined;
  let size = 0;
  return new Promise((resolve, rejectReading) => {
    const finish = (): void => {
      const body = read(incoming.headers, chunks);
      resolve({ body, pieces: chunks.length, bodyHash: hash?.digest('hex') ?? '', tooLarge: size > maxBody });
    };
    // By events: whoever iterates over a request gets as one piece what was read in one go.
    incoming.on('data', (chunk: Buffer) => {
      size += chunk.length;
      hash?.update(chunk);
      if (size <= maxKept) chunks.push(chunk);
      if (size > maxDrained) incoming.destroy(new Error('The body is far too large.'));
    });
    incoming.once('end', finish);
    incoming.once('error', rejectReading);
    incoming.once('close', () => rejectReading(new Error('The request broke off.')));
  });
}

function joined(_: IncomingHttpHeaders, pieces: readonly Uint8Array[]): Uint8Array {
  return Buffer.concat(pieces);
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
  const body = JSON.stringify({ error_code: 'WKS.0001', error_msg: 'The request is invalid.' });
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
