import type { Arbitrary } from 'fast-check';
import { type EditionName, edition } from '../specs/editions.ts';
import type { Field } from '../specs/requirement.ts';
import type { ValueSchema } from '../specs/value-schema.ts';
import { breaches, type Keyword } from './schema-values.ts';

/** What the schema of an edition says of a field. Throws where the edition does not have it. */
export function fieldSchema(field: Field, name: EditionName): ValueSchema {
  const schema = edition(name).request.properties[field];
  if (schema === undefined) throw new Error(`edition ${name} has no field ${field}`);
  return schema;
}

/** The fields that a body may leave out. */
export function optionalFields(name: EditionName): readonly Field[] {
  const { fields, request } = edition(name);
  return fields.filter((field) => !request.required.includes(field));
}

/** The integers from minimum to maximum of a field. */
export function range(field: Field, name: EditionName): { readonly min: number; readonly max: number } {
  const { minimum = -(2 ** 31), maximum = 2 ** 31 - 1 } = fieldSchema(field, name);
  return { min: minimum, max: maximum };
}

/** Values that break one keyword of a field, or of the items of a list, where it has the keyword. */
export function breaking(
  field: Field,
  name: EditionName,
  ...keywords: readonly Keyword[]
): readonly Arbitrary<unknown>[] {
  return breaches(fieldSchema(field, name)).flatMap(({ keyword, place, values }) =>
    (place === '' || place === '/0') && keywords.includes(keyword) ? [values] : [],
  );
}
