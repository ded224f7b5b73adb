import type { IncomingHttpHeaders } from 'node:http';
import { type EditionName, edition } from '../specs/editions.ts';
import { type Field, fields } from '../specs/requirement.ts';
import type { ValueSchema } from '../specs/value-schema.ts';
import { badRequest, reject } from './answers.ts';
import { type SignedRequest, verifySignature } from './signed-request.ts';
import type { Token, World } from './world.ts';

/** Whatever a request came by. */
export interface Connection {
  /** Hangs up, without another word. */
  destroy(): void;
}

/** One request on its way through the checks, which fill in what they learn. */
export interface Exchange {
  readonly world: World;
  /** The revision of the page that is served. */
  readonly edition: EditionName;
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
  readonly connection: Connection;
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
  | 'conditions'
  | 'pool'
  | 'image'
  | 'order'
  | 'key'
  | 'desktops'
  | 'failing'
  | 'busy';

const maxDepth = 100;
const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

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

/** A check of a field that is there, by what the schema of the edition says of it. A field that it lacks is not looked at. */
function fieldCheck(field: Field, holds: (value: unknown, schema: ValueSchema) => boolean): Check {
  return (exchange) => {
    const schema = edition(exchange.edition).request.properties[field];
    const value = fieldOf(exchange, field);
    return schema === undefined || value === undefined || holds(value, schema) ? undefined : badRequest();
  };
}

function hasType(value: unknown, { type, items }: ValueSchema): boolean {
  if (type === 'integer') return Number.isInteger(value);
  if (type !== 'array') return typeof value === type;
  return Array.isArray(value) && value.every((item) => items === undefined || hasType(item, items));
}

function isInRange(value: unknown, schema: ValueSchema): boolean {
  const { minLength = 0, maxLength = Number.POSITIVE_INFINITY, maxItems = Number.POSITIVE_INFINITY, items } = schema;
  const { minimum = Number.NEGATIVE_INFINITY, maximum = Number.POSITIVE_INFINITY, uniqueItems, enum: listed } = schema;
  if (listed !== undefined && !listed.includes(value)) return false;
  if (typeof value === 'string') return value.length >= minLength && value.length <= maxLength;
  if (typeof value === 'number') return value >= minimum && value <= maximum;
  if (!Array.isArray(value)) return true;
  const isTwice = uniqueItems === true && new Set(value).size < value.length;
  return value.length <= maxItems && !isTwice && value.every((item) => items === undefined || isInRange(item, items));
}

/** Whether a field is there, and not null, and as a condition says. */
function isAs(exchange: Exchange, field: string, wanted: Omit<Partial<ValueSchema>, 'type'> | undefined): boolean {
  const value = fieldOf(exchange, field as Field);
  if (value === undefined) return false;
  if (wanted?.const !== undefined && value !== wanted.const) return false;
  return isInRange(value, { type: 'string', ...wanted });
}

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

/** One check a field, in the order of the page. */
function byField<Kind extends 'type' | 'range'>(
  kind: Kind,
  holds: (value: unknown, schema: ValueSchema) => boolean,
): Readonly<Record<`${Kind} ${Field}`, Check>> {
  const entries = fields.map((field) => [`${kind} ${field}`, fieldCheck(field, holds)] as const);
  return Object.fromEntries(entries) as Record<`${Kind} ${Field}`, Check>;
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
  ...byField('type', hasType),
  ...byField('range', isInRange),
  conditions(x) {
    const { allOf = [] } = edition(x.edition).request;
    const isBroken = allOf.some(({ if: when, then }) => {
      const holds = Object.entries(when.properties ?? {}).every(([field, wanted]) => isAs(x, field, wanted));
      return holds && !(then.required ?? []).every((field) => isAs(x, field, then.properties?.[field]));
    });
    return isBroken ? badRequest() : undefined;
  },
  pool: (x) => (x.world.hasPool(x.project, x.pool) ? undefined : reject(404, 'WKS.0007', 'No such desktop pool.')),
  image(x) {
    const image = fieldOf(x, 'image_id');
    return typeof image === 'string' && !x.world.hasImage(image)
      ? reject(404, 'WKS.0008', 'No such image.')
      : undefined;
  },
  order(x) {
    if (!edition(x.edition).fields.includes('order_id')) return undefined;
    const image = fieldOf(x, 'image_id');
    const order = fieldOf(x, 'order_id') ?? '';
    if (typeof image !== 'string' || !x.world.isBilled(image)) return undefined;
    if (order === '') return badRequest();
    return x.world.hasOrder(order) ? undefined : reject(404, 'WKS.0013', 'No such order.');
  },
  key(x) {
    const key = fieldOf(x, 'kms_id');
    const isUsed = edition(x.edition).fields.includes('kms_id') && fieldOf(x, 'encrypt_type') === 'ENCRYPTED';
    return isUsed && !x.world.hasKey(key) ? reject(404, 'WKS.0016', 'No such key.') : undefined;
  },
  desktops(x) {
    const ids = fieldOf(x, 'desktop_ids');
    const isUsed = edition(x.edition).fields.includes('desktop_ids') && Array.isArray(ids);
    return isUsed && !ids.every((id) => x.world.hasDesktop(id))
      ? reject(404, 'WKS.0017', 'No such desktop.')
      : undefined;
  },
  failing: (x) =>
    x.world.isFailing(x.pool) ? reject(500, 'WKS.0009', 'An internal service error occurred.') : undefined,
  busy: (x) => (x.world.isBusy(x.pool) ? reject(409, 'WKS.0010', 'The desktop pool is being rebuilt.') : undefined),
};

export const checkNames = Object.keys(checks) as readonly CheckName[];
