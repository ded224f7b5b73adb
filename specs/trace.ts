import type { Configuration } from './configuration.ts';
import type { State } from './requirement.ts';

/** Version of the format that this suite writes. Readers refuse newer ones. */
export const traceVersion = 1;

/**
 * A trace is NDJSON: `run` first, then what was asked and what came of it, in the order of the run, and `ended` last.
 * All that can be a secret was redacted before. Times are milliseconds since the run began.
 */
export type TraceLine = RunLine | AskedLine | ExchangeLine | ToldLine | ThrewLine | ResumedLine | EndedLine;

/** The configuration without secrets, certificates and keys. */
export type Settings = Pick<Configuration, 'pools' | 'allow_rebuild' | 'limits' | 'waivers'> & {
  readonly target: Pick<Configuration['target'], 'url' | 'name' | 'version' | 'vendor'>;
  readonly auth: 'none' | 'token' | 'aksk' | 'iam';
  readonly has_handler: boolean;
  /** Fields that the owner pinned. */
  readonly pins: readonly string[];
  /** Of the state `pool is ready`, where the configuration names it. */
  readonly project_id?: string;
};

/** All that decides what a run sends and how it is judged, but for what the target answers. */
export interface RunLine {
  readonly line: 'run';
  readonly trace: number;
  readonly suite: { readonly name: string; readonly version: string; readonly edition: string };
  /** SHA-256 of the ids and levels of all requirements, in hexadecimal. */
  readonly set: string;
  readonly node: string;
  readonly seed: number;
  readonly runs: number;
  readonly strict: boolean;
  readonly only: readonly string[];
  readonly shard?: { readonly index: number; readonly total: number };
  readonly command?: string;
  readonly started_at: string;
  readonly settings: Settings;
}

/** A command, before it is carried out. */
export interface AskedLine {
  readonly line: 'asked';
  /** Counted from one. */
  readonly step: number;
  readonly do: 'send' | 'wait' | 'provide';
  /** `send`: the ids of the requests, those of one train one after the other, the trains side by side. */
  readonly trains?: readonly (readonly number[])[];
  /** `send`: a digest of the requests. */
  readonly digest?: string;
  /** `wait`: milliseconds. */
  readonly ms?: number;
  readonly why?: string;
  /** `provide`: the state. */
  readonly state?: State;
}

/** What came of one request. */
export interface ExchangeLine {
  readonly line: 'exchange';
  /** Counted from one over the trace. */
  readonly n: number;
  /** Of the request, which may be sent more than once. */
  readonly id: number;
  /** In words, for people. */
  readonly what: string;
  readonly given: string;
  readonly started: number;
  readonly ended: number;
  readonly came: Came | Repeated;
}

/** The same answer as to an earlier exchange, but for what is told here. */
export interface Repeated {
  /** `n` of that exchange. */
  readonly like: number;
  readonly date?: string;
  readonly duration_ms: number;
}

/** How the credential is shown, and what came. */
export interface Came {
  readonly credential: Readonly<Record<string, string>>;
  /** Words of a shell for those of them that are not shown in full. */
  readonly in_shell?: Readonly<Record<string, string>>;
  readonly answer?: {
    readonly status: number;
    readonly headers: Readonly<Record<string, string>>;
    /** As text where it is UTF-8, else as Base64. */
    readonly text?: string;
    readonly base64?: string;
    readonly truncated?: true;
    readonly duration_ms: number;
    readonly echo?: string;
  };
  readonly silence?: {
    readonly silence: string;
    readonly reason: string;
    readonly reused: boolean;
    readonly whileSending: boolean;
  };
  readonly unsent?: string;
}

/** The end of a command. */
export interface ToldLine {
  readonly line: 'told';
  readonly step: number;
  readonly now: number;
  /** Requests, rebuilds and retries so far. */
  readonly counted: readonly [requests: number, rebuilds: number, retries: number];
  readonly provided?: unknown;
}

/** A command failed for another reason than the target. */
export interface ThrewLine {
  readonly line: 'threw';
  readonly step: number;
  readonly name: string;
  readonly message: string;
}

/** The run was cut off before, and went on here. */
export interface ResumedLine {
  readonly line: 'resumed';
  readonly at: string;
}

export interface EndedLine {
  readonly line: 'ended';
  readonly duration_ms: number;
  /** Before all was played. */
  readonly broken: boolean;
  /** By a signal. */
  readonly interrupted: boolean;
  readonly counted: ToldLine['counted'];
}
