import type { Fixture } from '../../generators/case.ts';
import { minimalCase, unknownId } from '../../generators/cases.ts';
import { isAccepted, outcomeOf, statusOf } from '../exchange.ts';
import { valid, withCredential } from './requests.ts';
import type { Situation } from './situation.ts';

export const afterAcceptance: Situation = async ({ judge, row, book }) => {
  const lane = judge.session.newLane();
  let cases = 0;
  let accepted = 0;
  for (const credential of ['absent', 'garbage', 'empty', 'truncated'] as const) {
    const first = await judge.settle(minimalCase, [valid(row)], { lane });
    if (!('judged' in first) || !isAccepted(first.judged)) return { untested: 'control refused' };
    accepted += 1;
    const settled = await judge.settle(
      withCredential(
        credential,
        `a credential that is ${credential}, after an accepted request on the same connection`,
      ),
      [row],
      { lane },
    );
    if (!('judged' in settled)) return settled;
    cases += 1;
    if (statusOf(settled.judged) !== 401)
      book.add('status', { expected: '401', actual: outcomeOf(settled.judged) }, settled.judged);
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
