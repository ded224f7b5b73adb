import { canonicalCase } from '../generators/canonical.ts';
import type { Setting } from '../generators/deviations/source.ts';
import type { Draft } from '../generators/model.ts';
import { render } from '../generators/render.ts';
import { type EditionName, edition } from '../specs/editions.ts';
import type { Requirement, State } from '../specs/requirement.ts';
import { canonicalStatus } from './canonical-status.ts';
import type { RebuildBody } from './client.ts';
import { exampleSetting } from './examples.ts';

/** One interaction of the contract: what a consumer sends in a state, and what it needs back. */
export interface ContractRow {
  readonly requirement: string;
  /** Passed to the provider as its state. */
  readonly state: State;
  /** Unique: Pact knows an interaction by it. */
  readonly title: string;
  readonly method: string;
  /** With the values of the example fixture. */
  readonly path: string;
  /** With the values of the example fixture, too. */
  readonly body: RebuildBody;
  readonly hasCredential: boolean;
  readonly expectStatus: number;
  readonly expectBody: 'accepted' | 'error';
}

/** The rows of an edition that have a contract, each with its canonical request. */
export function contractRows(name: EditionName): readonly ContractRow[] {
  return edition(name)
    .requirements.filter((row: Requirement) => row.techniques.includes('contract'))
    .map((row) => contractOf(row, exampleSetting(name)));
}

function contractOf(row: Requirement, setting: Setting): ContractRow {
  const { context, deviation } = canonicalCase(row, setting);
  const { request } = render(setting, context, deviation);
  const expectStatus = canonicalStatus(row);
  return {
    requirement: row.id,
    state: row.given,
    title: `${row.id}: ${deviation?.what ?? 'a valid request'}`,
    method: request.method,
    path: request.path,
    body: bodyOf(row, request),
    hasCredential: hasCredential(row, request),
    expectStatus,
    expectBody: expectStatus === 200 ? 'accepted' : 'error',
  };
}

/** Pact can only express a body that is JSON, and the consumer only sends objects. */
function bodyOf({ id }: Requirement, { body }: Draft): RebuildBody {
  const value: unknown = JSON.parse(new TextDecoder().decode(body));
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new Error(`${id} has a contract, but a body that is no object`);
  }
  return value;
}

/** A pact says whether there is a credential, not what is wrong with it: that is for the provider's state to bring. */
function hasCredential({ id }: Requirement, { credential: { form } }: Draft): boolean {
  if (form === 'absent') return false;
  if (form === 'valid' || form === 'of the state') return true;
  throw new Error(`${id} has a contract, but a credential that no pact can express: ${form}`);
}
