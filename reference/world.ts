import { createHash } from 'node:crypto';
import type { StateValues } from '../specs/configuration.ts';
import { type EditionName, edition } from '../specs/editions.ts';
import type { Field, State } from '../specs/requirement.ts';
import type { Pins } from '../specs/schemas.ts';
import type { Clock } from './clock.ts';
import type { SecretKey } from './signed-request.ts';

/** What the endpoint knows of one token. */
export interface Token {
  readonly project: string;
  readonly expired: boolean;
  readonly permitted: boolean;
}

export const tokens = {
  valid: 'Rf7-ValidToken-kQ2xLmVb83HsZtYw',
  expired: 'Rf7-ExpiredToken-pW4dNcXe61JuRoGa',
  readonly: 'Rf7-ReadOnlyToken-hT9sBvKy25MfEqLi',
  other: 'Rf7-OtherToken-zA3gUjDn70CwPxSo',
} as const;

/** What the identity service knows. */
export const account = { domain: 'acme', user: 'tester', password: 'Rf7-Password-uE5qWnJr', project: 'p1' } as const;

/** Access keys, a lasting one and a temporary one; both are good for everything in `p1`. */
export const accessKeys = {
  lasting: { id: 'RF7LASTINGKEY0000001', secret: 'Rf7-Secret-mB6yTzQc39KdXvHs' },
  temporary: {
    id: 'RF7TEMPORARYKEY00001',
    secret: 'Rf7-Secret-gN8wLpFa52VjEuRo',
    securityToken: 'Rf7-SecurityToken-xC1hMiSk64GbYtDz',
  },
} as const;

const mayAll: Token = { project: 'p1', expired: false, permitted: true };
const knownTokens: ReadonlyMap<string, Token> = new Map([
  [tokens.valid, mayAll],
  [tokens.expired, { project: 'p1', expired: true, permitted: true }],
  [tokens.readonly, { project: 'p1', expired: false, permitted: false }],
  [tokens.other, { project: 'p2', expired: false, permitted: true }],
]);

const ready = { project_id: 'p1', pool_id: 'pool-a', image_id: 'img-1' } as const;
/** Keys and desktops that there are; pinned in the editions that have fields for them. */
const pins: Pins = { kms_id: 'key-1', desktop_ids: ['desktop-1', 'desktop-2'] };

/** What each state adds to a ready pool; also the `states` of the configuration. */
export const stateValues: Readonly<Record<State, StateValues>> = {
  'pool is ready': ready,
  'pool is busy': { pool_id: 'pool-b' },
  'pool does not exist': { pool_id: 'pool-z' },
  'token is expired': { token: tokens.expired },
  'token lacks permission': { token: tokens.readonly },
  'token is for another project': { token: tokens.other },
  'image is billed': { image_id: 'img-9', order_id: 'CS123' },
  'service is failing': { pool_id: 'pool-f' },
};

/** The states that the rows of an edition need, with their values. */
export function statesOf(name: EditionName): Partial<Record<State, StateValues>> {
  const { requirements, fields } = edition(name);
  const own = Object.fromEntries(Object.entries(pins).filter(([field]) => fields.includes(field as Field)));
  const needed = Object.entries(stateValues).filter(([state]) => requirements.some(({ given }) => given === state));
  return { ...Object.fromEntries(needed), 'pool is ready': { ...ready, ...own } };
}

export interface World {
  readonly clock: Clock;
  readonly busyMs: number;
  findToken(value: string): Token | undefined;
  readonly tokenValues: readonly string[];
  /** A new token that may do everything in `p1`. */
  issueToken(): string;
  findKey(accessKey: string): SecretKey | undefined;
  /** What a signature with this key is good for. */
  readonly signer: Token;
  hasPool(project: string, pool: string): boolean;
  hasImage(image: string): boolean;
  isBilled(image: string): boolean;
  hasOrder(order: unknown): boolean;
  hasKey(key: unknown): boolean;
  hasDesktop(desktop: unknown): boolean;
  isFailing(pool: string): boolean;
  isBusy(pool: string): boolean;
  /** A rebuild begins: the pool is busy for that long. */
  occupy(pool: string, ms: number): void;
  nextJob(): string;
  /** Values for a state; undefined when there is no such state. */
  setUp(state: string): StateValues | undefined;
}

export interface WorldOptions {
  readonly clock: Clock;
  readonly seed: number;
  /** Milliseconds for which a rebuild keeps its pool. */
  readonly busyMs: number;
  /** Pools beside the usual ones. */
  readonly pools: readonly string[];
  readonly edition: EditionName;
}

/** Pools, images, tokens and jobs of one endpoint. */
export function createWorld({ clock, seed, busyMs, pools: more, edition: name }: WorldOptions): World {
  const states = statesOf(name);
  const pools = new Set(['pool-a', 'pool-b', 'pool-f', ...more]);
  const busyUntil = new Map<string, number>([['pool-b', Number.POSITIVE_INFINITY]]);
  const issued = new Set<string>();
  let jobs = 0;
  let handedOut = 0;
  let everOccupied = busyMs > 0;

  /** The same pool as long as none becomes busy, then a new one each time, so that nobody's rebuild is forgotten. */
  function freshPool(): string {
    if (!everOccupied) return ready.pool_id;
    handedOut += 1;
    const pool = `${ready.pool_id}-${handedOut}`;
    pools.add(pool);
    return pool;
  }

  return {
    clock,
    busyMs,
    findToken: (value) => knownTokens.get(value) ?? (issued.has(value) ? mayAll : undefined),
    get tokenValues() {
      return [...knownTokens.keys(), ...issued];
    },
    issueToken() {
      const token = `Rf7-Issued-${digest(`${seed}:token:${issued.size}`, 'base64url')}`;
      issued.add(token);
      return token;
    },
    findKey: (accessKey) => Object.values(accessKeys).find(({ id }) => id === accessKey),
    signer: mayAll,
    hasPool: (project, pool) => project === ready.project_id && pools.has(pool),
    hasImage: (image) => image === 'img-1' || image === 'img-9',
    isBilled: (image) => image === 'img-9',
    hasKey: (key) => key === pins.kms_id,
    hasDesktop: (desktop) => pins.desktop_ids?.some((id) => id === desktop) ?? false,
    hasOrder: (order) => order === stateValues['image is billed'].order_id,
    isFailing: (pool) => pool === 'pool-f',
    isBusy: (pool) => (busyUntil.get(pool) ?? 0) > clock.now(),
    occupy(pool, ms) {
      if (ms <= 0 || busyUntil.get(pool) === Number.POSITIVE_INFINITY) return;
      everOccupied = true;
      busyUntil.set(pool, clock.now() + ms);
    },
    nextJob() {
      jobs += 1;
      return uuid(`${seed}:${jobs}`);
    },
    setUp(state) {
      if (!Object.hasOwn(states, state)) return undefined;
      const own = state === 'pool is ready' ? {} : states[state as State];
      return { ...ready, ...states['pool is ready'], pool_id: own?.pool_id ?? freshPool(), ...own };
    },
  };
}

function digest(text: string, encoding: 'hex' | 'base64url'): string {
  return createHash('sha256').update(text).digest(encoding);
}

/** A version 4 UUID made from a text. */
function uuid(text: string): string {
  const hex = digest(text, 'hex');
  const variant = '89ab'[Number.parseInt(hex.charAt(16), 16) % 4];
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-${variant}${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}
