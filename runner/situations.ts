import * as fc from 'fast-check';
import type { Case, Fixture } from '../generators/case.ts';
import { minimalCase, unknownId } from '../generators/cases.ts';
import type { Requirement } from '../specs/requirement.ts';
import { isAccepted, type Judged, outcomeOf, statusOf } from './exchange.ts';
import type { FindingBook } from './findings.ts';
import type { Draft, Judge } from './judge.ts';

/** What a situation found: how many cases it judged, or why it could not. */
export type Played =
  | { readonly cases: number; readonly accepted: number }
  | { readonly untested: string }
  | { readonly error: string };

type Situation = (context: SituationContext) => Promise<Played>;

export interface SituationContext {
  readonly judge: Judge;
  readonly row: Requirement;
  readonly fixture: Fixture;
  readonly book: FindingBook;
  readonly seed: number;
  readonly runs: number;
}

function withCredential(credential: Case['credential'], label: string): Draft {
  return (fixture) => ({ ...minimalCase(fixture), credential, label });
}

/** The row, for the valid requests that it needs. */
function valid(row: Requirement): Requirement {
  return { ...row, send: { kind: 'minimal body' } };
}

const invalid: Draft = (fixture) => ({
  ...minimalCase(fixture),
  label: 'a body without image_id',
  body: new TextEncoder().encode('{}'),
});

const otherMethod: Draft = (fixture) => ({ ...minimalCase(fixture), method: 'PUT', label: 'the method PUT' });

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

/** Two exchanges of the same case with different statuses. */
const repetition: Situation = async ({ judge, row, book }) => {
  const sample: Judged[] = [];
  for (const earlier of judge.rejections.values()) {
    if (sample.length < 8 && earlier.case.credential !== 'garbage') sample.push(earlier);
  }
  for (const earlier of sample) {
    const settled = await judge.settle(
      () => earlier.case,
      [{ ...row, expect: earlier.plays[0]?.expect ?? row.expect }, ...earlier.plays],
    );
    if (!('judged' in settled)) continue;
    if (outcomeOf(settled.judged) !== outcomeOf(earlier)) {
      book.add(
        'same status',
        { expected: `${outcomeOf(earlier)}, as before`, actual: outcomeOf(settled.judged) },
        settled.judged,
      );
    }
  }
  let repeated = 0;
  for (const draft of [withCredential('absent', 'no credential, over and over'), invalid]) {
    let expected: string | undefined;
    // Ten in a row find what happens in one of ten tries.
    for (let attempt = 0; attempt < 10; attempt += 1) {
      const settled = await judge.settle(draft, [row]);
      if (!('judged' in settled)) continue;
      repeated += 1;
      expected ??= outcomeOf(settled.judged);
      if (outcomeOf(settled.judged) !== expected) {
        book.add(
          'same status',
          { expected: `${expected} each time`, actual: outcomeOf(settled.judged) },
          settled.judged,
        );
      }
    }
  }
  const control = await judge.settle(minimalCase, [valid(row)]);
  if ('judged' in control && !isAccepted(control.judged)) {
    book.add('same status', { expected: '200, as before', actual: outcomeOf(control.judged) }, control.judged);
  }
  return { cases: sample.length + repeated + 1, accepted: 1 };
};

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
const startsNothing: Situation = async ({ judge, row, book }) => {
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

const twoTogether: Situation = async ({ judge, row, book }) => {
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
const rounds = 3;

const differentTogether: Situation = async ({ judge, row, book }) => {
  let cases = 0;
  let accepted = 0;
  const kinds: readonly (readonly [Draft, Requirement])[] = [
    [minimalCase, valid(row)],
    [invalid, row],
    [withCredential('absent', 'no credential, beside other requests'), row],
    [withCredential('garbage', 'a made-up credential, beside other requests'), row],
  ];
  // What each gets alone is judged by its own row; here it only must not change.
  const alone = await inTurn(kinds, ([draft, plays]) => judge.settle(draft, [plays]));
  for (let round = 0; round < rounds; round += 1) {
    const together = await Promise.all(kinds.map(([draft, plays]) => judge.settle(draft, [plays])));
    for (const [i, settled] of together.entries()) {
      const before = alone[i];
      if (!('judged' in settled) || before === undefined || !('judged' in before)) continue;
      cases += 1;
      if (isAccepted(settled.judged)) accepted += 1;
      const expected = outcomeOf(before.judged);
      const actual = outcomeOf(settled.judged);
      if (actual !== expected)
        book.add('undisturbed', { expected: `${expected}, as when it is alone`, actual }, settled.judged);
    }
  }
  if (cases === 0) return { untested: 'control refused' };
  return { cases, accepted };
};

async function inTurn<T, R>(items: readonly T[], act: (item: T) => Promise<R>): Promise<R[]> {
  const results: R[] = [];
  for (const item of items) results.push(await act(item));
  return results;
}

const afterAcceptance: Situation = async ({ judge, row, book }) => {
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

const existence: Situation = async ({ judge, row, book, fixture, seed }) => {
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

const otherProject: Situation = async ({ judge, row, book, fixture, seed }) => {
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

/** What a walk knows of the pool. */
interface WalkModel {
  readonly steps: string[];
}

type WalkCommand = fc.AsyncCommand<WalkModel, SituationContext> & { readonly name: string };

/** A step of a walk that settles itself; it fails when the answer is none of those that its own requirement allows. */
function step(name: string, draft: Draft, statuses: readonly number[], tell: (judged: Judged) => void): WalkCommand {
  return {
    name,
    check: () => true,
    async run(model, { judge, row }) {
      model.steps.push(name);
      const isValid = statuses.includes(200);
      const play: Requirement = {
        ...(isValid ? valid(row) : row),
        expect: { statuses: statuses.filter((status) => status !== 409) },
      };
      const settled = await judge.settle(draft, [play]);
      if (!('judged' in settled)) return;
      const status = statusOf(settled.judged);
      if (status === undefined || !statuses.includes(status)) {
        tell(settled.judged);
        throw new Error(`${name}: ${outcomeOf(settled.judged)}`);
      }
    },
    toString: () => name,
  };
}

/** Two valid requests at once: what the pool does after an acceptance was learnt, so both may win or only one. */
function pair(tell: (judged: Judged) => void): WalkCommand {
  return {
    name: 'two together',
    check: () => true,
    async run(model, { judge, row }) {
      model.steps.push('two together');
      await judge.settleDown();
      const provided = judge.provided('pool is ready');
      if (provided === undefined || !('fixture' in provided) || !judge.session.roomFor(2, 'expected')) return;
      const { fixture, token } = provided;
      const send = () => judge.session.send(minimalCase(fixture), { token, mayRebuild: 'expected' });
      for (const exchange of await Promise.all([send(), send()])) {
        if (judge.session.isDisturbed(exchange)) continue;
        const judged: Judged = { ...exchange, plays: [{ ...valid(row), expect: { statuses: [200, 409] } }] };
        judge.record(judged);
        if (![200, 409].includes(statusOf(judged) ?? 0)) {
          tell(judged);
          throw new Error(`two together: ${outcomeOf(judged)}`);
        }
      }
    },
    toString: () => 'two together',
  };
}

/** Milliseconds of a step that only waits. */
const shortWait = 20;

function wait(): WalkCommand {
  return {
    name: 'wait',
    check: () => true,
    async run(model, { judge }) {
      model.steps.push('wait');
      await judge.session.pause(shortWait);
    },
    toString: () => 'wait',
  };
}

const walk: Situation = async (context) => {
  let last: Judged | undefined;
  let cases = 0;
  const tell = (judged: Judged) => {
    last = judged;
  };
  const steps: readonly WalkCommand[] = [
    step('accepted', minimalCase, [200], tell),
    step('rejected', invalid, [400], tell),
    step('unauthorised', withCredential('absent', 'no credential'), [401], tell),
    step('other method', otherMethod, [400, 401, 403, 404, 405, 501], tell),
    pair(tell),
    wait(),
  ];
  let walked: readonly string[] = [];
  const play = async (commands: Iterable<fc.AsyncCommand<WalkModel, SituationContext>>): Promise<void> => {
    const model: WalkModel = { steps: [] };
    try {
      await fc.asyncModelRun(() => ({ model, real: context }), commands);
    } finally {
      cases += model.steps.length;
      walked = model.steps;
    }
  };
  const property = fc.asyncProperty(
    fc.commands<WalkModel, SituationContext, false>(
      steps.map((one) => fc.constant(one)),
      { maxCommands: 8 },
    ),
    play,
  );
  const failure = (): Played => {
    if (last === undefined) return { error: 'the walk failed' };
    const actual = `after the walk ${walked.join(', ')}: ${outcomeOf(last)}`;
    context.book.add('walk', { expected: 'each step answered as by its own requirement', actual }, last);
    return { cases, accepted: 0 };
  };
  try {
    await play([...steps, ...steps.slice(0, 1)]);
  } catch (error) {
    if (last === undefined) throw error;
    return failure();
  }
  const numRuns = Math.min(6, Math.ceil(context.runs / 20));
  if (numRuns === 0) return { cases, accepted: 0 };
  const details = await fc.check(property, { seed: context.seed | 0, numRuns, endOnFailure: false });
  // The last walk that fast-check played while shrinking need not be the shortest one that fails: play that again.
  const shortest = details.counterexample?.[0];
  if (!details.failed || shortest === null || shortest === undefined) return { cases, accepted: 0 };
  await play(shortest).catch(() => undefined);
  return failure();
};

/** Requirements that one request cannot show. */
export const situations: Readonly<Partial<Record<Requirement['send']['kind'], Situation>>> = {
  repetition,
  'rejected, then accepted': startsNothing,
  'two together': twoTogether,
  'different ones together': differentTogether,
  'credential after acceptance': afterAcceptance,
  'existence without credential': existence,
  'other project': otherProject,
  walk,
};
