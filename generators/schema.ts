import type { Arbitrary } from 'fast-check';
import requestSchema from '../specs/rebuild-request.schema.json' with { type: 'json' };
import { type Field, fields } from '../specs/requirement.ts';
import { breaches, type Keyword, type ValueSchema } from './schema-values.ts';

const properties = requestSchema.properties as Readonly<Record<Field, ValueSchema>>;

/** What the schema says of a field. */
export function fieldSchema(field: Field): ValueSchema {
  return properties[field];
}

/** The fields that a body may leave out. */
export const optionalFields: readonly Field[] = fields.filter((field) => !requestSchema.required.includes(field));

/** The optional fields of type string. */
export const optionalStrings: readonly Field[] = optionalFields.filter((field) => properties[field].type === 'string');

/** The integers from minimum to maximum of a field. */
export function range(field: Field): { readonly min: number; readonly max: number } {
  const { minimum = -(2 ** 31), maximum = 2 ** 31 - 1 } = properties[field];
  return { min: minimum, max: maximum };
}

/** Values that break one keyword of a field, where the field has it. */
export function breaking(field: Field, ...keywords: readonly Keyword[]): readonly Arbitrary<unknown>[] {
  return breaches(properties[field]).flatMap(({ keyword, place, values }) =>
    place === '' && keywords.includes(keyword) ? [values] : [],
  );
}
