import type { Levels } from '../../specs/contexts.ts';
import type { DeviationKind } from '../../specs/deviations.ts';
import { edition } from '../../specs/editions.ts';
import type { Field } from '../../specs/requirement.ts';
import { full } from '../contexts.ts';
import { type ForbiddenLevels, forbiddenLevels } from '../forbidden.ts';
import type { Change, Deviation } from '../model.ts';
import type { DeviationSource, Setting } from './source.ts';

type ConditionKind = Extract<DeviationKind, 'missing when required' | 'empty when required'>;

/** A field that is left out, or empty, though a condition of the schema asks for it. Around it the condition holds. */
export function whenRequired(kind: ConditionKind, setting: Setting, field: Field): DeviationSource {
  const refused = kind === 'missing when required' ? 'absent' : 'empty';
  const pairs = forbiddenLevels(setting.edition).filter(
    ({ other, otherLevel }) => other === field && otherLevel === refused,
  );
  return { classes: pairs.map((pair) => valuesOf(kind, field, pair, setting)) };
}

function valuesOf(
  kind: ConditionKind,
  field: Field,
  { dimension, level, other }: ForbiddenLevels,
  setting: Setting,
): readonly Deviation[] {
  // The field itself as a request with every field has it: without the deviation all is valid.
  const { levels } = full(setting.edition);
  const needs: Partial<Levels> = { [dimension]: level, [other]: levels[other] };
  const when = `while ${dimension} ${level}`;
  const made = (inWords: string, change: Change): Deviation => ({
    kind,
    field,
    what: `${inWords} ${when}`,
    change,
    needs,
  });
  if (kind === 'empty when required') return [made(`${field} is ""`, { on: 'field', field, value: '""' })];
  return [
    made(`no ${field}`, { on: 'members', without: [field], add: [], place: 'last' }),
    made(`${field} is null`, { on: 'field', field, value: 'null' }),
  ];
}

/** Whether a change is about fields of the edition alone. */
export function isOfEdition({ change }: Deviation, { edition: name }: Setting): boolean {
  const { fields } = edition(name);
  const changes = change.on === 'several' ? change.changes : [change];
  return changes.every((one) => one.on !== 'field' || fields.includes(one.field));
}
