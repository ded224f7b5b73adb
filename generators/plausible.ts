import type { EditionName } from '../specs/editions.ts';
import type { Field } from '../specs/requirement.ts';
import type { PinnedField } from '../specs/schemas.ts';
import type { Fixture } from './model.ts';
import { fieldSchema, range } from './schema.ts';
import { typicalMessage } from './texts.ts';

/** What the values of a request are taken from. */
export interface Source {
  readonly fixture: Fixture;
  readonly edition: EditionName;
}

/** The pinned value of a field that names a thing of the target, or a plausible one. */
export function plausible({ fixture, edition }: Source, field: PinnedField): string | readonly string[] {
  return fixture[field] ?? (fieldSchema(field, edition).examples?.[0] as string | readonly string[]);
}

/** A valid value of any field, for deviations that wrap one: `["Windows"]`. */
export function validValue(source: Source, field: Field): string | number | boolean | readonly string[] {
  if (field === 'image_id') return source.fixture.image_id;
  const { enum: listed, type, examples = [], 'x-pin': isPinned } = fieldSchema(field, source.edition);
  if (isPinned === true) return plausible(source, field as PinnedField);
  if (listed !== undefined) return String(examples[0] ?? listed[0]);
  if (type === 'integer') return range(field, source.edition).max;
  return type === 'boolean' ? true : typicalMessage;
}
