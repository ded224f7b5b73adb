import { fixedPlays, type Play, plainerIn, playKey } from '../../generators/cases.ts';
import { plainIn } from '../../generators/contexts.ts';
import type { Requirement } from '../../specs/requirement.ts';
import { type Core, isActedOnIn } from './core.ts';
import { blameContext } from './culprit.ts';
import { causeKey, type Failure, nameOf } from './ledger.ts';
import { isAccepted, type Observation } from './observation.ts';
import type { Procedure, Sending } from './procedure.ts';
import { ask, askUntilReady, makeReady } from './readiness.ts';
import { isDisturbed, strangeness } from './settle.ts';

/** Requests that looking for a smaller example may take. */
const mostTries = 24;
/** How often a 409 must be seen right before an accepted valid request, before it is the case's own answer. */
const turns = 3;
/** How often a disturbance is looked for again: one that is not seen any more was the network's. */
const looks = 3;
/** Rests before a case is sent again, in terms of the usual one. */
const usualRests: readonly number[] = [1, 2, 4];

/**
 * Proves a failure before it is told: the case is sent once more, then in the plain context, then with what is left of
 * its context; and the same context without the deviation must be accepted, where a baseline can be had.
 */
export function* investigate(core: Core, observation: Observation, failures: readonly Failure[]): Procedure<void> {
  const fresh = failures.filter((failure) => !core.ledger.knows(failure));
  for (const failure of failures) if (!fresh.includes(failure)) core.ledger.add(failure, observation);
  if (observation.silence !== undefined && core.patience.isShort) {
    // Each try more would cost a time-out; that it gets no answer was seen twice.
    for (const failure of fresh) core.ledger.add(failure, observation);
    return;
  }
  const names = fresh.map(nameOf);
  for (const name of names) core.probing.add(name);
  const refused = fresh.length > 0 ? yield* prove(core, observation, fresh) : undefined;
  for (const name of names) core.probing.delete(name);
  // The context is at fault, so what is wrong with the answer is wrong without the deviation, too.
  if (refused !== undefined) core.look(refused);
}

/** Resolves to the baseline, if that was refused, so that nothing was proved. */
function* prove(core: Core, observation: Observation, fresh: readonly Failure[]): Procedure<Observation | undefined> {
  const { play } = observation.sending;
  const again: Again = (other, rests) => sendAgain(core, observation.sending, other, rests);
  if (core.target.isUnexpectedConflict(observation) && core.options.consent) {
    const own = yield* ownConflict(core, again, observation.sending);
    if (own === undefined) return undefined;
    if (core.target.givesAgain) {
      for (const { row } of fresh) ofBusyHandler(core, row);
      return undefined;
    }
    for (const row of own.sending.rows) core.recordContract(row, own, true);
    for (const failure of fresh) core.ledger.add(failure, own, turns, turns);
    return undefined;
  }
  if (observation.silence !== undefined && core.deadly.has(strangeness(observation))) {
    for (const failure of fresh) core.ledger.add(failure, observation, 2, 2);
    return undefined;
  }
  let repeated = yield* again(play);
  const isAgain = (): boolean => fresh.some((failure) => repeated !== undefined && shows(core, failure, repeated));
  if (isDisturbed(observation)) {
    for (let look = 1; look < looks && repeated !== undefined && !isAgain(); look += 1) repeated = yield* again(play);
    if (!isAgain()) {
      core.known.delete(strangeness(observation));
      return undefined;
    }
  }
  const isSame = isAgain();
  // What does not fail without a level that was withheld meanwhile failed for that level.
  if (repeated !== undefined && !isSame && playKey(repeated.sending.play) !== playKey(play)) return undefined;
  const found = isSame ? yield* smallest(core, observation, fresh, again) : observation;
  const needsBaseline = core.options.consent && play.deviation !== undefined && !isAccepted(found);
  const baseline = needsBaseline ? yield* baselineOf(core, found) : 'accepted';
  if (baseline !== 'accepted') return baseline;
  if (needsBaseline) for (const row of found.sending.rows) core.ledger.tally(row).baselines += 1;
  const [failed, sent] = [isSame ? 2 : 1, repeated === undefined ? 1 : 2];
  for (const failure of fresh) {
    const shown = [found, observation].find((one) => shows(core, failure, one)) ?? observation;
    core.ledger.add(failure, shown, failed, sent);
  }
  return undefined;
}

/** Its 409 may be of a pool that the handler gave while it was still being rebuilt: nothing is known of the case. */
function ofBusyHandler(core: Core, row: Requirement): void {
  const tally = core.ledger.tally(row);
  tally.isUnproved = true;
  tally.untested ??= '409 came, and the state handler gives pools again that may still be busy';
}

/**
 * A case whose 409 is its own: the pool was ready, for a valid request right behind it is accepted. That is seen several
 * times, for a pool may become ready between the two. Undefined: the pool is busy, or the case is answered otherwise.
 */
function* ownConflict(core: Core, again: Again, { play, at }: Sending): Procedure<Observation | undefined> {
  // On its own pool, where a valid request may be sent there.
  const there = isActedOnIn(at) ? at : 'pool is ready';
  const plain: Play = { context: core.control, deviation: undefined };
  let own: Observation | undefined;
  for (let n = 0; n < turns; n += 1) {
    let isReady = false;
    for (const longer of usualRests) {
      if (isReady || core.room < 1) break;
      own = yield* again(play, [longer]);
      if (own === undefined || !core.target.isUnexpectedConflict(own)) return undefined;
      const control = yield* ask(core, core.sending(plain, 'pool is ready', [], false, there));
      isReady = control !== undefined && isAccepted(control);
      if (control !== undefined && core.target.saysBusy(control)) yield* askUntilReady(core, () => core.plain());
    }
    if (!isReady) return undefined;
  }
  return own;
}

/** The same case once more, or another of its kind, on a pool that has rested, the longer the more often it is busy. */
function* sendAgain(
  core: Core,
  sending: Sending,
  play: Play,
  rests: readonly number[] = usualRests,
): Procedure<Observation | undefined> {
  let seen: Observation | undefined;
  for (const longer of rests) {
    if (core.room < 1) return undefined;
    yield* makeReady(core, longer);
    seen = yield* ask(core, core.sending(asTaken(core, play), sending.given, sending.rows, false, sending.at));
    if (seen === undefined) return undefined;
    for (const row of sending.rows) core.recordContract(row, seen);
    // A pool that is busy says nothing of the case.
    if (!core.target.goesBusy || !core.target.isUnexpectedConflict(seen)) return seen;
  }
  return rests === usualRests ? undefined : seen;
}

/** Whether a flaw of the same cause shows. */
function shows(core: Core, failure: Failure, observation: Observation): boolean {
  const key = causeKey(failure);
  return [...core.ledger.ofRows(observation), ...core.ledger.ofAspects(observation)].some(
    (one) => one.row.id === failure.row.id && causeKey(one) === key,
  );
}

/** As the target takes it, but for what the deviation itself is about. */
function asTaken(core: Core, { context, deviation }: Play): Play {
  return { context: deviation === undefined ? context : core.fitting(context), deviation };
}

type Again = (play: Play, rests?: readonly number[]) => Procedure<Observation | undefined>;

function* smallest(
  core: Core,
  observation: Observation,
  failures: readonly Failure[],
  again: Again,
): Procedure<Observation> {
  const [first] = failures;
  const { play } = observation.sending;
  if (first === undefined || play.deviation === undefined) return observation;
  let current = observation;
  let tries = 0;
  const attempt = function* (smaller: Play): Procedure<boolean> {
    if (tries >= mostTries || playKey(smaller) === playKey(current.sending.play)) return false;
    tries += 1;
    const seen = yield* again(smaller);
    if (seen === undefined || !shows(core, first, seen)) return false;
    current = seen;
    return true;
  };
  const plainer = { ...play, context: plainIn(play.context, plainerIn(play)) };
  const isSilent = observation.silence !== undefined;
  if (!(yield* attempt(plainer)) && !isSilent) {
    for (const dimension of plainerIn(play)) {
      const { play: latest } = current.sending;
      yield* attempt({ ...latest, context: plainIn(latest.context, [dimension]) });
    }
  }
  const setting = core.setting(observation.sending.given);
  // Each silent try costs a time-out.
  if (isSilent || setting === undefined || play.deviation.second !== undefined) return current;
  // The most telling values of the class are small ones.
  const { send } = first.row;
  if (send.kind !== 'deviation') return current;
  const plays = fixedPlays(send, setting).slice(0, 3);
  for (const { deviation } of plays) {
    const { context } = current.sending.play;
    if (deviation === undefined || size(deviation) >= size(current.sending.play.deviation)) continue;
    if (yield* attempt({ context, deviation })) break;
  }
  return current;
}

function size(value: unknown): number {
  return JSON.stringify(value)?.length ?? 0;
}

/** Whether the same context without the deviation is accepted; what is refused, too, is the fault of the context. */
function* baselineOf(core: Core, { sending }: Observation): Procedure<Observation | undefined | 'accepted'> {
  const context = core.fitting(sending.play.context);
  if (core.target.hasAccepted(context) || core.room < 1) return 'accepted';
  yield* makeReady(core);
  const twin = yield* askUntilReady(core, () => core.sending({ context, deviation: undefined }, 'pool is ready', []));
  if (twin === undefined || isAccepted(twin)) return twin === undefined ? undefined : 'accepted';
  if (!core.target.saysBusy(twin) && context.levels.query === 'none') yield* blameContext(core, twin);
  return twin;
}
