import { isUtf8 } from 'node:buffer';
import { traitsOf } from '../specs/deviations.ts';
import { type EditionName, edition } from '../specs/editions.ts';
import { type Validator, validatorOf } from '../specs/validator.ts';
import type { Case } from './model.ts';

const known = new Map<EditionName, Validator<unknown>>();

/** Tells whether a body is valid in an edition. */
function requestValidator(name: EditionName): Validator<unknown> {
  const isValid = known.get(name) ?? validatorOf(edition(name).request);
  known.set(name, isValid);
  return isValid;
}

/** What the schema says of a body. */
export type BodyClass = 'valid' | 'invalid' | 'malformed' | 'none';

/** Judges a body by the schema of an edition alone. */
export function classify(body: Uint8Array | undefined, name: EditionName): BodyClass {
  if (body === undefined) return 'none';
  if (!isUtf8(body)) return 'malformed';
  let value: unknown;
  try {
    value = JSON.parse(Buffer.from(body.buffer, body.byteOffset, body.byteLength).toString());
  } catch {
    return 'malformed';
  }
  return requestValidator(name)(value) ? 'valid' : 'invalid';
}

/** Whether a case is what it says: the schema agrees with what its deviation claims of the body. */
export function keepsItsClaim({ deviation, request }: Case, name: EditionName): boolean {
  if (deviation?.second !== undefined) return true;
  const claimed = deviation === undefined ? 'valid' : traitsOf(deviation.kind).body;
  return claimed === 'free' || claimed === classify(request.body, name);
}
