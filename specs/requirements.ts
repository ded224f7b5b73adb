import type { Requirement } from './requirement.ts';
import { accepted } from './requirements/accepted.ts';
import { everyAnswer } from './requirements/answers.ts';
import { body } from './requirements/body.ts';
import { credentials } from './requirements/credentials.ts';
import { fieldRows } from './requirements/fields.ts';
import { paths } from './requirements/paths.ts';
import { situations } from './requirements/states.ts';

const rows = [...accepted, ...fieldRows, ...body, ...credentials, ...paths, ...situations, ...everyAnswer] as const;

/** The ids that there are: another one does not compile. */
export type RequirementId = (typeof rows)[number]['id'];

/** The catalogue, in the order in which it is reported. */
export const requirements: readonly Requirement<RequirementId>[] = rows;

const byId: ReadonlyMap<RequirementId, Requirement<RequirementId>> = new Map(rows.map((row) => [row.id, row]));

/** The row of an id. */
export function requirement(id: RequirementId): Requirement<RequirementId> {
  const row = byId.get(id);
  if (row === undefined) throw new Error(`no row ${id}`);
  return row;
}
