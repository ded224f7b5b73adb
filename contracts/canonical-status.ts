import type { Requirement } from '../specs/requirement.ts';

const documented = /^Status Codes, (\d{3})$/;

/**
 * The one status of a contract. A row may allow several: then it is the first one whose meaning on the page the row
 * itself rests on, so that 404 is the contract of an unknown pool although 403 is no failure either.
 */
export function canonicalStatus({ id, source, expect }: Pick<Requirement, 'id' | 'source' | 'expect'>): number {
  const allowed = expect.statuses.filter((status) => typeof status === 'number');
  const named = source.map(({ where }) => Number(documented.exec(where)?.[1]));
  const status = allowed.length === 1 ? allowed[0] : allowed.find((one) => named.includes(one));
  if (status === undefined) throw new Error(`${id} has a contract, but no status of the page that is its own`);
  return status;
}
