import type { Fixture } from '../../generators/case.ts';
import { minimalCase, unknownId } from '../../generators/cases.ts';
import type { CredentialVariation, State } from '../../specs/requirement.ts';
import { expectedStatus } from '../checks.ts';
import { isAccepted, outcomeOf, statusOf } from '../exchange.ts';
import { valid, withCredential } from './requests.ts';
import type { Situation } from './situation.ts';

/** Credentials that an accepted request must not make good, and how they are to be answered. */
const afterwards: readonly {
  readonly credential: CredentialVariation;
  readonly given: State;
  readonly statuses: readonly number[];
}[] = [
  { credential: 'absent', given: 'pool is ready', statuses: [401] },
  { credential: 'garbage', given: 'pool is ready', statuses: [401] },
  { credential: 'configured', given: 'token is expired', statuses: [401] },
  { credential: 'configured', given: 'token lacks permission', statuses: [403, 404] },
  { credential: 'configured', given: 'token is for another project', statuses: [401, 403, 404] },
];

/** Bad credentials on a connection between two acceptances. */
const perAcceptance = 2;

/** Accepted requests, and bad credentials behind them on the same connection. */
export const afterAcceptance: Situation = async ({ judge, row, book }) => {
  const lane = judge.session.newLane();
  let cases = 0;
  let accepted = 0;
  for (const { credential, given, statuses } of afterwards) {
    if (given !== row.given && !('fixture' in (await judge.begin(given)))) continue;
    if (cases % perAcceptance === 0) {
      const first = await judge.settle(minimalCase, [valid(row)], { lane });
      if (!('judged' in first) || !isAccepted(first.judged)) return { untested: 'control refused' };
      accepted += 1;
    }
    const subject = credential === 'configured' ? `the credential of "${given}"` : `a credential that is ${credential}`;
    const label = `${subject}, after an accepted request on the same connection`;
    const plays = [{ ...row, given }];
    const settled = await judge.settle(withCredential(credential, label), plays, { lane });
    if (!('judged' in settled)) return settled;
    cases += 1;
    if (statuses.includes(statusOf(settled.judged) ?? 0)) continue;
    // What is answered so without an acceptance before it, too, is the fault of another requirement.
    const alone = await judge.settle(withCredential(credential, label), plays, { lane: judge.session.newLane() });
    if ('judged' in alone && outcomeOf(alone.judged) === outcomeOf(settled.judged)) continue;
    const flaw = { expected: expectedStatus(statuses), actual: outcomeOf(settled.judged) };
    book.add('status', flaw, settled.judged);
  }
  return { cases, accepted };
};

export const existence: Situation = async ({ judge, row, book, fixture, seed }) => {
  const known = await judge.settle(withCredential('absent', 'no credential, an existing pool'), [row]);
  const elsewhere: Fixture = { ...fixture, pool_id: unknownId(seed) };
  const unknown = await judge.settle(
    () => ({ ...minimalCase(elsewhere), credential: 'absent', label: 'no credential, an unknown pool' }),
    [row],
  );
  if (!('judged' in known)) return known;
  if (!('judged' in unknown)) return unknown;
  if (statusOf(known.judged) !== statusOf(unknown.judged)) {
    book.add(
      'alike',
      { expected: `${outcomeOf(known.judged)}, as for an existing pool`, actual: outcomeOf(unknown.judged) },
      unknown.judged,
    );
  }
  return { cases: 2, accepted: 0 };
};

export const otherProject: Situation = async ({ judge, row, book, fixture, seed }) => {
  const elsewhere: Fixture = { ...fixture, project_id: unknownId(seed).replaceAll('-', '') };
  const settled = await judge.settle(
    () => ({ ...minimalCase(elsewhere), label: "one's own token on another project" }),
    [row],
  );
  if (!('judged' in settled)) return settled;
  const status = statusOf(settled.judged);
  if (status === undefined || ![401, 403, 404].includes(status)) {
    book.add('status', { expected: '401, 403 or 404', actual: outcomeOf(settled.judged) }, settled.judged);
  }
  return { cases: 1, accepted: 0 };
};
