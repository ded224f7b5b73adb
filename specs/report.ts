import type { Waiver } from './configuration.ts';
import type { DeviationDimension, DeviationKind } from './deviations.ts';
import type { Field, Level, State, Technique } from './requirement.ts';

export type Verdict = 'pass' | 'fail' | 'untested' | 'error' | 'waived';
export type Outcome = 'conformant' | 'nonconformant' | 'partial' | 'error';

/** A request as it was sent, with every credential replaced by a placeholder. */
export interface ReportedRequest {
  readonly method: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  /** The body as text, cut to 4096 characters; absent when no body was sent. */
  readonly body?: string;
  /** Length of the whole body, in bytes. */
  readonly body_bytes: number;
}

/** An answer as it came, redacted. Absent from an exchange when nothing came. */
export interface ReportedResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  readonly body_bytes: number;
  readonly duration_ms: number;
}

export interface ReportedExchange {
  readonly request: ReportedRequest;
  readonly response?: ReportedResponse;
  /** Why there is no response. */
  readonly failure?: string;
}

/** What is wrong with a request, by its class. */
export interface ReportedDeviation {
  readonly kind: DeviationKind;
  readonly dimension: DeviationDimension;
  readonly field?: Field;
  /** One thing more that is wrong. */
  readonly second?: Pick<ReportedDeviation, 'kind' | 'dimension'>;
}

/** A request but for the credential itself: `replay` makes the same one again. */
export interface ReportedCase {
  readonly given: State;
  /** The state whose pool it went to, where that is another one. */
  readonly at?: State;
  /** It went on a connection of its own, whatever its context says. */
  readonly fresh?: true;
  /** The levels of its context that are not plain, by dimension. */
  readonly levels: Readonly<Record<string, string>>;
  /** Values of fields whose level stands for many. */
  readonly values: Readonly<Record<string, string | number>>;
  /** The values of its state. */
  readonly fixture: Readonly<Record<string, string | readonly string[]>>;
  /** SHA-256 of all that went out but the credential, of which only the form is in it. */
  readonly sha256: string;
}

/** A request that stands beside a finding. */
export type ReportedSending = Pick<Finding, 'deviation' | 'case'>;

export interface Finding {
  /** Name of the check: `status`, `body`, `answered`, … */
  readonly check: string;
  readonly expected: string;
  readonly actual: string;
  /** What was done to a valid request, in words. */
  readonly stimulus: string;
  /** Absent where the request is a valid one. */
  readonly deviation?: ReportedDeviation;
  /** What the request has beside the plain one, in words. */
  readonly context?: string;
  /** The line of the page, or other source, in our own words. */
  readonly source: string;
  /** JSON pointer or header name that is wrong in the answer. */
  readonly where?: string;
  /** A shell command that sends the request; credentials are taken from environment variables. */
  readonly curl: string;
  /** A command that plays this requirement again. */
  readonly replay: string;
  /** How many cases failed for this cause. */
  readonly count: number;
  /** Of the failing case: how often it failed, and how often it was sent. */
  readonly failed: number;
  readonly sent: number;
  /** When the same context without the deviation was accepted, seen from the failing case; else the control. */
  readonly baseline_accepted?: 'before and after' | 'before' | 'after' | 'none';
  readonly exchange: ReportedExchange;
  /** The request of the exchange, to be sent again. */
  readonly case?: ReportedCase;
  /** What was sent right before it, where one request alone does not show it. */
  readonly before?: readonly ReportedSending[];
  /** The same request without the deviation, as it was accepted. */
  readonly baseline?: ReportedExchange;
}

export interface Result {
  readonly requirement: string;
  readonly level: Level;
  readonly technique: Technique;
  readonly title: string;
  readonly verdict: Verdict;
  /** Why the verdict is untested, error or waived. */
  readonly reason?: string;
  readonly cases: number;
  /** Of those: answered with 2xx, and with 4xx or 5xx. */
  readonly accepted: number;
  readonly rejected: number;
  /** Valid requests that were accepted right behind its rejected cases. */
  readonly baselines?: number;
  /** How often failing cases were sent again before they were told. */
  readonly confirmations?: number;
  /** Milliseconds that its requests took, all in all. */
  readonly duration_ms?: number;
  /** What ended the requirement before all its cases were sent: the cap, or the time that a pool is busy after each. */
  readonly cut_by?: 'rebuilds' | 'busy_pool';
  readonly findings: readonly Finding[];
}

/** What answers were like, over the whole run. */
export interface Statistics {
  /** Answers by status; `none`: no answer. */
  readonly statuses: Readonly<Record<string, number>>;
  /** Answers by how long they took: up to `to_ms` milliseconds, and longer than the one before. */
  readonly latency: readonly { readonly to_ms: number; readonly count: number }[];
  /** Requests by when they were sent, in bins of so many milliseconds. */
  readonly timeline: { readonly bin_ms: number; readonly counts: readonly number[] };
}

/** What a stranger must know to do the run again. */
export interface Claim {
  /** Who says so. `recomputed`: the verdicts follow from a trace; `reproduced`: somebody else ran it again. */
  readonly evidence: 'self-attested' | 'recomputed' | 'reproduced';
  /** SHA-256 of the ids, levels and techniques of all rows. */
  readonly set_hash: string;
  readonly node: string;
  readonly auth: 'none' | 'token' | 'aksk' | 'iam';
  readonly states: {
    readonly provided: readonly State[];
    readonly missing: readonly State[];
    /** Whether a state handler was asked. */
    readonly handler: boolean;
  };
  /** Fields that the owner pinned. */
  readonly pins: readonly string[];
  /** Whether requests were sent that a target may act on. */
  readonly consent: boolean;
  readonly limits: Readonly<Record<string, number>>;
  readonly waivers: readonly Waiver[];
  readonly only?: readonly string[];
  readonly shard?: { readonly index: number; readonly total: number };
}

export interface Report {
  readonly schema_version: 1;
  readonly suite: { readonly name: string; readonly version: string; readonly edition: string };
  readonly target: {
    readonly url: string;
    readonly name?: string;
    readonly version?: string;
    readonly vendor?: string;
  };
  readonly seed: number;
  /** Generated cases for each property. */
  readonly runs: number;
  readonly strict: boolean;
  readonly started_at: string;
  readonly duration_ms: number;
  readonly requests: number;
  readonly rebuilds: number;
  readonly retries: number;
  readonly incomplete: boolean;
  readonly outcome: Outcome;
  /** One sentence: what a reader must know first. */
  readonly headline: string;
  /** Things a reader should know: stale waivers, missing consent, a diagnosis. */
  readonly notes: readonly string[];
  readonly statistics?: Statistics;
  readonly claim?: Claim;
  readonly results: readonly Result[];
  /** SHA-256 of the report without this member, written as JSON without white space. It detects damage, not forgery. */
  readonly checksum?: string;
}
