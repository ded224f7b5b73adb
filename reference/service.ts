import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import { defaultEdition, type EditionName, edition } from '../specs/editions.ts';
import { badRequest, json, notFound, reject } from './answers.ts';
import { type Connection, checkNames, checks, type Exchange } from './checks.ts';
import { type Clock, realClock } from './clock.ts';
import type { Fault, Hooks, Needs } from './fault.ts';
import { faults } from './faults.ts';
import { handleTokens, tokensPath } from './identity.ts';
import { createNuisance } from './nuisance.ts';
import { accessKeys, account, createWorld, statesOf, tokens, type World } from './world.ts';

/** A token, a pair of keys that sign, or a password for the identity service. */
export type AuthKind = 'token' | 'aksk' | 'iam';

export interface ServiceOptions {
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
  /** Default: that of this machine. */
  readonly clock?: Clock;
}

/** A whole request, as a server has read it. */
export interface Incoming extends Pick<IncomingMessage, 'headers' | 'headersDistinct' | 'rawHeaders'> {
  readonly method: string;
  /** Path and query, as sent. */
  readonly target: string;
  /** The body as it came; what is beyond `maxKept` bytes may be left out. */
  readonly pieces: readonly Uint8Array[];
  /** Bytes of the whole body. */
  readonly size: number;
  /** Of the whole body, in hexadecimal; of meaning only where the request is signed. */
  readonly bodyHash: string;
  readonly connection: Connection;
}

/** The endpoint but for its server. */
export interface Service {
  /** Never rejects; pending for ever where a fault gives no answer. */
  handle(incoming: Incoming): Promise<Response>;
  /** A whole conformance configuration that tests it at an address. */
  configuration(url: string): Record<string, unknown>;
}

const maxBody = 1024 * 1024;
/** More than this is not looked at, not even by a fault. */
export const maxKept = 16 * maxBody;
const operation = /^\/v2\/([^/]+)\/desktop-pools\/([^/]+)\/rebuild$/;

/** A correct operation, or one with a named fault, with its own pools and jobs. */
export function createService(options: ServiceOptions = {}): Service {
  const fault = findFault(options.fault);
  const { needs = {} } = fault ?? {};
  const { clock = realClock, seed = 1, latency = 0 } = options;
  const name = options.edition ?? needs.edition ?? defaultEdition;
  const hooks = fault?.hooks() ?? {};
  const world = createWorld({
    clock,
    seed,
    busyMs: options.busyMs ?? needs.busyMs ?? 0,
    pools: needs.pools ?? [],
    edition: name,
  });
  const nuisance = options.nuisance === true ? createNuisance(seed, clock) : undefined;
  const connections = new WeakSet<Connection>();

  const handle = async (incoming: Incoming): Promise<Response> => {
    const isFirst = !connections.has(incoming.connection);
    connections.add(incoming.connection);
    const body = (hooks.read ?? joined)(incoming.headers, incoming.pieces);
    const path = incoming.target.split('?', 1)[0] ?? '';
    if (path === '/_states') return handleState(world, incoming.method, body);
    if (path === tokensPath) return handleTokens(world, incoming.method, body);
    if (latency > 0) await clock.pause(latency);
    const disturbance = await nuisance?.before();
    if (disturbance !== undefined) return disturbance;
    const named = operation.exec(path);
    const exchange = createExchange(world, name, incoming, named, body, isFirst);
    const response = named === null ? (hooks.elsewhere?.(path, exchange) ?? notFound()) : await answer(exchange, hooks);
    return nuisance?.after(response) ?? response;
  };

  return {
    handle: (incoming) => handle(incoming).catch(() => reject(500, 'WKS.0009', 'An internal service error occurred.')),
    configuration: (url) => configurationFor(url, name, options.auth ?? needs.auth ?? 'token', needs),
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

/** `named`: project and pool, where the path is the operation's. */
function createExchange(
  world: World,
  name: EditionName,
  incoming: Incoming,
  named: readonly string[] | null,
  body: Uint8Array,
  isFirst: boolean,
): Exchange {
  const { method, target, headers, rawHeaders, headersDistinct, bodyHash, pieces, size, connection } = incoming;
  return {
    world,
    edition: name,
    method,
    headers,
    rawHeaders,
    tokens: headersDistinct['x-auth-token'] ?? [],
    signed: { method, target, headers: headersDistinct, bodyHash },
    body,
    pieces: pieces.length,
    tooLarge: size > maxBody,
    connection,
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
function handleState(world: World, method: string, body: Uint8Array): Response {
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

function joined(_: IncomingHttpHeaders, pieces: readonly Uint8Array[]): Uint8Array {
  return Buffer.concat(pieces);
}
