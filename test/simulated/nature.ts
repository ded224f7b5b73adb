/** What is asked of a request, in an order that every target chooses for itself. */
export type Check = 'credential' | 'body' | 'pool' | 'image' | 'conflict';

/** What a request comes to; times in milliseconds of the simulation. */
export type Reply =
  | { readonly status: number; readonly body?: unknown; readonly headers?: Readonly<Record<string, string>> }
  /** The connection is reset; `acts`: only once the request was carried out. */
  | { readonly silence: 'reset'; readonly acts?: boolean }
  /** Nothing ever comes. */
  | { readonly silence: 'never' }
  /** The process dies of it, and its supervisor has another one up after that time. */
  | { readonly crash: number };

/** How a simulated target behaves; what stands in `conforming` is allowed by the page, and so is every mixture of it. */
export interface Nature {
  /** Decides whatever is left to chance. */
  readonly seed: number;
  /** The pools that the configuration names. */
  readonly pools: readonly string[];
  /** Whether a state handler gives a fresh pool when asked. */
  readonly handler: boolean;
  /** Whether it gives the first pool in place of a fresh one, once that is ready. */
  readonly handlerWaits: boolean;
  /** Whether it gives the named pools in turn in place of fresh ones, ready or not. */
  readonly handlerTurns: boolean;
  /** How long a pool is busy after its n-th acceptance: always as long, up to so long by chance, or only each n-th time. */
  readonly busy:
    | { readonly ms: number; readonly how: 'always' | 'by chance' }
    | { readonly ms: number; readonly each: number };
  /** How long after an acceptance the pool begins to be busy. */
  readonly busyAfter: number;
  /** An answer takes from `least` to `most`. */
  readonly latency: { readonly least: number; readonly most: number };
  readonly order: readonly Check[];
  /** So many requests a second, and what is said to the others. */
  readonly throttle: { readonly perSecond: number; readonly retryAfter: boolean } | undefined;
  /** Each so many requests one is answered thus, whatever it is; it starts nothing. */
  readonly disturbed: readonly {
    readonly each: number;
    readonly status: 429 | 502 | 503 | 504;
    readonly retryAfter: boolean;
  }[];
  /** What becomes of a connection: kept, closed with each n-th answer, reset when used again, or when idle for so long. */
  readonly connections:
    | { readonly are: 'kept' }
    | { readonly are: 'closed'; readonly each: number }
    | { readonly are: 'reset when used again' }
    | { readonly are: 'reset when idle'; readonly ms: number };
  /** Each so many requests one is carried out, or not, and its connection reset. */
  readonly lost: { readonly each: number; readonly acts: boolean } | undefined;
  /** When the target goes away, and for how long; whether it still knows afterwards which pools are busy. */
  readonly restarts: readonly { readonly at: number; readonly ms: number; readonly forgets: boolean }[];
  /** What the page leaves open. */
  readonly tolerates: {
    readonly nulls: boolean;
    readonly mark: boolean;
    readonly unknownFields: boolean;
    readonly otherMediaTypes: boolean;
    readonly slashes: boolean;
    readonly queries: boolean;
    readonly twoTokens: boolean;
  };
  readonly unknownImage: 400 | 404;
  readonly otherProject: 401 | 403 | 404;
  readonly otherMethod: 404 | 405 | 501;
  readonly busyWithInvalidBody: 'as ordered' | 409;
  /** Job ids are UUIDs, or numbers in a string. */
  readonly jobs: 'uuid' | 'number';
  /** Members beside those of the page, in every answer. */
  readonly extra: boolean;
  readonly errors: { readonly code: string; readonly terse: boolean };
  /** Whether the handler or the configuration can bring a service that fails. */
  readonly failing: boolean;
  /** What is not allowed, for tests of what must be found; asked before everything else, with the number of the request. */
  readonly fault?: (asked: Asked) => Reply | undefined;
}

/** A request as a target reads it. */
export interface Asked {
  readonly n: number;
  readonly at: number;
  readonly method: string;
  readonly path: string;
  readonly tokens: readonly string[];
  readonly mediaType: string;
  /** Bytes of the body. */
  readonly size: number;
  /** The body as JSON; undefined: it is none. */
  readonly value: unknown;
  /** Makes a pool busy, from then on. */
  readonly occupy: (pool: string, ms: number, from?: number) => void;
  /** What a correct target says, without its whims. */
  readonly rightly: () => Reply;
}

/** As plain as can be: never busy, always there, at once. */
export const plainNature: Nature = {
  seed: 1,
  pools: ['pool-a'],
  handler: false,
  handlerWaits: false,
  handlerTurns: false,
  busy: { ms: 0, how: 'always' },
  busyAfter: 0,
  latency: { least: 2, most: 2 },
  order: ['credential', 'body', 'pool', 'image', 'conflict'],
  throttle: undefined,
  disturbed: [],
  connections: { are: 'kept' },
  lost: undefined,
  restarts: [],
  tolerates: {
    nulls: true,
    mark: false,
    unknownFields: true,
    otherMediaTypes: true,
    slashes: false,
    queries: true,
    twoTokens: false,
  },
  unknownImage: 404,
  otherProject: 403,
  otherMethod: 405,
  busyWithInvalidBody: 'as ordered',
  jobs: 'uuid',
  extra: false,
  errors: { code: 'SIM.0001', terse: false },
  failing: true,
};
