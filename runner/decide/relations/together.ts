import { isAccepted, type Observation, outcomeOf } from '../observation.ts';
import type { Procedure, Sending } from '../procedure.ts';
import { acceptedControl, ask, makeReady } from '../readiness.ts';
import { settle } from '../settle.ts';
import { countAll, type RelationProcedure, refusedControl, tellingSending } from './relation.ts';

/** Two valid requests at once: at most one is accepted where acceptances make the pool busy, and it is accepted again later. */
export const twoTogether: RelationProcedure = function* (core, row) {
  if (core.room < 3) return { untested: 'the limit on rebuilds is reached' };
  yield* makeReady(core, core.isSparing ? 1 : 2);
  const settled = yield* settle(core, [[core.plain()], [core.plain()]]);
  const pair = settled.flatMap(({ observation, error }) =>
    observation === undefined || error !== undefined ? [] : [observation],
  );
  const [first] = pair;
  if (first === undefined || pair.length < 2) return { error: 'no answer was seen' };
  countAll(core, row, pair);
  const isUncertain = settled.some(({ uncertain }) => uncertain);
  if (core.target.goesBusy && pair.every(isAccepted) && wereTogether(pair)) {
    // Only if this target answers 409 right after an acceptance each time, and takes two at once again.
    const proof = yield* provenRace(core);
    const flaw = { expected: 'at most one of two is accepted', actual: 'both are accepted' };
    if (typeof proof === 'object')
      core.ledger.add({ row, check: 'two together', flaw }, first, 1 + proof.failed, 1 + proof.sent);
    else if (proof === 'no room') core.ledger.tally(row).isUnproved = true;
  }
  for (const one of pair) {
    if (isAccepted(one) || one.status === 409 || isUncertain) continue;
    core.ledger.add(
      { row, check: 'two together', flaw: { expected: '200 or 409', actual: outcomeOf(one) } },
      one,
      1,
      1,
    );
  }
  // Where each rebuild is waited for, the next relation sees whether it is accepted.
  const later = core.isSparing ? undefined : yield* acceptedControl(core);
  // A pool that is busy when the handler gives it is the handler's doing: it may be any pool.
  const isGivenBusy = core.target.hasHandler && later !== undefined && core.target.saysBusy(later);
  if (later !== undefined && !isAccepted(later) && later.status !== undefined && !isGivenBusy) {
    const flaw = { expected: 'the pool is accepted again later', actual: outcomeOf(later) };
    core.ledger.add({ row, check: 'accepted again', flaw }, later, 1, 1);
  }
  return { done: true };
};

/** On their way at the same time, and neither was sent again. */
function wereTogether(pair: readonly Observation[]): boolean {
  const lastStart = Math.max(...pair.map(({ started }) => started));
  const firstEnd = Math.min(...pair.map(({ ended }) => ended));
  return lastStart < firstEnd && pair.every(({ sending }) => sending.fresh !== true);
}

type RelationCore = Parameters<RelationProcedure>[0];

/**
 * A pool that is busy for a time by chance takes two now and then. So often a second request behind an acceptance must be
 * refused, and of so many more pairs so many must be accepted whole. Whoever takes both requests of a pair with a chance of r
 * takes two in a row with r or more: it is blamed for a race in at most 2.5 % of runs, and in 0.01 % where r is 2 %.
 */
const refusalsToProve = 4;
const pairsToProve = 5;
const acceptedToProve = 2;

type Proof = { readonly sent: number; readonly failed: number } | 'no race' | 'no room';

/** Whether two are accepted at once where two in a row never are; or that there are no rebuilds to tell. */
function* provenRace(core: RelationCore): Procedure<Proof> {
  for (let n = 0; n < refusalsToProve; n += 1) {
    if (core.room < 2) return 'no room';
    const accepted = yield* acceptedControl(core);
    if (accepted === undefined || !isAccepted(accepted)) return 'no race';
    const second = yield* ask(core, core.plain());
    if (second === undefined || !core.target.saysBusy(second)) return 'no race';
  }
  let failed = 0;
  for (let sent = 1; sent <= pairsToProve; sent += 1) {
    if (core.room < 2) return 'no room';
    yield* makeReady(core, core.isSparing ? 1 : 2);
    const settled = yield* settle(core, [[core.plain()], [core.plain()]]);
    const pair = settled.flatMap(({ observation, uncertain }) =>
      observation === undefined || uncertain ? [] : [observation],
    );
    if (pair.length === 2 && pair.every(isAccepted) && wereTogether(pair)) failed += 1;
    if (failed === acceptedToProve) return { sent, failed };
  }
  return 'no race';
}

/** Rounds of different requests at once. */
const rounds = 2;

/** Different requests at the same time get each their own answer. */
export const differentTogether: RelationProcedure = function* (core, row) {
  const seen: Observation[] = [];
  for (let round = 0; round < (core.isSparing ? 1 : rounds); round += 1) {
    // A pool that is busy would make the valid one wait, and so come later than the others.
    yield* makeReady(core, core.isSparing ? 1 : 2);
    const others = [
      tellingSending(core, 'wrong type', 'pool is ready', 'delay_time'),
      tellingSending(core, 'absent credential'),
      tellingSending(core, 'made-up credential'),
      ...(['token lacks permission', 'token is for another project', 'token is expired'] as const).map((given) =>
        core.fixture(given) === undefined ? undefined : tellingSending(core, 'credential of the state', given),
      ),
    ].flatMap((sending): Sending[] => (sending === undefined ? [] : [sending]));
    const isDear = core.room < 1 || core.isSparing || (core.target.goesBusy && round > 0);
    const all = isDear ? others : [core.plain(), ...others];
    const turned = [...all.slice(round % all.length), ...all.slice(0, round % all.length)];
    const settled = yield* settle(
      core,
      turned.map((sending) => [sending]),
    );
    for (const { observation, error, sending, uncertain } of settled) {
      if (observation === undefined || error !== undefined || uncertain || 'unsent' in observation.result) continue;
      seen.push(observation);
      if (isPlain(sending) ? isAccepted(observation) : !isAccepted(observation) && isUsual(observation)) continue;
      // What it gets alone is judged by its own row; here it only must not change.
      yield* makeReady(core, 2);
      const alone = yield* ask(core, core.sending(sending.play, sending.given, []));
      if (alone === undefined || outcomeOf(alone) === outcomeOf(observation)) continue;
      if (core.target.saysBusy(observation) || core.target.saysBusy(alone)) continue;
      const flaw = { expected: `${outcomeOf(alone)}, as when it is alone`, actual: outcomeOf(observation) };
      core.ledger.add({ row, check: 'undisturbed', flaw }, observation, 1, 2);
    }
  }
  if (seen.length === 0) return refusedControl;
  countAll(core, row, seen);
  return { done: true };
};

function isPlain({ play }: Sending): boolean {
  return play.deviation === undefined;
}

/** The answers that the kinds get by the page. */
function isUsual({ sending, status }: Observation): boolean {
  const { kind } = sending.play.deviation ?? {};
  if (kind === 'wrong type') return status === 400;
  if (kind === 'credential of the state' && sending.given === 'token lacks permission') return status === 403;
  if (kind === 'credential of the state' && sending.given === 'token is for another project') return false;
  return status === 401;
}
