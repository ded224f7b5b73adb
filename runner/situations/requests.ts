import type { Case } from '../../generators/case.ts';
import { minimalCase } from '../../generators/cases.ts';
import type { Requirement } from '../../specs/requirement.ts';
import type { Draft } from '../drafts.ts';

/** The minimal request with another credential. */
export function withCredential(credential: Case['credential'], label: string): Draft {
  return (fixture) => ({ ...minimalCase(fixture), credential, label });
}

/** The row, for the valid requests that it needs. */
export function valid(row: Requirement): Requirement {
  return { ...row, send: { kind: 'minimal body' } };
}

/** A request that only its body spoils. */
export const invalid: Draft = (fixture) => ({
  ...minimalCase(fixture),
  label: 'a body without image_id',
  body: new TextEncoder().encode('{}'),
});

export const otherMethod: Draft = (fixture) => ({ ...minimalCase(fixture), method: 'PUT', label: 'the method PUT' });
