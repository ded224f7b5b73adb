import type { Field } from '../specs/requirement.ts';
import type { Fixture } from './model.ts';
import { range } from './schema.ts';

/** The fields that name things of the target, and may be left unpinned. */
const guesses = { image_type: 'private', os_type: 'Windows', order_id: 'CS1234567890' } as const;

/** The pinned value of a field, or a plausible one. */
export function plausible(fixture: Fixture, field: keyof typeof guesses): string {
  return fixture[field] ?? guesses[field];
}

/** A valid value of any field, for deviations that wrap one: `["Windows"]`. */
export function validValue(fixture: Fixture, field: Field): string | number | boolean {
  switch (field) {
    case 'image_id':
      return fixture.image_id;
    case 'delay_time':
      return range(field).max;
    case 'message':
      return 'Please save your work.';
    case 'is_fix':
      return true;
    default:
      return plausible(fixture, field);
  }
}
