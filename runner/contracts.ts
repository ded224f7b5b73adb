import { fileURLToPath } from 'node:url';
import { flat, pactName } from '../contracts/examples.ts';
import { type ContractRecord, verifyContracts } from '../contracts/verification.ts';
import { plausible } from '../generators/plausible.ts';
import { type EditionName, pinsOf } from '../specs/editions.ts';
import type { RequirementId } from '../specs/requirements.ts';
import { requirement } from '../specs/requirements.ts';
import type { Core } from './decide/core.ts';
import type { Cause } from './decide/ledger.ts';
import { type Flaw, statusFlaw } from './decide/oracles/status.ts';
import type { ContractResult } from './decide/results.ts';

const root = import.meta.url.endsWith('.ts') ? '../' : '../../';

/** The committed contract of an edition. */
/** Where the pact of an edition lies. */
export function pactFileOf(name: EditionName): string {
  return fileURLToPath(new URL(`${root}contracts/pacts/${pactName(name)}`, import.meta.url));
}

/** What Pact says of a body, in the words of a report: `lacks error_code, error_msg`. */
function inWords(text: string): string {
  const [, names] = /^Actual map is missing the following keys: (.*)$/.exec(text) ?? [];
  return names === undefined ? text : `lacks ${names}`;
}

/**
 * Lets Pact judge what was recorded for the rows that have a contract. Pact decides on the body; the status is held
 * against the row, which may allow more than the one of the contract.
 */
export async function judgeContracts(core: Core, signal?: AbortSignal): Promise<ReadonlyMap<string, ContractResult>> {
  const { edition } = core.options;
  const records = new Map<string, ContractRecord>();
  for (const [id, { observation, fixture }] of core.contracts) {
    const { answer, sending } = observation;
    if (answer === undefined) continue;
    const { method, path, body, credential } = sending.case.request;
    const { project_id, pool_id, image_id } = fixture;
    const named = pinsOf(edition).flatMap((name) => flat(name, plausible({ fixture, edition }, name)));
    records.set(id, {
      exchange: { request: { method, path, body, hasCredential: credential.form !== 'absent' }, answer },
      fixture: { project_id, pool_id, image_id, ...Object.fromEntries(named) },
    });
  }
  const results = new Map<string, ContractResult>();
  if (records.size === 0) return results;
  for (const outcome of await verifyContracts({ pactFile: pactFileOf(edition), records, signal })) {
    const { requirement: id } = outcome;
    const recorded = core.contracts.get(id);
    if (recorded === undefined) continue;
    if ('error' in outcome) {
      results.set(id, { verdict: outcome.unavailable === true ? 'untested' : 'error', reason: outcome.error });
      continue;
    }
    const row = requirement(id as RequirementId);
    const wrong = outcome.mismatches.find(({ kind }) => kind !== 'status');
    const ofStatus = statusFlaw(recorded.observation, row);
    const flaw: Flaw | undefined =
      ofStatus ??
      (wrong === undefined
        ? undefined
        : {
            expected: 'a body as in the contract',
            actual: inWords(wrong.text),
            ...(wrong.where === undefined ? {} : { where: wrong.where }),
          });
    if (flaw === undefined) {
      results.set(id, { verdict: 'pass' });
      continue;
    }
    const check = ofStatus === undefined ? 'contract' : 'status';
    const cause: Cause = { row, check, flaw, example: recorded.observation, count: 1, failed: 1, sent: 1 };
    results.set(id, { verdict: 'fail', cause });
  }
  return results;
}
