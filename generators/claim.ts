import { Ajv2020 } from 'ajv/dist/2020.js';
import { traitsOf } from '../specs/deviations.ts';
import requestSchema from '../specs/rebuild-request.schema.json' with { type: 'json' };
import type { Case } from './model.ts';

const isValid = new Ajv2020({ strict: false }).compile(requestSchema);
const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** What the schema says of a body. */
export type BodyClass = 'valid' | 'invalid' | 'malformed' | 'none';

/** Judges a body by the schema alone. */
export function classify(body: Uint8Array | undefined): BodyClass {
  if (body === undefined) return 'none';
  let value: unknown;
  try {
    value = JSON.parse(decoder.decode(body));
  } catch {
    return 'malformed';
  }
  return isValid(value) ? 'valid' : 'invalid';
}

/** Whether a case is what it says: the schema agrees with what its deviation claims of the body. */
export function keepsItsClaim({ deviation, request }: Case): boolean {
  if (deviation?.second !== undefined) return true;
  const claimed = deviation === undefined ? 'valid' : traitsOf(deviation.kind).body;
  return claimed === 'free' || claimed === classify(request.body);
}
