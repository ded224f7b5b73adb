import type { Case, Fixture } from '../../generators/case.ts';
import { minimalCase, unknownId } from '../../generators/cases.ts';
import type { Field, Requirement } from '../../specs/requirement.ts';
import type { Draft } from '../drafts.ts';

/** The minimal request with another credential. */
export function withCredential(credential: Case['credential'], label: string): Draft {
  return (fixture) => ({ ...minimalCase(fixture), credential, label });
}

/** The row, for the valid requests that it needs. */
export function valid(row: Requirement): Requirement {
  return { ...row, send: { kind: 'minimal body' } };
}

/** The minimal request with another body. */
function withBody(label: string, write: (fixture: Fixture) => string): Draft {
  return (fixture) => ({ ...minimalCase(fixture), label, body: new TextEncoder().encode(write(fixture)) });
}

/** A request that only its body spoils. */
export const invalid = withBody('a body without image_id', () => '{}');

export const malformed = withBody('malformed JSON', ({ image_id }) => `{"image_id":${JSON.stringify(image_id)},}`);

export const unknownImage = withBody('an unknown image', () => JSON.stringify({ image_id: unknownId(0) }));

export function wrongType(field: Field): Draft {
  return withBody(`${field} is an object`, ({ image_id }) => JSON.stringify({ image_id, [field]: {} }));
}

/** The same request with another method, without a body where that has none. */
export function otherMethod(method: 'PUT' | 'GET' | 'DELETE'): Draft {
  const bare = method === 'GET' ? { body: undefined, headers: {} } : {};
  return (fixture) => ({ ...minimalCase(fixture), ...bare, method, label: `the method ${method}` });
}
