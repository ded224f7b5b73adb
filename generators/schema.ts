import requestSchema from '../specs/rebuild-request.schema.json' with { type: 'json' };
import { type Field, fields } from '../specs/requirement.ts';

/** The keywords of one request field that the generators know. */
export interface FieldSchema {
  readonly type: string;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly minimum?: number;
  readonly maximum?: number;
}

const properties: Readonly<Record<Field, FieldSchema>> = requestSchema.properties;

/** What the schema says of a field. */
export function fieldSchema(field: Field): FieldSchema {
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
