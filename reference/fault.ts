import type { Check, CheckName, Exchange, Maybe } from './checks.ts';

/** Where a fault may act; what it leaves out works correctly. */
export interface Hooks {
  /** Answers in place of the endpoint. */
  readonly before?: (exchange: Exchange) => Maybe;
  /** Checks in place of the correct ones, which they get as their second argument. */
  readonly checks?: Readonly<Partial<Record<CheckName, (exchange: Exchange, correct: Check) => Maybe>>>;
  /** Answers on paths that are not the operation's. */
  readonly elsewhere?: (path: string) => Response | undefined;
  /** Changes an answer on its way out. */
  readonly after?: (response: Response, exchange: Exchange) => Response | Promise<Response>;
}

/** A named defect of the reference endpoint, and the requirements (ids or globs) that it breaks. */
export interface Fault {
  readonly id: string;
  readonly title: string;
  readonly breaks: readonly string[];
  /** Called once for each endpoint, so that a fault may keep state. */
  readonly hooks: () => Hooks;
}
