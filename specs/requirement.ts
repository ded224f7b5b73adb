import type { DeviationKind } from './deviations.ts';
import type { EditionName, Field } from './schemas.ts';

export { type Field, fields } from './schemas.ts';

/** How much weight a requirement carries: MUST rests on the page, SHOULD on other public material, MAY is recorded only. */
export type Level = 'MUST' | 'SHOULD' | 'MAY';

/** A named condition of the target, known to its owner; the names are those of the configuration's `states`. */
export const states = [
  'pool is ready',
  'pool is busy',
  'pool does not exist',
  'token is expired',
  'token lacks permission',
  'token is for another project',
  'image is billed',
  'service is failing',
] as const;
export type State = (typeof states)[number];

/** Where a requirement comes from: a place on the page, or another public document, in our own words. */
export interface Source {
  readonly where: string;
  readonly says: string;
}

export type Technique = 'contract' | 'property' | 'sequence';

/** An HTTP status, or a class of them. */
export type StatusPattern = number | '2xx' | '3xx' | '4xx' | '5xx';

/** What kind of request a requirement is about; never one request. */
export type Send =
  /** A valid request. `plain`: nothing but what is mandatory; `full`: every field; `levels`: each level of a dimension that names the row. */
  | { readonly kind: 'context'; readonly which: 'plain' | 'full' | 'levels' }
  /** A valid request but for one deviation; with `second`, for one more of the body, of any of these kinds. */
  | {
      readonly kind: 'deviation';
      readonly of: DeviationKind;
      readonly field?: Field;
      readonly second?: readonly DeviationKind[];
    }
  /** Several requests, of which none alone can show what is required. */
  | { readonly kind: 'relation'; readonly relation: Relation }
  /** Whatever was asked: judged on each answer of a run. */
  | { readonly kind: 'answers'; readonly aspect: AnswerAspect };

export type Relation =
  | 'credential after acceptance'
  | 'existence without credential'
  | 'same request, same status'
  | 'rejected, then accepted'
  | 'two together'
  | 'different ones together'
  | 'walk';

/** A property of answers that is judged over the whole run, whatever was asked. */
export type AnswerAspect =
  | 'documented status'
  | 'no 5xx'
  | 'no 5xx for odd input'
  | 'answered'
  | 'no redirect'
  | 'acceptance body'
  | 'acceptance fields'
  | 'acceptance job id is not empty'
  | 'acceptance job id is new'
  | 'acceptance media type'
  | 'acceptance without error'
  | 'error shape'
  | 'error shape outside the operation'
  | 'error message present'
  | 'error texts not empty'
  | 'error media type'
  | 'error without job id'
  | 'no internals'
  | 'no echo of secrets';

/** One row of the catalogue. */
export interface Requirement<Id extends string = string> {
  /** `area/truth`: stable, never renumbered or reused. */
  readonly id: Id;
  readonly level: Level;
  /** One sentence. */
  readonly title: string;
  readonly source: readonly Source[];
  readonly given: State;
  readonly send: Send;
  readonly expect: {
    /** Allowed statuses; empty when something else than the status is judged. */
    readonly statuses: readonly StatusPattern[];
  };
  readonly techniques: readonly Technique[];
  /** Revisions of the page in which it holds. */
  readonly editions: readonly EditionName[];
}
