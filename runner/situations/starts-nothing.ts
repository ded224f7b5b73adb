import { minimalCase, unknownId } from '../../generators/cases.ts';
import type { Requirement } from '../../specs/requirement.ts';
import type { Draft } from '../drafts.ts';
import { isAccepted, statusOf } from '../exchange.ts';
import type { Judge } from '../judge.ts';
import { invalid, otherMethod, valid, withCredential } from './requests.ts';
import type { Situation } from './situation.ts';

const rejections: readonly Draft[] = [
  invalid,
  (fixture) => ({
    ...minimalCase(fixture),
    label: 'malformed JSON',
    body: new TextEncoder().encode(`{"image_id":${JSON.stringify(fixture.image_id)},}`),
  }),
  (fixture) => ({
    ...minimalCase(fixture),
    label: 'delay_time is an object',
    body: new TextEncoder().encode(JSON.stringify({ image_id: fixture.image_id, delay_time: {} })),
  }),
  withCredential('absent', 'no credential'),
  withCredential('garbage', 'a made-up credential'),
  otherMethod,
  (fixture) => ({
    ...minimalCase(fixture),
    label: 'an unknown image',
    body: new TextEncoder().encode(JSON.stringify({ image_id: unknownId(0) })),
  }),
];

/** Further kinds of rejection, where the states for them are there. */
async function rejectionsByState(judge: Judge, row: Requirement): Promise<readonly (readonly [Draft, Requirement])[]> {
  const all: (readonly [Draft, Requirement])[] = [];
  for (const given of ['token lacks permission', 'token is for another project'] as const) {
    const provided = await judge.begin(given);
    if ('fixture' in provided) all.push([withCredential('configured', `the state "${given}"`), { ...row, given }]);
  }
  return all;
}

/**
 * A rejected request and, at once, the control: it must find the pool ready. Where acceptances make the pool busy, the
 * same wait without the rejected request is tried first, so that a 409 can only come from the rejected one.
 */
export const startsNothing: Situation = async ({ judge, row, book }) => {
  const before = await judge.settle(minimalCase, [valid(row)]);
  if (!('judged' in before) || !isAccepted(before.judged)) return { untested: 'control refused' };
  const longer = await restThatSuffices(judge);
  if (longer === undefined) return { untested: 'the pool stayed busy' };
  let cases = 0;
  const kinds = [...rejections.map((draft) => [draft, row] as const), ...(await rejectionsByState(judge, row))];
  for (const [draft, plays] of kinds) {
    for (let attempt = 1; attempt <= 2; attempt += 1) {
      await judge.settleDown(longer);
      const rejected = await judge.settle(draft, [plays]);
      if (!('judged' in rejected) || isAccepted(rejected.judged)) break;
      if (attempt === 1) cases += 1;
      const probe = await judge.control();
      if (probe === undefined || statusOf(probe) !== 409) break;
      if (attempt === 2) {
        const flaw = {
          expected: 'the pool is still ready after the rejected request',
          actual: 'the pool is busy (409)',
        };
        book.add('starts nothing', flaw, rejected.judged, 2, 2);
      }
      await judge.settle(minimalCase, [valid(row)]);
    }
  }
  return { cases, accepted: cases };
};

/** How many times the usual rest the pool needs to be accepted again for certain; undefined: it was not. */
async function restThatSuffices(judge: Judge): Promise<number | undefined> {
  for (const longer of [1, 2, 4]) {
    await judge.settleDown(longer);
    const control = await judge.control();
    if (control !== undefined && isAccepted(control)) return longer;
  }
  return undefined;
}
