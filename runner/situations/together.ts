import { minimalCase } from '../../generators/cases.ts';
import type { Requirement } from '../../specs/requirement.ts';
import type { Draft } from '../drafts.ts';
import { isAccepted, type Judged, outcomeOf, statusOf } from '../exchange.ts';
import { invalid, valid, withCredential } from './requests.ts';
import type { Situation } from './situation.ts';

export const twoTogether: Situation = async ({ judge, row, book }) => {
  const ready = await judge.settle(minimalCase, [valid(row)]);
  if (!('judged' in ready) || !isAccepted(ready.judged)) return { untested: 'control refused' };
  await judge.settleDown(2);
  const provided = judge.provided('pool is ready');
  if (provided === undefined || !('fixture' in provided)) return { untested: 'the pool is not ready' };
  const { token } = provided;
  if (!judge.session.roomFor(2, 'expected')) return { untested: 'the limit on rebuilds is reached' };
  const pair = await Promise.all([
    judge.session.send(minimalCase(provided.fixture), { token, mayRebuild: 'expected' }),
    judge.session.send(minimalCase(provided.fixture), { token, mayRebuild: 'expected' }),
  ]);
  const judged = pair.map(
    (exchange): Judged => ({ ...exchange, plays: [{ ...valid(row), expect: { statuses: [200, 409] } }] }),
  );
  for (const one of judged) judge.record(one);
  const first = judged[0];
  if (first === undefined) return { cases: 0, accepted: 0 };
  if (judge.goesBusy && judged.every(isAccepted)) {
    book.add('two together', { expected: 'at most one of two is accepted', actual: 'both are accepted' }, first);
  }
  for (const one of judged) {
    const status = statusOf(one);
    if (status !== 200 && status !== 409)
      book.add('two together', { expected: '200 or 409', actual: outcomeOf(one) }, one);
  }
  const later = await judge.settle(minimalCase, [valid(row)]);
  if ('judged' in later && !isAccepted(later.judged)) {
    book.add(
      'accepted again',
      { expected: 'the pool is accepted again later', actual: outcomeOf(later.judged) },
      later.judged,
    );
  }
  return { cases: 2, accepted: judged.filter(isAccepted).length };
};

/** Rounds of four different requests at once. */
const rounds = 2;

export const differentTogether: Situation = async ({ judge, row, book }) => {
  let cases = 0;
  let accepted = 0;
  const kinds: readonly (readonly [Draft, Requirement, status: number])[] = [
    [minimalCase, valid(row), 200],
    [invalid, row, 400],
    [withCredential('absent', 'no credential, beside other requests'), row, 401],
    [withCredential('garbage', 'a made-up credential, beside other requests'), row, 401],
  ];
  for (let round = 0; round < rounds; round += 1) {
    // A pool that is busy would make the valid one wait, and so come later than the others.
    await judge.settleDown(2);
    const together = await Promise.all(kinds.map(([draft, plays]) => judge.settle(draft, [plays])));
    for (const [i, settled] of together.entries()) {
      const [draft, plays, status] = kinds[i] ?? [minimalCase, row, 200];
      if (!('judged' in settled)) continue;
      cases += 1;
      if (isAccepted(settled.judged)) accepted += 1;
      if (statusOf(settled.judged) === status) continue;
      // What it gets alone is judged by its own row; here it only must not change.
      const alone = await judge.settle(draft, [plays]);
      if (!('judged' in alone)) continue;
      const [expected, actual] = [outcomeOf(alone.judged), outcomeOf(settled.judged)];
      if (actual !== expected)
        book.add('undisturbed', { expected: `${expected}, as when it is alone`, actual }, settled.judged);
    }
  }
  if (cases === 0) return { untested: 'control refused' };
  return { cases, accepted };
};
