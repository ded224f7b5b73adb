import type { Play } from '../../generators/cases.ts';
import type { Case, Fixture } from '../../generators/model.ts';
import type { Requirement, State } from '../../specs/requirement.ts';

/** One request that is to be sent: what it is, in which state, and for which rows. */
export interface Sending {
  /** Counted over the run. */
  readonly id: number;
  readonly play: Play;
  readonly case: Case;
  /** The values that it was made for. */
  readonly fixture: Fixture;
  readonly given: State;
  /** The state whose pool it is sent to. */
  readonly at: State;
  /** The rows that the answer is judged by; none for what is only asked in order to know. */
  readonly rows: readonly Requirement[];
  /** A correct target may act on it: it needs room under the cap on rebuilds. */
  readonly mayAct: boolean;
  /** On a connection of its own, whatever the context says. */
  readonly fresh?: true;
}

/** `broken`: an answer began, but it was cut short or is no valid HTTP. */
export type SilenceKind = 'timeout' | 'reset' | 'refused' | 'tls' | 'protocol' | 'broken';

/** No answer came. `reused`: the connection had served an earlier request. `whileSending`: a large body was under way. */
export interface Silence {
  readonly silence: SilenceKind;
  readonly reason: string;
  readonly reused: boolean;
  readonly whileSending: boolean;
}

/** A whole answer, redacted. `body` is decompressed and cut at the size limit; `truncated` tells. */
export interface Answer {
  readonly status: number;
  /** Lower-case names; repeated headers are joined with ", ". */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
  readonly truncated: boolean;
  readonly duration_ms: number;
  /** What of the request came back that must not: computed where the secrets are. */
  readonly echo?: 'credential' | 'user agent';
}

/** What came of a request. */
export interface Exchange {
  readonly sending: Sending;
  /** The headers of the credential as they may be shown: `${NAME}` stands for a secret, `[truncated]` for a form of one. */
  readonly credential: Readonly<Record<string, string>>;
  /** Words of a shell for those of them that are not shown in full: `"${NAME}"`, `"${NAME%?}"`. */
  readonly inShell?: Readonly<Record<string, string>>;
  readonly result: Answer | Silence | { readonly unsent: Unsent };
  /** Milliseconds since the run began. */
  readonly started: number;
  readonly ended: number;
}

/** Why a request was not sent: its credential has no such form, or the cap on rebuilds leaves no room. */
export type Unsent = 'no such form' | 'cap';

/** The values of a state, or why there are none. */
export type Provided =
  | { readonly fixture: Fixture }
  | { readonly untested: UntestedReason }
  | { readonly error: string };

/** Why a state cannot be tested. */
export type UntestedReason =
  | { readonly why: 'consent' }
  | { readonly why: 'no state'; readonly state: State }
  | { readonly why: 'handler cannot'; readonly state: State }
  | { readonly why: 'no value'; readonly state: State; readonly names: readonly string[] };

/** What a procedure asks for, as plain data. */
export type Command =
  /** Trains of requests: those of one train one after the other on one connection, the trains side by side. */
  | { readonly do: 'send'; readonly trains: readonly (readonly Sending[])[] }
  /** From when the latest fact was told: what is thought of meanwhile takes no time of its own. */
  | { readonly do: 'wait'; readonly ms: number; readonly why: string }
  | { readonly do: 'provide'; readonly state: State };

/** What a procedure is told: the answer to its latest command, and the time in milliseconds since the run began. */
export type Fact =
  | { readonly told: 'sent'; readonly exchanges: readonly (readonly Exchange[])[]; readonly now: number }
  | { readonly told: 'waited'; readonly now: number }
  | { readonly told: 'provided'; readonly provided: Provided; readonly now: number };

/** Decides what to do next, knowing no socket and no clock. */
export type Procedure<T> = Generator<Command, T, Fact>;

/** The target gave no answer to anything any more, or the run is over for another reason. */
export class RunEnded extends Error {
  override readonly name = 'RunEnded';
}

export function* send(trains: readonly (readonly Sending[])[]): Procedure<readonly (readonly Exchange[])[]> {
  const fact = yield { do: 'send', trains };
  if (fact.told !== 'sent') throw new Error(`a driver told "${fact.told}" when requests were to be sent`);
  return fact.exchanges;
}

/** Resolves to the time. */
export function* wait(ms: number, why: string): Procedure<number> {
  const fact = yield { do: 'wait', ms, why };
  return fact.now;
}

export function* provide(state: State): Procedure<Extract<Fact, { told: 'provided' }>> {
  const fact = yield { do: 'provide', state };
  if (fact.told !== 'provided') throw new Error(`a driver told "${fact.told}" when a state was to be provided`);
  return fact;
}
