import { rmSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Mismatch, resultOf } from './mismatches.ts';
import { readPact, requirementOf, writePact } from './pact-file.ts';
import type { ContractRecord } from './recorded.ts';
import { type Relay, startRelay } from './relay.ts';
import type { VerifierReply } from './verifier-child.ts';
import { Verifier } from './verifier-process.ts';

export type { Mismatch, MismatchKind } from './mismatches.ts';
export type { ContractRecord, RecordedExchange } from './recorded.ts';

export interface VerificationTask {
  readonly pactFile: string;
  /** What was sent and answered, by requirement. Interactions without a record are left out. */
  readonly records: ReadonlyMap<string, ContractRecord>;
  /** One that was started before, which is used up by this; otherwise one is started. */
  readonly verifier?: Verifier | undefined;
  /** Stops the verifier; what it has not said by then is an error. */
  readonly signal?: AbortSignal | undefined;
}

/** What Pact says of an answer. Any mismatch counts; it is `ok` when there is none. */
export interface ContractJudgement {
  readonly requirement: string;
  readonly ok: boolean;
  readonly mismatches: readonly Mismatch[];
}

/** Why Pact says nothing: then the answer is neither right nor wrong. */
export interface ContractFailure {
  readonly requirement: string;
  readonly error: string;
  /** Pact does not run on this machine, which is nobody's fault. */
  readonly unavailable?: true;
}

export type ContractOutcome = ContractJudgement | ContractFailure;

/**
 * Lets Pact judge answers that are there already: nothing is sent to the target. One outcome a record, in their order;
 * rejects when the pact file cannot be read or no loopback server be had.
 */
export async function verifyContracts({
  pactFile,
  records,
  verifier: started,
  signal,
}: VerificationTask): Promise<readonly ContractOutcome[]> {
  const pact = await readPact(pactFile, [...records.keys()]);
  const descriptions = new Map(pact.interactions.map((one) => [requirementOf(one), one.description]));
  if (pact.interactions.length === 0) return [...records.keys()].map(withoutInteraction);

  const verifier = started ?? new Verifier();
  const folder = await mkdtemp(join(tmpdir(), 'contract-'));
  // Whoever ends the process at once leaves nothing behind either.
  const cleanUp = () => rmSync(folder, { recursive: true, force: true });
  process.once('exit', cleanUp);
  let relay: Relay | undefined;
  try {
    relay = await startRelay(records);
    const played = join(folder, 'pact.json');
    await writePact(played, pact);
    const { baseUrl, statesUrl, answered, failures } = relay;
    const reply = await verifier.verify(
      { folder, pactFile: played, provider: pact.provider.name, baseUrl, statesUrl },
      signal,
    );
    return [...records.keys()].map((requirement): ContractOutcome => {
      const description = descriptions.get(requirement);
      if (description === undefined) return withoutInteraction(requirement);
      const error = failures.get(requirement);
      if (error !== undefined) return { requirement, error };
      return outcomeOf(requirement, description, reply, answered.has(requirement));
    });
  } finally {
    await verifier.close();
    await relay?.close();
    await rm(folder, { recursive: true, force: true });
    process.off('exit', cleanUp);
  }
}

function outcomeOf(requirement: string, description: string, reply: VerifierReply, answered: boolean): ContractOutcome {
  if ('error' in reply) return { requirement, ...reply };
  const result = resultOf(reply.json, description);
  if (result === undefined) return { requirement, error: 'the verifier says nothing of this interaction' };
  if (answered) return { requirement, ...result };
  const [first] = result.mismatches;
  const because = first === undefined ? '' : `: ${first.text}`;
  return { requirement, error: `the verifier did not ask for the answer${because}` };
}

function withoutInteraction(requirement: string): ContractFailure {
  return { requirement, error: 'the pact file has no interaction for this requirement' };
}
