import { fileURLToPath } from 'node:url';
import { contractRows } from '../contracts/interactions.ts';
import { verifyContracts } from '../contracts/verification.ts';
import type { Case } from '../generators/case.ts';
import { minimalCase, pinned } from '../generators/cases.ts';
import type { Requirement, State } from '../specs/requirement.ts';
import { checkStatus, type Flaw } from './checks.ts';
import { isSilence, type Judged } from './exchange.ts';
import type { Judge } from './judge.ts';

export type ContractPlay =
  | { readonly judged: Judged; readonly flaw: Flaw | undefined }
  | { readonly verdict: 'untested' | 'error'; readonly reason: string };

const root = import.meta.url.endsWith('.ts') ? '../' : '../../';
const pactFile = fileURLToPath(
  new URL(`${root}contracts/pacts/desktop-pool-client-rebuild-desktop-pool.json`, import.meta.url),
);

/**
 * Replays the contracts of these rows at the target. Pact decides on the body; the status is held against the row,
 * which may allow more than the one of the contract.
 */
export async function playContracts(
  rows: readonly Requirement[],
  judge: Judge,
): Promise<ReadonlyMap<string, ContractPlay>> {
  const plays = new Map<string, ContractPlay>();
  const playable: Requirement[] = [];
  for (const row of rows) {
    const provided = await judge.begin(row.given);
    if ('error' in provided) plays.set(row.id, { verdict: 'error', reason: provided.error });
    else if ('untested' in provided) plays.set(row.id, { verdict: 'untested', reason: provided.untested });
    else playable.push(row);
  }
  if (playable.length === 0) return plays;
  const judgedOf = new Map<string, Judged>();
  const outcomes = await verifyContracts({
    pactFile,
    requirements: playable.map(({ id }) => id),
    fixture: async (state) => {
      const provided = await judge.begin(state as State);
      if (!('fixture' in provided)) throw new Error('error' in provided ? provided.error : provided.untested);
      const { project_id, pool_id, image_id } = provided.fixture;
      // The session adds the credential: none needs to pass through the verifier.
      return { project_id, pool_id, image_id, ...pinned(provided.fixture), token: 'added-later' };
    },
    send: async (request, requirement) => {
      const row = playable.find(({ id }) => id === requirement);
      const contract = contractRows.find((one) => one.requirement === requirement);
      if (row === undefined || contract === undefined) throw new Error(`no requirement ${requirement}`);
      const value = (): Case => ({
        label: contract.title,
        method: request.method,
        path: request.path,
        headers: { 'content-type': 'application/json' },
        body: request.body,
        credential: contract.token,
      });
      const settled = await judge.settle((fixture) => ({ ...value(), path: minimalCase(fixture).path }), [row]);
      if (!('judged' in settled)) {
        const busy = 'untested' in settled;
        plays.set(requirement, {
          verdict: busy ? 'untested' : 'error',
          reason: busy ? settled.untested : settled.error,
        });
        throw new Error('no answer');
      }
      judgedOf.set(requirement, settled.judged);
      const { result } = settled.judged;
      if (isSilence(result)) throw new Error(result.reason);
      return result;
    },
  });
  for (const outcome of outcomes) {
    const row = playable.find(({ id }) => id === outcome.requirement);
    const judged = judgedOf.get(outcome.requirement);
    if (row === undefined || plays.has(outcome.requirement)) continue;
    if (judged === undefined) {
      plays.set(outcome.requirement, {
        verdict: 'error',
        reason: outcome.mismatches[0]?.text ?? 'the contract was not played',
      });
      continue;
    }
    const other = outcome.mismatches.find(({ kind }) => kind === 'body' || kind === 'other');
    const flaw: Flaw | undefined =
      checkStatus(judged, row.expect.statuses, row.send.kind) ??
      (other === undefined
        ? undefined
        : {
            expected: 'the body of the contract',
            actual: other.text,
            ...(other.where === undefined ? {} : { where: other.where }),
          });
    plays.set(outcome.requirement, { judged, flaw });
  }
  return plays;
}
