import { canonicalCase } from '../../generators/canonical.ts';
import { contextKey, full, lawful, onlyIn, plain, unusual } from '../../generators/contexts.ts';
import type { Context } from '../../generators/model.ts';
import { type EditionName, edition } from '../../specs/editions.ts';
import type { Requirement, State } from '../../specs/requirement.ts';
import { requirement } from '../../specs/requirements.ts';
import { type Budget, budgetOf } from '../plan/budget.ts';
import {
  fixedItems,
  foreignItems,
  generatedContext,
  generatedItems,
  type Item,
  type Items,
  scoutsOf,
  validItem,
  validItems,
} from '../plan/items.ts';
import { arrange } from '../plan/order.ts';
import { findStarter, lateness } from './conflict.ts';
import type { Core } from './core.ts';
import { diagnosis, reasonGiven } from './diagnosis.ts';
import { learnBusy } from './learn-busy.ts';
import { isAccepted, type Observation, outcomeOf } from './observation.ts';
import { type Procedure, type Provided, RunEnded, wait } from './procedure.ts';
import { ask, askUntilReady } from './readiness.ts';
import { relations } from './relations/index.ts';
import { countValid, lookIntoDoubts, Rounds } from './rounds.ts';
import { isGuessed } from './target.ts';
import { inWords } from './untested.ts';

/** Requests in one round of generated cases, for each connection: the slowest of them is waited for at its end. */
const generatedEach = 24;
/** How often what other states bring is sent to the ready pool: in several rounds, of which some look late. */
const foreignTimes = 4;
/** Rebuilds without which relations could not be judged. */
const keptForRelations = 5;
/** Cases that scouts point at which are given a rebuild, and where each takes time. */
const mostSuspects = 12;
const fewSuspects = 4;
/** Rejections between two controls once no valid case is left. */
const batchBehindControls = 40;

/** No valid body was ever accepted, in a way that cannot be told from a wrong configuration. */
export class SetupRefused extends Error {
  override readonly name = 'SetupRefused';
  /** What to mend. */
  readonly advice: string;

  constructor(came: string, advice: string) {
    super(came);
    this.advice = advice;
  }
}

/** Plays the selected rows. Throws RunEnded, SetupRefused or ControlLost where it cannot go on. */
export function* conduct(core: Core, selected: readonly Requirement[]): Procedure<void> {
  yield* play(core, selected);
  yield* lookIntoDoubts(core);
}

function* play(core: Core, selected: readonly Requirement[]): Procedure<void> {
  if (!core.options.consent) {
    yield* withoutConsent(core, selected);
    return;
  }
  if (!(yield* begin(core, selected))) return;
  yield* playFixed(core, selected);
  yield* playRelations(core, selected);
  if (core.options.runs > 0) yield* playGenerated(core, selected);
}

/** Asks for the states of rows, and finds a control; whether there is a pool to ask. Throws as `conduct` does. */
export function* begin(core: Core, selected: readonly Requirement[]): Procedure<boolean> {
  const ready = yield* core.state('pool is ready');
  if (!('fixture' in ready)) {
    yield* reach(core);
    for (const row of selected) unprovided(core, row, ready);
    return false;
  }
  const needed = new Set<State>([...selected.map(({ given }) => given), 'pool does not exist']);
  for (const state of needed) yield* core.state(state);
  for (const row of selected) {
    const provided = core.provided(row.given);
    if (provided !== undefined) unprovided(core, row, provided);
  }
  yield* findControl(core, selected);
  return true;
}

function unprovided(core: Core, row: Requirement, provided: Provided): void {
  const tally = core.ledger.tally(row);
  if ('untested' in provided) tally.untested = inWords(provided.untested);
  if ('error' in provided) {
    tally.error = provided.error;
    tally.errors += 1;
  }
}

/** One request that nothing can act on: is anybody there? Throws RunEnded where the configuration is too bare even for that. */
export function* reach(core: Core): Procedure<void> {
  const nobody = yield* core.state('pool does not exist');
  if (!('fixture' in nobody)) {
    if ('error' in nobody || nobody.untested.why === 'handler cannot') return;
    throw new RunEnded(
      'Nothing can be asked: under states, "pool is ready" needs a project_id, a pool_id and an image_id. `init` writes such a configuration.',
    );
  }
  const seen = yield* ask(
    core,
    core.sending({ context: plain, deviation: undefined }, 'pool does not exist', [], true),
  );
  if (seen?.silence !== undefined) throw new RunEnded(`The target cannot be reached: ${seen.silence.reason}`);
}

/** Without consent only requests to a random pool are sent. */
function* withoutConsent(core: Core, selected: readonly Requirement[]): Procedure<void> {
  for (const row of selected) core.ledger.tally(row).untested = 'consent';
  yield* reach(core);
  const own = selected.filter(
    ({ send, given }) => given === 'pool does not exist' && send.kind === 'deviation' && send.second === undefined,
  );
  const { rejections } = fixedItems(own, (given) => core.setting(given));
  const rounds = new Rounds(core, rejections);
  const setting = core.setting('pool does not exist');
  if (setting === undefined) return;
  // None is none, whatever kind is configured.
  const absent = canonicalCase(requirement('credentials/absent-is-unauthorised'), { ...setting, auth: 'token' });
  const twin = yield* ask(core, core.sending(absent, 'pool does not exist', []));
  while (rounds.queue.length > 0) yield* rounds.play(batchBehindControls, undefined);
  const known = yield* ask(core, core.sending({ context: plain, deviation: undefined }, 'pool does not exist', []));
  if (twin === undefined || known === undefined || outcomeOf(twin) !== outcomeOf(known)) return;
  // A request with a credential and one without are answered alike: this answer proves nothing.
  core.consentProvesNothing = true;
}

/** The valid requests that may serve as control, the plainest first. */
function candidates(core: Core): readonly Context[] {
  const fixture = core.fixture('pool is ready');
  const name = core.options.edition;
  const whole = full(name);
  const certain = unusual(whole).filter((dimension) => fixture === undefined || !isGuessed(fixture, dimension, name));
  return [plain, lawful(onlyIn(whole, certain), name, unusual(whole)), whole];
}

/** Finds a valid request that the target accepts, and learns whether that makes the pool busy. */
function* findControl(core: Core, selected: readonly Requirement[]): Procedure<void> {
  const refused: Observation[] = [];
  for (const context of candidates(core)) {
    core.control = context;
    const minimal = selected.filter(({ send }) => send.kind === 'context' && send.which === 'plain');
    const rows = context === plain ? minimal : [];
    const seen = yield* askUntilReady(core, () => core.plain(rows));
    if (seen === undefined)
      throw new RunEnded(
        core.room < 1
          ? 'The limit on rebuilds is reached, and no valid request was answered.'
          : 'The target could not be asked: it kept asking for less traffic.',
      );
    if (seen.silence?.silence === 'refused' || seen.silence?.silence === 'tls')
      throw new RunEnded(`The target cannot be reached: ${seen.silence.reason}`);
    if (!isAccepted(seen) || isEndless(seen)) {
      refused.push(seen);
      continue;
    }
    core.options.onStep?.('the control was accepted');
    if (context === plain) countValid(core, seen, { ...validItem(plain, 'pool is ready', rows) });
    for (const row of rows) core.recordContract(row, seen);
    yield* refusedAtFirst(core, refused, rows.length > 0 ? rows : minimal);
    yield* learnBusy(core, () => thinkAhead(core, selected));
    return;
  }
  const last = refused.at(-1);
  if (last === undefined) throw new RunEnded('nothing was answered');
  throwSetup(core, refused);
}

/** A plainer valid request was refused though another is accepted. */
function* refusedAtFirst(core: Core, refused: readonly Observation[], rows: readonly Requirement[]): Procedure<void> {
  const [first] = refused;
  if (first === undefined) return;
  const again = yield* askUntilReady(core, () => core.sending(first.sending.play, 'pool is ready', rows));
  if (again === undefined) return;
  if (isAccepted(again)) {
    const row = requirement('state/same-request-same-status');
    const flaw = { expected: `${outcomeOf(again)} each time`, actual: `${outcomeOf(first)} at first` };
    core.ledger.add({ row, check: 'same status', flaw }, first, 1, 2);
    core.control = plain;
    for (const one of rows) core.ledger.count(one, again);
    return;
  }
  if (core.target.saysBusy(again)) return;
  for (const row of rows) {
    core.ledger.count(row, again);
    core.ledger.add({ row, check: 'status', flaw: { expected: '200', actual: outcomeOf(again) } }, again, 2, 2);
  }
}

/** An acceptance whose end was not waited for is no baseline: nobody knows what it says. */
function isEndless({ answer }: Observation): boolean {
  return answer?.truncated === true;
}

function inWordsOf(refused: Observation): string {
  return isEndless(refused) ? `${outcomeOf(refused)} with a body without end` : outcomeOf(refused);
}

function throwSetup(core: Core, refused: readonly Observation[]): never {
  const isTargets = refused.every((one) => one.silence !== undefined || isEndless(one) || (one.status ?? 0) >= 500);
  const [first] = refused;
  if (first !== undefined && isTargets) {
    const row = requirement('body/minimal-is-accepted');
    core.ledger.count(row, first);
    core.ledger.add({ row, check: 'status', flaw: { expected: '200', actual: inWordsOf(first) } }, first, 1, 1);
  }
  const came = [...new Set(refused.map(inWordsOf))].join(', ');
  const advice = core.target.isConflictForAll
    ? 'A pool that nobody has is answered so, too: is target.url right?'
    : first === undefined
      ? ''
      : diagnosis(first);
  const reason = first === undefined ? '' : reasonGiven(first);
  const given = core.fixture('pool is ready')?.pool_id;
  // The owner has not seen that pool in a configuration.
  const whose = core.target.hasHandler && given !== undefined ? `The state handler gave the pool "${given}". ` : '';
  throw new SetupRefused(came, `${reason === '' ? '' : `The target says: ${reason}. `}${whose}${advice}`);
}

/** What takes longest to be planned is planned while the pool is left alone; whoever makes it remembers it. */
function thinkAhead(core: Core, selected: readonly Requirement[]): void {
  planned(core, selected);
  if (core.options.runs > 0) generatedContext(core.options.seed, 0, core.options.edition);
}

/** The fixed cases, without the control. */
function planned(core: Core, selected: readonly Requirement[]): Items {
  const hasBilled = core.fixture('image is billed') !== undefined;
  const valid = validItems(selected, hasBilled, core.options.edition).filter(({ make }) => {
    const setting = core.setting('pool is ready');
    const context = setting === undefined ? undefined : make(setting)?.context;
    return context === undefined || contextKey(context) !== contextKey(plain);
  });
  return { ...fixedItems(selected, (given) => core.setting(given)), valid };
}

/** The requests of the plan, in rounds. */
function* playFixed(core: Core, selected: readonly Requirement[]): Procedure<void> {
  const { rejections, doubtful, valid } = planned(core, selected);
  const needsProof = selected.some(({ send }) => send.kind === 'relation' || send.kind === 'answers');
  const budget: Budget = budgetOf(core);
  const { endings, beside, cut } = arrange({
    valid,
    doubtful,
    isBusy: core.target.goesBusy,
    most: budget.dear,
    edition: core.options.edition,
  });
  for (const item of cut) for (const row of item.rows) core.ledger.tally(row).cut ??= budget.cutBy;
  const scouts = (yield* isNowhereTold(core, cut)) ? scoutsOf(cut) : [];
  const foreign = core.target.goesBusy && needsProof ? foreignItems((given) => core.setting(given), foreignTimes) : [];
  const rounds = new Rounds(core, spreadOver(rejections, [...foreign, ...scouts]));
  const left = [...endings];
  const spread = [...beside];
  const open = (): number => rounds.queue.length + left.length + spread.length;
  const total = open();
  const tell = (): void => core.options.onStep?.('fixed cases', { done: Math.max(0, total - open()), total });
  for (let n = left.length; n > 0; n -= 1) {
    tell();
    const count = Math.ceil(rounds.queue.length / n);
    yield* rounds.play(count, left.shift(), spread.splice(0, Math.ceil(spread.length / n)));
  }
  const behind = needsProof || core.target.goesBusy ? batchBehindControls : rounds.queue.length;
  while (rounds.queue.length > 0 || spread.length > 0) {
    tell();
    yield* rounds.play(
      Math.max(1, behind),
      undefined,
      spread.splice(0, Math.max(1, core.target.goesBusy ? 1 : spread.length)),
    );
  }
  yield* playSuspects(core, rounds);
  yield* lastLook(core, rounds);
}

/** Whether a valid request to a pool that does not exist is answered with 404, so that another refusal there tells more. */
function* isNowhereTold(core: Core, cut: readonly Item[]): Procedure<boolean> {
  if (cut.length === 0 || core.fixture('pool does not exist') === undefined) return false;
  const play = { context: core.control, deviation: undefined };
  const seen = yield* ask(core, core.sending(play, 'pool does not exist', []));
  return seen?.status === 404;
}

/** What scouts point at is worth a rebuild, or a few. */
function* playSuspects(core: Core, rounds: Rounds): Procedure<void> {
  let left = core.isSparing ? fewSuspects : mostSuspects;
  for (const item of rounds.suspects) {
    if (left === 0 || core.room <= keptForRelations) return;
    const setting = core.setting(item.given);
    const context = setting === undefined ? undefined : item.make(setting)?.context;
    // What is known to be refused by itself is left out of contexts: nothing of the suspicion would be left.
    if (context === undefined || contextKey(core.fitting(context)) !== contextKey(context)) continue;
    left -= 1;
    core.options.onStep?.('what was refused elsewhere');
    yield* rounds.play(0, item);
  }
}

/** The second list spread evenly over the first. */
function spreadOver<T>(items: readonly T[], others: readonly T[]): readonly T[] {
  const placed = [items, others].flatMap((list) => list.map((item, i) => ({ item, place: (i + 0.5) / list.length })));
  return placed.sort((a, b) => a.place - b.place).map(({ item }) => item);
}

/** What the last rejections started may show only now. */
function* lastLook(core: Core, rounds: Rounds): Procedure<void> {
  // Where each rebuild is waited for, the next one looks late enough.
  if (core.room < keptForRelations || rounds.earlier.length === 0 || core.target.isSlow) return;
  core.target.now = yield* wait(lateness, 'an effect may come late');
  const seen = yield* ask(core, core.plain());
  if (seen === undefined || !core.target.saysBusy(seen) || core.target.goesBusy) return;
  yield* askUntilReady(core, () => core.plain());
  yield* findStarter(core, { refused: seen, latest: [], earlier: rounds.earlier });
}

function* playRelations(core: Core, selected: readonly Requirement[]): Procedure<void> {
  for (const row of selected) {
    if (row.send.kind !== 'relation') continue;
    const { relation } = row.send;
    if (relation === 'rejected, then accepted') continue;
    core.options.onStep?.(row.title);
    const played = yield* relations[relation](core, row);
    const tally = core.ledger.tally(row);
    if ('untested' in played) tally.untested = played.untested;
    if ('error' in played) {
      tally.error = played.error;
      tally.errors += 1;
    }
    yield* lookIntoDoubts(core);
  }
}

/** Random levels and random values, in rounds as long as rebuilds and time allow. */
function* playGenerated(core: Core, selected: readonly Requirement[]): Procedure<void> {
  const { runs, seed } = core.options;
  const served = selected.filter(({ given }) => core.setting(given) !== undefined);
  const hasContexts = selected.some(({ send }) => send.kind === 'context' && send.which === 'levels');
  const budget = budgetOf(core);
  const contexts = hasContexts ? Math.min(runs, budget.generatedDear) : 0;
  const groups = new Set(
    served.flatMap(({ send, given }) => (send.kind === 'deviation' ? [JSON.stringify([given, send])] : [])),
  );
  const doubtfulRuns = core.target.goesBusy
    ? 0
    : Math.floor((budget.generatedDear - contexts) / Math.max(1, groups.size / 4));
  let n = 0;
  const context = (): Item | undefined =>
    n < contexts ? generatedContext(seed, n++, core.options.edition) : undefined;
  const rounds = new Rounds(core, []);
  let done = 0;
  for (const { rejections, doubtful } of generatedItems(served, (given) => core.setting(given), runs, doubtfulRuns)) {
    done += 1;
    rounds.queue.add(rejections);
    const isBatch = rounds.queue.length >= generatedEach * core.options.concurrency || done === runs;
    if (!isBatch && doubtful.length === 0) continue;
    core.options.onStep?.('generated cases', { done, total: runs });
    // As many contexts as keep step with the rejections.
    const due = Math.ceil((done / runs) * contexts) - n;
    const beside = core.target.goesBusy
      ? []
      : Array.from({ length: Math.max(0, due - 1) }, () => context() ?? []).flat();
    yield* rounds.play(rounds.queue.length, context(), [...beside, ...doubtful]);
  }
  for (let item = context(); item !== undefined; item = context()) yield* rounds.play(0, item);
  yield* lastLook(core, rounds);
}

/** The rows that a whole run of the edition plays, for rows about every answer that are selected alone. */
export function rowsToPlay(selected: readonly Requirement[], name: EditionName): readonly Requirement[] {
  return selected.every(({ send }) => send.kind === 'answers' || isProof(send)) ? edition(name).requirements : selected;
}

function isProof(send: Requirement['send']): boolean {
  return send.kind === 'relation' && send.relation === 'rejected, then accepted';
}
