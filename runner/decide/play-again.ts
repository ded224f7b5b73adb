import { withLevel } from '../../generators/contexts.ts';
import type { Requirement, State } from '../../specs/requirement.ts';
import { begin, reach } from './conduct.ts';
import { blameLock, checkControl, findStarter, lateness } from './conflict.ts';
import type { Core } from './core.ts';
import { isAccepted, isRejected, type Observation, outcomeOf } from './observation.ts';
import { type Flaw, statusFlaw } from './oracles/status.ts';
import { type Procedure, type Provided, type Sending, wait } from './procedure.ts';
import { acceptedControl, ask, askUntilReady, lockPatienceOf, makeReady } from './readiness.ts';
import type { Answer, Question, Recorded } from './recorded.ts';
import { relations } from './relations/index.ts';
import { walkAgain } from './relations/walk.ts';
import { settle } from './settle.ts';
import { inWords } from './untested.ts';

/** How often what failed now and then is sent, and how often is looked whether rejections start something. */
const flakyTries = 6;
const looks = 3;
/** Sent so often, it was for the sake of the row. */
const oftenEnough = 3;
/** Rests before what got 409 is sent again, in terms of the usual one. */
const rests = [1, 2, 4] as const;
/** Altered signatures in a row; five lock a real key. */
const mostAltered = 3;

const mended: Answer = { fate: 'mended', why: '' };

function cannotTell(why: string): Answer {
  return { fate: 'cannot tell', why };
}

function stillFails({ actual, expected }: Flaw): Answer {
  return { fate: 'still fails', why: `${actual}, expected ${expected}` };
}

/** Whether a row is judged by its own procedure, and not by what is on record: it takes rounds of several requests. */
export function isPlayedAnew({ send }: Requirement): boolean {
  return send.kind === 'relation' && send.relation !== 'rejected, then accepted' && send.relation !== 'walk';
}

/**
 * Sends again what is on record, and tells of each finding what became of it. Throws RunEnded, SetupRefused or ControlLost
 * where nothing more can be said; of what was not told nothing is known.
 */
export function* playAgain(
  core: Core,
  questions: readonly Question[],
  tell: (question: Question, answer: Answer) => void,
): Procedure<void> {
  const { consent } = core.options;
  if (!consent) yield* reach(core);
  else {
    const rows = questions.map(({ row }) => row);
    if (!(yield* begin(core, rows))) {
      const provided = core.provided('pool is ready');
      const why = provided === undefined ? undefined : whyNot(provided);
      for (const question of questions) tell(question, cannotTell(why ?? notSent));
      return;
    }
  }
  const replay = new Replaying(core);
  yield* replay.sideBySide(questions.filter(isOccasional));
  const passed: Question[] = [];
  for (const question of inOrder(questions)) {
    core.options.onStep?.(question.row.title);
    const answer = yield* replay.answer(question);
    tell(question, answer);
    if (answer.fate === 'mended' && isOfRejection(question)) passed.push(question);
  }
  // A target may have learnt from what came after it what it had forgotten: rejections cost nothing, so they come again.
  replay.forget();
  for (const question of passed) {
    const answer = yield* replay.answer(question);
    if (answer.fate !== 'mended') tell(question, answer);
  }
  // Were the credential refused by now, every rejection would look right.
  if (consent && core.room > 0) yield* checkControl(core);
}

/** What makes no pool busy comes first, what needs several requests last. */
function inOrder(questions: readonly Question[]): readonly Question[] {
  const weight = (question: Question): number =>
    question.row.send.kind === 'relation' ? 2 : isOfRejection(question) ? 0 : 1;
  return [...questions].sort((a, b) => weight(a) - weight(b));
}

/** A rejection that is judged by itself. */
function isOfRejection({ row, recorded }: Question): boolean {
  return 'accepted' in recorded && recorded.accepted === 'never' && row.send.kind !== 'relation';
}

/** One that failed now and then. */
function isOccasional(question: Question): boolean {
  return question.failed < question.sent && isOfRejection(question);
}

type Seen = { readonly observation: Observation } | { readonly why: string };

class Replaying {
  readonly #core: Core;
  readonly #seen = new Map<string, Observation>();
  /** What failed side by side with others. */
  readonly #failed = new Map<Question, Answer>();
  /** States of which a valid request was sent. */
  readonly #shown = new Set<State>();
  #altered = 0;
  /** Whether what goes before a rejection is answered. */
  #leads = true;

  constructor(core: Core) {
    this.#core = core;
  }

  /** Asks again what was asked before. */
  forget(): void {
    this.#seen.clear();
  }

  /** What failed now and then may do so beside other requests alone: they are sent as a run sends them, side by side. */
  *sideBySide(questions: readonly Question[]): Procedure<void> {
    const core = this.#core;
    const { auth, concurrency } = core.options;
    const played: { readonly question: Question; readonly recorded: Recorded }[] = [];
    for (const question of questions) {
      const { recorded } = question;
      if ('make' in recorded && (yield* this.#missing(recorded)) === undefined) played.push({ question, recorded });
    }
    for (let n = 0; n < looks && played.length > 1; n += 1) {
      yield* makeReady(core, 2);
      const asked = new Map<number, Question>();
      const sendings = played.flatMap(({ question, recorded }): Sending[] => {
        const sending = made(core, recorded, ownRows(question.row));
        // Many altered signatures in a row lock a key.
        if (sending === undefined || (auth === 'aksk' && isAltered(sending))) return [];
        asked.set(sending.id, question);
        return [sending];
      });
      const trains = Array.from({ length: concurrency }, (_, i) => sendings.filter((_, at) => at % concurrency === i));
      for (const { sending, observation, error } of yield* settle(core, trains)) {
        const question = asked.get(sending.id);
        if (question === undefined || observation === undefined || error !== undefined) continue;
        if (core.target.isUnexpectedConflict(observation)) continue;
        const flaw = flawOf(core, question.row, observation);
        if (flaw !== undefined) this.#failed.set(question, { ...stillFails(flaw), sending });
      }
    }
  }

  *answer(question: Question): Procedure<Answer> {
    const { row, recorded, before } = question;
    if (isPlayedAnew(row)) return yield* this.#anew(question);
    const sequence: Recorded[] = [];
    for (const one of [...before, recorded]) {
      if ('unsendable' in one) return cannotTell(one.unsendable);
      const why = yield* this.#missing(one);
      if (why !== undefined) return cannotTell(why);
      sequence.push(one);
    }
    const [last] = sequence.slice(-1);
    if (last === undefined || row.send.kind !== 'relation')
      return last === undefined ? cannotTell(notSent) : yield* this.#alone(question, last);
    return row.send.relation === 'walk' ? yield* this.#walked(sequence) : yield* this.#startsNothing(row, sequence);
  }

  /** Why a request cannot be sent; undefined: it can. */
  *#missing({ given, at }: Recorded): Procedure<string | undefined> {
    const core = this.#core;
    if (!core.options.consent && at !== 'pool does not exist') return 'consent';
    for (const state of core.options.consent ? [given, at] : [at]) {
      const why = whyNot(core.provided(state) ?? (yield* core.state(state)));
      if (why !== undefined) return why;
    }
    return undefined;
  }

  *#alone(question: Question, recorded: Recorded): Procedure<Answer> {
    const core = this.#core;
    const { row, failed, sent } = question;
    const isFlaky = failed < sent;
    const known = this.#failed.get(question);
    if (known !== undefined) return known;
    let last: Observation | undefined;
    for (let n = 0; n < (isFlaky ? flakyTries : 1); n += 1) {
      const seen = yield* this.#sent(recorded, row, n === 0 && !isFlaky);
      if ('why' in seen) return cannotTell(seen.why);
      last = seen.observation;
      core.recordContract(row, last);
      const { sending } = last;
      const flaw = flawOf(core, row, last);
      if (flaw !== undefined) return { ...stillFails(flaw), sending };
      if (!isWitness(row, last))
        return { ...cannotTell(`it is answered with ${outcomeOf(last)}, of which this row says nothing`), sending };
    }
    if (last === undefined) return cannotTell(notSent);
    if (isFlaky)
      return {
        ...passesNow(question),
        sending: last.sending,
      };
    const why = yield* this.#refusedBaseline(last);
    return { ...(why === undefined ? mended : cannotTell(why)), sending: last.sending };
  }

  /** What comes of a request, on a pool that is ready; what other findings have is not sent twice. */
  *#sent(recorded: Recorded, row: Requirement, mayShare: boolean): Procedure<Seen> {
    const core = this.#core;
    const known = mayShare ? this.#seen.get(recorded.key) : undefined;
    if (known !== undefined) return { observation: known };
    yield* this.#turnTo(recorded);
    const rows = ownRows(row);
    const make = (): Sending | undefined => made(core, recorded, rows);
    if (make() === undefined) return { why: 'the configured credential has no such form' };
    if (core.options.auth === 'aksk') yield* this.#spareKey(make());
    yield* this.#show(recorded);
    let last: Observation | undefined;
    for (const longer of recorded.accepted === 'never' ? rests : [1]) {
      yield* makeReady(core, longer);
      const sending = make();
      if (sending === undefined) break;
      if (sending.mayAct) last = yield* askUntilReady(core, () => make() ?? sending);
      else {
        const led = this.#leading();
        const all = yield* settle(core, [[...led, sending]]);
        const settled = all.find((one) => one.sending.id === sending.id);
        // Each silence more would cost a time-out, and each acceptance a rebuild.
        this.#leads &&= all.every((one) => one === settled || isHarmless(one.observation));
        if (settled?.error !== undefined) return { why: settled.error };
        last = settled?.observation;
      }
      if (last === undefined) return { why: core.room < 1 ? capReached : 'no answer was seen' };
      if ('unsent' in last.result)
        return { why: last.result.unsent === 'cap' ? capReached : 'the configured credential has no such form' };
      if (!core.target.isUnexpectedConflict(last)) {
        this.#seen.set(recorded.key, last);
        return { observation: last };
      }
    }
    // Its own answer, if a valid request is accepted right behind it.
    const control = core.options.consent && core.room > 0 ? yield* ask(core, core.plain()) : undefined;
    if (last === undefined || control === undefined || !isAccepted(control)) return { why: 'the pool stayed busy' };
    return { observation: last };
  }

  /** What a target keeps of a valid request in a state of its own, such as an order, it is given before others of that state. */
  *#show({ given, at }: Recorded): Procedure<void> {
    const core = this.#core;
    if (given !== 'image is billed' || at !== given || this.#shown.has(given)) return;
    this.#shown.add(given);
    if (!core.options.consent || core.room < 1) return;
    yield* makeReady(core);
    const context = core.fitting(withLevel(core.control, 'order_id', 'given'));
    yield* askUntilReady(core, () => core.sending({ context, deviation: undefined }, given, []));
  }

  /** A good credential and a valid body right before it on its connection, which may stay there; nobody can act on it. */
  #leading(): readonly Sending[] {
    const core = this.#core;
    if (!this.#leads || core.fixture('pool does not exist') === undefined) return [];
    return [core.sending({ context: core.control, deviation: undefined }, 'pool does not exist', [])];
  }

  /** The pool that it went to, where that is one of several; they come by turns. */
  *#turnTo({ fixture, at }: Recorded): Procedure<void> {
    const { pools } = this.#core.options;
    if (at !== 'pool is ready' || !pools.includes(fixture.pool_id)) return;
    for (let n = 0; n < pools.length && this.#core.fixture(at)?.pool_id !== fixture.pool_id; n += 1)
      yield* this.#core.state(at, true);
  }

  /** So many altered credentials in a row lock a key; a good one in between does not. */
  *#spareKey(sending: Sending | undefined): Procedure<void> {
    if (sending === undefined || !isAltered(sending)) return;
    this.#altered += 1;
    if (this.#altered % mostAltered === 0) yield* acceptedControl(this.#core);
  }

  /** Why the same request without its fault counts as refused; undefined: it is accepted. */
  *#refusedBaseline({ sending }: Observation): Procedure<string | undefined> {
    const core = this.#core;
    if (sending.play.deviation === undefined) return undefined;
    if (!core.options.consent)
      return 'it passes, but without consent no valid request shows that the target accepts any';
    const context = core.fitting(sending.play.context);
    if (core.target.hasAccepted(context)) return undefined;
    if (core.room < 1) return capReached;
    yield* makeReady(core);
    const twin = yield* askUntilReady(core, () => core.sending({ context, deviation: undefined }, 'pool is ready', []));
    if (twin !== undefined && isAccepted(twin)) return undefined;
    return `the same request without its fault is not accepted: ${twin === undefined ? 'no answer' : outcomeOf(twin)}`;
  }

  *#walked(all: readonly Recorded[]): Procedure<Answer> {
    const core = this.#core;
    for (let n = 0; n < 2; n += 1) {
      const plays = all.flatMap((one) => made(core, one, [])?.play ?? []);
      const walked = plays.length < all.length ? undefined : yield* walkAgain(core, plays);
      if (walked === undefined) return cannotTell('the walk could not be walked to its end');
      if (walked !== 'right')
        return stillFails({ actual: outcomeOf(walked), expected: 'the answer that it gets when it comes alone' });
    }
    return mended;
  }

  /** The rejections on record, and a valid request behind them, at once or a little later: it is accepted. */
  *#startsNothing(row: Requirement, all: readonly Recorded[]): Procedure<Answer> {
    const core = this.#core;
    for (let n = 0; n < looks; n += 1) {
      if (core.room < 1) return cannotTell(capReached);
      yield* acceptedControl(core);
      yield* makeReady(core, 2);
      const sendings = all.flatMap((one) => made(core, one, []) ?? []);
      if (sendings.length < all.length || sendings.some(({ play }) => play.deviation === undefined))
        return cannotTell('which rejection it was is not on record');
      const settled = yield* settle(core, [sendings]);
      for (const { observation } of settled) if (observation !== undefined) core.remember(observation);
      const accepted = settled.find(({ observation }) => observation !== undefined && isAccepted(observation));
      if (accepted !== undefined)
        return stillFails({ actual: 'it is accepted', expected: 'a rejection that starts nothing' });
      if (n > 0) core.target.now = yield* wait(lateness, 'an effect may come late');
      const behind = yield* ask(core, core.plain());
      if (behind === undefined) return cannotTell('no answer was seen');
      if (isAccepted(behind)) continue;
      const suspicion = { refused: behind, latest: sendings, earlier: [] };
      const ready = yield* askUntilReady(core, () => core.plain(), lockPatienceOf(core));
      if (ready !== undefined && isAccepted(ready)) yield* findStarter(core, suspicion);
      else blameLock(core, suspicion, behind);
      const [cause] = core.ledger.causes(row);
      return cause === undefined
        ? cannotTell(`a valid request was refused behind it (${outcomeOf(behind)}), and why was not found out`)
        : stillFails(cause.flaw);
    }
    // Of several pools it is one that is played on.
    return core.options.pools.length > 1
      ? cannotTell('what a rejection starts may show on another pool, and only a run looks there')
      : mended;
  }

  /** By the row's own procedure, which sends rounds of requests. */
  *#anew(question: Question): Procedure<Answer> {
    const { row, failed, sent } = question;
    const core = this.#core;
    if (row.send.kind !== 'relation' || row.send.relation === 'rejected, then accepted') return cannotTell(notSent);
    if (!core.options.consent) return cannotTell('consent');
    const before = core.ledger.causes(row).length;
    const played = yield* relations[row.send.relation](core, row);
    const [cause] = core.ledger.causes(row).slice(before);
    if (cause !== undefined) return stillFails(cause.flaw);
    if ('untested' in played) return cannotTell(played.untested);
    if ('error' in played) return cannotTell(played.error);
    if (core.ledger.tally(row).isUnproved) return cannotTell(capReached);
    if (failed < sent) return passesNow(question);
    // What happened between other requests of a run need not happen here.
    const isOfWholeRun = row.send.relation === 'same request, same status' && sent < oftenEnough;
    return isOfWholeRun ? cannotTell('it was seen between other requests of a run: another run tells') : mended;
  }
}

function passesNow({ failed, sent }: Question): Answer {
  return cannotTell(`it failed ${failed} of ${sent} times then and passes each time now, so only a run tells`);
}

function isHarmless(observation: Observation | undefined): boolean {
  return observation !== undefined && observation.silence === undefined && !isAccepted(observation);
}

/** Why a state has no values; undefined: it has. */
function whyNot(provided: Provided): string | undefined {
  if ('error' in provided) return provided.error;
  return 'untested' in provided ? inWords(provided.untested) : undefined;
}

/** The rows about every answer have no status of their own. */
function ownRows(row: Requirement): readonly Requirement[] {
  return row.send.kind === 'answers' ? [] : [row];
}

function isAltered(sending: Sending): boolean {
  return sending.case.request.credential.form === 'edited';
}

const capReached = 'the limit on rebuilds is reached';
const notSent = 'there was nothing to send';

/** The request for the values of its state as they are now. */
function made(core: Core, recorded: Recorded, rows: readonly Requirement[]): Sending | undefined {
  const { given, at, fresh } = recorded;
  const setting = core.setting(given, at);
  const play = setting === undefined ? undefined : recorded.make(setting);
  return play === undefined ? undefined : core.sending(play, given, rows, fresh ?? false, at);
}

/** What is wrong with an observation by a row alone. */
function flawOf(core: Core, row: Requirement, observation: Observation): Flaw | undefined {
  if (row.send.kind !== 'answers') return statusFlaw(observation, row);
  return core.ledger.ofAspects(observation).find((failure) => failure.row.id === row.id)?.flaw;
}

/** Whether an answer is one that the row speaks of: what is accepted shows nothing of the shape of errors. */
function isWitness({ send }: Requirement, observation: Observation): boolean {
  if (send.kind !== 'answers') return true;
  if (send.aspect.startsWith('error')) return isRejected(observation);
  return !send.aspect.startsWith('acceptance') || isAccepted(observation);
}
