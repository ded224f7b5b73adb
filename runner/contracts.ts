import { fileURLToPath } from 'node:url';
import { flat, pactName } from '../contracts/examples.ts';
import { type ContractRecord, verifyContracts } from '../contracts/verification.ts';
import { Verifier } from '../contracts/verifier-process.ts';
import { plausible } from '../generators/plausible.ts';
import { type EditionName, pinsOf } from '../specs/editions.ts';
import type { Requirement } from '../specs/requirement.ts';
import type { RequirementId } from '../specs/requirements.ts';
import { requirement } from '../specs/requirements.ts';
import type { Core } from './decide/core.ts';
import type { Cause } from './decide/ledger.ts';
import { type Flaw, statusFlaw } from './decide/oracles/status.ts';
import type { ContractResult } from './decide/results.ts';

const root = import.meta.url.endsWith('.ts') ? '../' : '../../';

/** Where the pact of an edition lies. */
export function pactFileOf(name: EditionName): string {
  return fileURLToPath(new URL(`${root}contracts/pacts/${pactName(name)}`, import.meta.url));
}

/** What Pact says of a body, in the words of a report: `lacks error_code, error_msg`. */
function inWords(text: string): string {
  const [, names] = /^Actual map is missing the following keys: (.*)$/.exec(text) ?? [];
  return names === undefined ? text : `lacks ${names}`;
}

/** Judges what was recorded for rows that have a contract. */
export interface ContractJudge {
  /** Tells how far the records are, so that what takes long is begun while other requests are sent. May be called often. */
  prepare(core: Core, selected: readonly Requirement[], signal?: AbortSignal): void;
  /** By the id of the row, of the records as they are now; until the signal fires. */
  judge(core: Core, signal?: AbortSignal): Promise<ReadonlyMap<string, ContractResult>>;
  /** Leaves nothing behind, whether it was asked or not. */
  close(): Promise<void>;
}

/** Says nothing of any contract. */
export const noJudge: ContractJudge = {
  prepare: () => undefined,
  judge: () => Promise.resolve(new Map()),
  close: () => Promise.resolve(),
};

type Records = Core['contracts'];
type Results = ReadonlyMap<string, ContractResult>;

/** Pact decides on the body; the status is held against the row, which may allow more than the one of the contract. */
export function createPactJudge(): ContractJudge {
  let verifier: Verifier | undefined;
  let early: { readonly of: Records; readonly results: Promise<Results> } | undefined;
  return {
    prepare: (core, selected, signal) => {
      if (core.contracts.size === 0 || early !== undefined) return;
      verifier ??= new Verifier();
      if (!isComplete(core, selected)) return;
      const results = judgeContracts(core, verifier, signal);
      // Whoever asks for them gets to know what is wrong.
      results.catch(() => undefined);
      early = { of: new Map(core.contracts), results };
    },
    judge: (core, signal) => {
      if (early !== undefined && areSame(early.of, core.contracts)) return early.results;
      return judgeContracts(core, early === undefined ? verifier : undefined, signal);
    },
    close: async () => verifier?.close(),
  };
}

/** Whether each row that can have a record has one. It may be replaced, but seldom is. */
function isComplete(core: Core, selected: readonly Requirement[]): boolean {
  return selected.every(
    ({ id, techniques, given }) =>
      !techniques.includes('contract') || core.setting(given) === undefined || core.contracts.has(id),
  );
}

function areSame(some: Records, others: Records): boolean {
  return (
    some.size === others.size && [...some].every(([id, { observation }]) => others.get(id)?.observation === observation)
  );
}

async function judgeContracts(
  core: Core,
  verifier: Verifier | undefined,
  signal?: AbortSignal,
): Promise<ReadonlyMap<string, ContractResult>> {
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
  for (const outcome of await verifyContracts({ pactFile: pactFileOf(edition), records, verifier, signal })) {
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
