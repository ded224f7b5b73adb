import type { Play } from '../../../generators/cases.ts';
import { canonicalPlay } from '../../../generators/cases.ts';
import type { DeviationKind } from '../../../specs/deviations.ts';
import type { Field, Requirement, State } from '../../../specs/requirement.ts';
import type { Core } from '../core.ts';
import { isAccepted, type Observation } from '../observation.ts';
import type { Procedure, Sending } from '../procedure.ts';

/** How a relation went: judged, or why it could not be. */
export type Played = { readonly done: true } | { readonly untested: string } | { readonly error: string };

/** A requirement that one request cannot show: what two or more observations say of each other. */
export type RelationProcedure = (core: Core, row: Requirement) => Procedure<Played>;

/** The most telling deviation of a kind, in the plain context; undefined: the credential has no such form. */
export function telling(
  core: Core,
  of: DeviationKind,
  given: State = 'pool is ready',
  field?: Field,
): Play | undefined {
  const setting = core.setting(given);
  if (setting === undefined) return undefined;
  const play = canonicalPlay({ kind: 'deviation', of, ...(field === undefined ? {} : { field }) }, setting);
  return play === undefined ? undefined : { ...play, context: core.fitting(play.context) };
}

/** The request of a telling deviation; its answer is judged by nobody but the relation. */
export function tellingSending(
  core: Core,
  of: DeviationKind,
  given: State = 'pool is ready',
  field?: Field,
): Sending | undefined {
  const play = telling(core, of, given, field);
  return play === undefined ? undefined : core.sending(play, given, []);
}

/** Counts an observation for the row of the relation. */
export function countAll(core: Core, row: Requirement, observations: readonly Observation[]): void {
  for (const observation of observations) core.ledger.count(row, observation);
}

export const refusedControl: Played = { untested: 'control refused' };

export function areAccepted(observations: readonly (Observation | undefined)[]): boolean {
  return observations.every((observation) => observation !== undefined && isAccepted(observation));
}
