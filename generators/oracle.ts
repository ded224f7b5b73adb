import { Ajv2020 } from 'ajv/dist/2020.js';
import requestSchema from '../specs/rebuild-request.schema.json' with { type: 'json' };
import type { Stimulus } from '../specs/requirement.ts';
import type { Case } from './case.ts';

const isValid = new Ajv2020({ strict: false }).compile(requestSchema);

/** Whether a case is what its stimulus says: a valid body passes the schema, an invalid one does not. */
export function fits(stimulus: Stimulus, { body }: Case): boolean {
  if (body === undefined) return true;
  let value: unknown;
  try {
    value = JSON.parse(new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(body));
  } catch {
    return !['valid body', 'field of wrong type', 'out of range', 'missing field'].includes(stimulus.kind);
  }
  switch (stimulus.kind) {
    case 'valid body':
      return isValid(value);
    case 'field of wrong type':
    case 'out of range':
    case 'missing field':
    case 'empty field':
    case 'several faults':
    case 'invalid body':
    case 'look-alike key':
    case 'body that is no object':
      return !isValid(value);
    case 'malformed JSON':
      return false;
    default:
      return true;
  }
}
