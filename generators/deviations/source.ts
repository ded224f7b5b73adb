import type { Arbitrary } from 'fast-check';
import type { EditionName } from '../../specs/editions.ts';
import type { AuthKind, Deviation, Fixture } from '../model.ts';

/** What deviations are made for. */
export interface Setting {
  readonly fixture: Fixture;
  readonly auth: AuthKind;
  readonly seed: number;
  /** The revision of the page that the target is held to. */
  readonly edition: EditionName;
}

/** The deviations of one kind. */
export interface DeviationSource {
  /**
   * Values that the fixed cases send, by classes: each class meets every level of every dimension of the context, its
   * values by turns, the most telling first. Empty: the configured credential has no such form.
   */
  readonly classes: readonly (readonly Deviation[])[];
  /** Any value of the kind; absent where the classes hold them all. */
  readonly random?: Arbitrary<Deviation>;
}
