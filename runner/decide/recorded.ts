import type { Play } from '../../generators/cases.ts';
import type { Setting } from '../../generators/deviations/source.ts';
import type { Fixture } from '../../generators/model.ts';
import type { Traits } from '../../specs/deviations.ts';
import type { Requirement, State } from '../../specs/requirement.ts';
import type { Sending } from './procedure.ts';

/** A request that a report has on record. */
export interface Recorded {
  readonly given: State;
  readonly at: State;
  readonly fresh: true | undefined;
  /** Whether a correct target accepts it. */
  readonly accepted: Traits['accepted'];
  /** The values that it was made for then. */
  readonly fixture: Fixture;
  /** Two with the same key are the same request. */
  readonly key: string;
  /** The same play for the values of its state now. */
  readonly make: (setting: Setting) => Play | undefined;
}

/** Why what is on record cannot be sent. */
export interface Unsendable {
  readonly unsendable: string;
}

/** A finding of a report, to be seen again or not. */
export interface Question {
  readonly row: Requirement;
  /** Pact judges the body, once all is played. */
  readonly isContract: boolean;
  /** Of the times that it was sent then it failed so many. */
  readonly failed: number;
  readonly sent: number;
  readonly recorded: Recorded | Unsendable;
  /** What was sent right before it. */
  readonly before: readonly (Recorded | Unsendable)[];
}

/** `mended`: the check passes, and the same request without its fault is accepted. */
export type Fate = 'mended' | 'still fails' | 'cannot tell';

export interface Answer {
  readonly fate: Fate;
  /** What came instead of what, or why nothing is known. */
  readonly why: string;
  /** The request of the finding, as it was sent last. */
  readonly sending?: Sending;
}
