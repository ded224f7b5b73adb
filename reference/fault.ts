import type { IncomingHttpHeaders } from 'node:http';
import type { EditionName } from '../specs/editions.ts';
import type { Breaks } from './breaks.ts';
import type { Check, CheckName, Exchange, Maybe } from './checks.ts';
import type { AuthKind } from './service.ts';

/** Where a fault may act; what it leaves out works correctly. */
export interface Hooks {
  /** The body in place of all that came, by the pieces in which it came. */
  readonly read?: (headers: IncomingHttpHeaders, pieces: readonly Uint8Array[]) => Uint8Array;
  /** Answers in place of the endpoint. */
  readonly before?: (exchange: Exchange) => Maybe;
  /** Checks in place of the correct ones, which they get as their second argument. */
  readonly checks?: Readonly<Partial<Record<CheckName, (exchange: Exchange, correct: Check) => Maybe>>>;
  /** Answers on paths that are not the operation's. */
  readonly elsewhere?: (path: string, exchange: Exchange) => Response | undefined;
  /** Changes an answer on its way out. */
  readonly after?: (response: Response, exchange: Exchange) => Response | Promise<Response>;
}

/** How the endpoint and its configuration must be for a fault to show. */
export interface Needs {
  /** What is broken is there in this edition, or in the default one. */
  readonly edition?: EditionName;
  readonly auth?: AuthKind;
  readonly busyMs?: number;
  /** These pools in the state `pool is ready`, and no state handler. */
  readonly pools?: readonly string[];
  /** What the owner says of fields that name things of the target, in the state `pool is ready`. */
  readonly pins?: Readonly<Record<string, string>>;
  /** Milliseconds. */
  readonly limits?: { readonly ready_wait?: number; readonly timeout?: number };
}

/** A named defect of the reference endpoint. */
export interface Fault {
  readonly id: string;
  readonly title: string;
  /** What fails in every run: this, and nothing else. */
  readonly breaks: readonly Breaks[];
  /** What fails beside that in some runs: the order of requests decides, so that it proves nothing. */
  readonly sometimes?: readonly Breaks[];
  readonly needs?: Needs;
  /** Called once for each endpoint, so that a fault may keep state. */
  readonly hooks: () => Hooks;
}
