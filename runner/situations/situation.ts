import type { Fixture } from '../../generators/case.ts';
import type { Requirement } from '../../specs/requirement.ts';
import type { FindingBook } from '../findings.ts';
import type { Judge } from '../judge.ts';

/** What a situation found: how many cases it judged, or why it could not. */
export type Played =
  | { readonly cases: number; readonly accepted: number }
  | { readonly untested: string }
  | { readonly error: string };

/** A requirement that one request cannot show. */
export type Situation = (context: SituationContext) => Promise<Played>;

export interface SituationContext {
  readonly judge: Judge;
  readonly row: Requirement;
  readonly fixture: Fixture;
  readonly book: FindingBook;
  readonly seed: number;
  readonly runs: number;
}
