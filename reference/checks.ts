import type { IncomingHttpHeaders } from 'node:http';
import type { Socket } from 'node:net';
import type { Field } from '../specs/requirement.ts';
import { reject } from './answers.ts';
import { type SignedRequest, verifySignature } from './signed-request.ts';
import type { Token, World } from './world.ts';

/** One request on its way through the checks, which fill in what they learn. */
export interface Exchange {
  readonly world: World;
  readonly method: string;
  readonly headers: IncomingHttpHeaders;
  /** Names and values by turns, as sent. */
  readonly rawHeaders: readonly string[];
  /** Every value of X-Auth-Token, as sent. */
  readonly tokens: readonly string[];
  /** What a signature in place of a token covers. */
  readonly signed: SignedRequest;
  readonly body: Uint8Array;
  /** In how many pieces the body came. */
  readonly pieces: number;
  readonly tooLarge: boolean;
  readonly connection: Socket;
  /** The first request of its connection. */
  readonly isFirst: boolean;
  readonly rawProject: string;
  readonly rawPool: string;
  project: string;
  pool: string;
  token: Token | undefined;
  text: string;
  value: unknown;
}

export type Maybe = Response | undefined | Promise<Response | undefined>;
/** An answer when the request is to be refused. */
export type Check = (exchange: Exchange) => Maybe;

export type CheckName =
  | 'method'
  | 'path'
  | 'credential'
  | 'project'
  | 'permission'
  | 'size'
  | 'encoding'
  | 'json'
  | 'depth'
  | 'object'
  | 'image_id'
  | `type ${Field}`
  | `range ${Field}`
  | 'pool'
  | 'image'
  | 'order'
  | 'failing'
  | 'busy';

const maxDepth = 100;
const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

export function badRequest(): Response {
  return reject(400, 'WKS.0001', 'The request is invalid.');
}

function unauthorised(): Response {
  return reject(401, 'WKS.0002', 'Authentication failed.');
}

function forbidden(): Response {
  return reject(403, 'WKS.0003', 'No permission for this operation.');
}

/** The body's own fields; none when it is no object. */
export function fieldsOf(exchange: Exchange): Readonly<Record<string, unknown>> {
  const { value } = exchange;
  return isObject(value) ? value : {};
}

/** A field of the body; `null` counts as absent. */
export function fieldOf(exchange: Exchange, field: Field): unknown {
  const body = fieldsOf(exchange);
  return Object.hasOwn(body, field) ? (body[field] ?? undefined) : undefined;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function typeCheck(field: Field, holds: (value: unknown) => boolean): Check {
  return (exchange) => {
    const value = fieldOf(exchange, field);
    return value === undefined || holds(value) ? undefined : badRequest();
  };
}

function lengthCheck(field: Field, min: number, max: number): Check {
  return (exchange) => {
    const value = fieldOf(exchange, field);
    return typeof value === 'string' && (value.length < min || value.length > max) ? badRequest() : undefined;
  };
}

const isString = (value: unknown): boolean => typeof value === 'string';

function isDeeper(root: unknown, limit: number): boolean {
  let level: unknown[] = [root];
  for (let depth = 0; level.length > 0; depth += 1) {
    if (depth > limit) return true;
    level = level.flatMap((value) =>
      typeof value === 'object' && value !== null
        ? Object.values(value).filter((v) => typeof v === 'object' && v !== null)
        : [],
    );
  }
  return false;
}

/** Runs something that throws on bad input. */
function attempt(action: () => void): Response | undefined {
  try {
    action();
    return undefined;
  } catch {
    return badRequest();
  }
}

function tokenOf({ tokens: [value], tokens, world }: Exchange): Token | undefined {
  return tokens.length === 1 && value !== undefined ? world.findToken(value) : undefined;
}

function signerOf({ signed, world }: Exchange): Token | undefined {
  return verifySignature(signed, world.findKey, Date.now()) === undefined ? undefined : world.signer;
}

/** All checks in the order in which they are made. */
export const checks: Readonly<Record<CheckName, Check>> = {
  method: ({ method }) =>
    method === 'POST' ? undefined : reject(405, 'WKS.0005', 'This method is not allowed.', { allow: 'POST' }),
  path: (x) =>
    attempt(() => {
      x.project = decodeURIComponent(x.rawProject);
      x.pool = decodeURIComponent(x.rawPool);
    }),
  credential(x) {
    const token = x.tokens.length === 0 ? signerOf(x) : tokenOf(x);
    if (token === undefined || token.expired) return unauthorised();
    x.token = token;
    return undefined;
  },
  project: ({ token, project }) => (token !== undefined && token.project !== project ? forbidden() : undefined),
  permission: ({ token }) => (token?.permitted === false ? forbidden() : undefined),
  size: ({ tooLarge }) => (tooLarge ? reject(413, 'WKS.0006', 'The body is too large.') : undefined),
  encoding: (x) =>
    attempt(() => {
      x.text = decoder.decode(x.body);
    }),
  json: (x) =>
    attempt(() => {
      x.value = JSON.parse(x.text);
    }),
  depth: ({ value }) => (isDeeper(value, maxDepth) ? badRequest() : undefined),
  object: ({ value }) => (isObject(value) ? undefined : badRequest()),
  image_id: (x) => (fieldOf(x, 'image_id') === undefined ? badRequest() : undefined),
  'type image_type': typeCheck('image_type', isString),
  'type image_id': typeCheck('image_id', isString),
  'type os_type': typeCheck('os_type', isString),
  'type delay_time': typeCheck('delay_time', Number.isInteger),
  'type message': typeCheck('message', isString),
  'type order_id': typeCheck('order_id', isString),
  'type is_fix': typeCheck('is_fix', (value) => typeof value === 'boolean'),
  'range image_type': lengthCheck('image_type', 0, 255),
  'range image_id': lengthCheck('image_id', 1, 255),
  'range os_type': lengthCheck('os_type', 0, 255),
  'range delay_time'(x) {
    const value = fieldOf(x, 'delay_time');
    return typeof value === 'number' && (value < 0 || value > 15) ? badRequest() : undefined;
  },
  'range message': lengthCheck('message', 0, 400),
  'range order_id': lengthCheck('order_id', 0, 255),
  'range is_fix': () => undefined,
  pool: (x) => (x.world.hasPool(x.project, x.pool) ? undefined : reject(404, 'WKS.0007', 'No such desktop pool.')),
  image(x) {
    const image = fieldOf(x, 'image_id');
    return typeof image === 'string' && !x.world.hasImage(image)
      ? reject(404, 'WKS.0008', 'No such image.')
      : undefined;
  },
  order(x) {
    const image = fieldOf(x, 'image_id');
    const order = fieldOf(x, 'order_id') ?? '';
    if (typeof image !== 'string' || !x.world.isBilled(image)) return undefined;
    if (order === '') return badRequest();
    return x.world.hasOrder(order) ? undefined : reject(404, 'WKS.0013', 'No such order.');
  },
  failing: (x) =>
    x.world.isFailing(x.pool) ? reject(500, 'WKS.0009', 'An internal service error occurred.') : undefined,
  busy: (x) => (x.world.isBusy(x.pool) ? reject(409, 'WKS.0010', 'The desktop pool is being rebuilt.') : undefined),
};

export const checkNames = Object.keys(checks) as readonly CheckName[];
