import { contextKey } from '../../generators/contexts.ts';
import type { Setting } from '../../generators/deviations/source.ts';
import { type Item, rowsOfContext } from '../plan/items.ts';
import { stretchesOf } from '../plan/stretches.ts';
import { blameLock, checkControl, findStarter, goesBusyAfterAll, lateness } from './conflict.ts';
import type { Core } from './core.ts';
import { blameContext } from './culprit.ts';
import { investigate } from './investigate.ts';
import { hungUp, isAccepted, type Observation } from './observation.ts';
import { statusFlaw } from './oracles/status.ts';
import { type Procedure, type Sending, wait } from './procedure.ts';
import { askUntilReady, lockPatienceOf, makeReady } from './readiness.ts';
import { isDisturbed, kindOf, type Settled, settle, strangeness } from './settle.ts';

/** How often a case is put off because the pool seemed busy, before its 409 is taken for its answer. */
const mostPutOff = 3;
/** Failing cases of one group that were accepted or left without an answer, after which no more are sent. */
const enoughActed = 3;
const enoughSilent = 2;
/** Items of one round where many requests get no answer. */
const mostSparing = 12;
/** Rounds of suspects that are kept for effects that come late. */
const keptRounds = 4;
/**
 * Where a rebuild lasts longer than what counts as late, each round looks that late: whatever began by then is still
 * going on. Else each other round does, by turns, so many times up to there, in steps of a rebuild.
 */
const mostLooks = 4;
const shortestStep = 100;
/** How often a pool that was never busy after an acceptance is looked at more closely, for it seemed to be busy. */
const mostWondered = 2;
/** How a request to a pool that does not exist may be answered whatever it is. */
const unsuspicious: ReadonlySet<number> = new Set([401, 403, 404, 409, 429, 502, 503, 504]);
/** Altered signatures in a row; five lock a real key. */
const mostAltered = 3;

/** What rounds have to play, and what they know of it. */
export class Queue {
  #items: Item[];
  readonly #putOff = new Map<Item, number>();
  readonly #acted = new Map<string, number>();
  readonly #silent = new Map<string, number>();

  constructor(items: readonly Item[]) {
    this.#items = [...items];
  }

  add(items: readonly Item[]): void {
    this.#items.push(...items);
  }

  get length(): number {
    return this.#items.length;
  }

  /** The next items, without those of groups that have shown enough; sparingly: a few, and one of a group. */
  take(count: number, isAltered: (item: Item) => boolean, isSparing: boolean): readonly Item[] {
    const taken: Item[] = [];
    const left: Item[] = [];
    const groups = new Set<string>();
    const most = isSparing ? Math.min(count, mostSparing) : count;
    let altered = 0;
    for (const item of this.#items) {
      if (this.#isEnough(item, isSparing)) continue;
      const isRepeated = isSparing && groups.has(item.group);
      const fits = taken.length < most && !isRepeated && !(isAltered(item) && altered >= mostAltered);
      if (!fits) {
        left.push(item);
        continue;
      }
      if (isAltered(item)) altered += 1;
      groups.add(item.group);
      taken.push(item);
    }
    this.#items = left;
    return taken;
  }

  /** Plays an item again later; resolves to false when it was put off often enough. */
  putOff(item: Item): boolean {
    const times = (this.#putOff.get(item) ?? 0) + 1;
    this.#putOff.set(item, times);
    if (times > mostPutOff) return false;
    this.#items.push(item);
    return true;
  }

  acted({ group }: Item): void {
    this.#acted.set(group, (this.#acted.get(group) ?? 0) + 1);
  }

  silent({ group }: Item, weight: number): void {
    this.#silent.set(group, (this.#silent.get(group) ?? 0) + weight);
  }

  #isEnough({ group }: Item, isSparing: boolean): boolean {
    const enough = isSparing ? 1 : enoughSilent;
    return (this.#acted.get(group) ?? 0) >= enoughActed || (this.#silent.get(group) ?? 0) >= enough;
  }
}

/** What a round found out of an item. */
interface Played {
  readonly item: Item;
  readonly sending: Sending;
}

/** Rounds: a batch of rejections while the pool is ready, then one valid request, which is baseline, proof and case at once. */
export class Rounds {
  readonly #core: Core;
  readonly queue: Queue;
  #earlier: (readonly Sending[])[] = [];
  #count = 0;
  readonly #suspects = new Map<string, Item[]>();

  constructor(core: Core, items: readonly Item[]) {
    this.#core = core;
    this.queue = new Queue(items);
  }

  /** What was rejected in the latest rounds. */
  get earlier(): readonly Sending[] {
    return this.#earlier.flat();
  }

  /** Cases that were refused at a pool that does not exist, for more than that: one of each group first. */
  get suspects(): readonly Item[] {
    const groups = [...this.#suspects.values()];
    const longest = Math.max(0, ...groups.map((group) => group.length));
    return Array.from({ length: longest }, (_, i) => groups.flatMap((group) => group.slice(i, i + 1))).flat();
  }

  /** One round: at most `count` items, then `ending`; without one, the control. */
  *play(count: number, ending: Item | undefined, sideBySide: readonly Item[] = []): Procedure<void> {
    const core = this.#core;
    const { target } = core;
    this.#count += 1;
    const delay = this.#delay();
    const taken = this.queue.take(
      count,
      (item) => core.options.auth === 'aksk' && item.group.includes('credential'),
      core.patience.isShort,
    );
    yield* makeReady(core);
    const played: Played[] = [];
    const settled: Settled[] = [];
    // What may be accepted comes behind the rejections: what they have started, or locked, shows in it.
    for (const items of [taken, sideBySide].filter(({ length }) => length > 0)) {
      const made = items.flatMap((item) => this.#make(item) ?? []);
      played.push(...made);
      settled.push(...(yield* settle(core, trainsOf(core, made))));
    }
    const result = this.#judge(played, settled);
    // Should the run end before they are looked into, no row passes on them.
    for (const one of result.failing) this.#open(one, 1);
    if (result.hasActed && target.goesBusy) yield* makeReady(core);
    if (delay > 0 && !result.hasActed && result.rejected.length > 0)
      target.now = yield* wait(delay, 'an effect may come late');
    yield* this.#end(ending, result);
    if (result.hasPutOff && !target.goesBusy && core.wondered < mostWondered) yield* goesBusyAfterAll(core);
    yield* this.#lookInto(result.failing);
  }

  /** Milliseconds between the rejections of a round and its end: what begins late, and lasts as a rebuild does, is met by one. */
  #delay(): number {
    const { target, patience } = this.#core;
    if (!target.goesBusy || patience.isShort) return 0;
    if (target.busyFor > lateness) return lateness;
    if (this.#count % 2 === 0) return 0;
    const looks = Math.max(1, Math.min(mostLooks, Math.ceil(lateness / Math.max(shortestStep, target.busyFor))));
    const look = (((this.#count - 1) / 2) % looks) + 1;
    return Math.round((lateness * look) / looks);
  }

  #make(item: Item): Played | undefined {
    const core = this.#core;
    const { at = item.given } = item;
    const setting: Setting | undefined = core.setting(item.given, at);
    const play = setting === undefined ? undefined : item.make(setting);
    if (play === undefined) return undefined;
    // What it has beside it is known to be left without an answer, and each such request costs a time-out.
    if (play.deviation?.second !== undefined && core.isSilentOn(play.deviation.second.kind)) return undefined;
    // A row about the whole of a request is judged by the whole, but for values that nobody pinned.
    const isWhole =
      core.pinless.size === 0 && item.rows.some(({ send }) => send.kind === 'context' && send.which === 'full');
    const fitting = isWhole ? play : { ...play, context: core.fitting(play.context) };
    return { item, sending: core.sending(fitting, item.given, item.rows, false, at) };
  }

  #open({ observation, item }: Failing, by: 1 | -1): void {
    const { ledger } = this.#core;
    const failing = ledger.ofRows(observation).map(({ row }) => row);
    for (const row of failing.length > 0 ? failing : item.rows) ledger.tally(row).open += by;
  }

  #judge(played: readonly Played[], settled: readonly Settled[]): Result {
    const core = this.#core;
    const rejected: Sending[] = [];
    const failing: Failing[] = [];
    let hasActed = false;
    let hasPutOff = false;
    const items = new Map(played.map(({ item, sending }) => [sending.id, item]));
    for (const one of settled) {
      const item = items.get(one.sending.id);
      const { observation } = one;
      if (item === undefined) continue;
      if (observation === undefined || one.error !== undefined) {
        this.#unsettled(item, one.error ?? 'no answer was seen');
        continue;
      }
      if ('unsent' in observation.result) {
        this.#unsent(item, observation.result.unsent);
        continue;
      }
      if (one.uncertain) hasActed = true;
      if (core.target.isUnexpectedConflict(observation) && this.queue.putOff(item)) {
        hasPutOff = true;
        continue;
      }
      core.remember(observation);
      if (isAccepted(observation)) {
        hasActed ||= observation.sending.case.request.method === 'POST';
        if (!observation.sending.mayAct) this.queue.acted(item);
      } else {
        if (core.starting.has(kindOf(one.sending))) hasActed = true;
        if (item.given !== 'pool is busy' && item.given !== 'service is failing') rejected.push(one.sending);
      }
      if (observation.silence !== undefined && !hungUp(observation))
        this.queue.silent(item, core.deadly.has(strangeness(observation)) ? enoughSilent : 1);
      if (item.scouts !== undefined) {
        this.#scout(item.scouts, observation);
        continue;
      }
      if (observation.sending.play.deviation === undefined) {
        if (isAccepted(observation)) countValid(core, observation, item);
        else failing.push({ observation, item });
        continue;
      }
      for (const row of item.rows) {
        core.ledger.count(row, observation);
        core.recordContract(row, observation);
      }
      if (core.ledger.ofRows(observation).length > 0) failing.push({ observation, item });
    }
    return { rejected, failing, hasActed, hasPutOff };
  }

  #scout(item: Item, observation: Observation): void {
    const { status, sending } = observation;
    if (status === undefined || unsuspicious.has(status) || isAccepted(observation)) return;
    if (this.#core.target.saysBusy(observation)) return;
    // What a row leaves open tells nothing.
    const isWrong =
      sending.play.deviation === undefined ||
      item.rows.some((row) => row.level !== 'MAY' && statusFlaw(observation, row) !== undefined);
    if (isWrong) this.#suspects.set(item.group, [...(this.#suspects.get(item.group) ?? []), item]);
  }

  #unsettled(item: Item, error: string): void {
    for (const row of item.rows) {
      const tally = this.#core.ledger.tally(row);
      tally.errors += 1;
      tally.error = error;
    }
  }

  #unsent(item: Item, why: 'no such form' | 'cap'): void {
    for (const row of item.rows) {
      const tally = this.#core.ledger.tally(row);
      if (why === 'cap') tally.cut = 'rebuilds';
      else tally.untested = 'this credential has no such form';
    }
  }

  /** The valid request behind a batch. */
  *#end(ending: Item | undefined, { rejected, hasActed }: Result): Procedure<void> {
    const core = this.#core;
    const made = ending === undefined ? undefined : this.#make(ending);
    if (core.room < 1 || !core.options.consent) {
      if (ending !== undefined) this.#unsent(ending, 'cap');
      return;
    }
    if (made === undefined && rejected.length === 0) return;
    const sending = made?.sending ?? core.plain();
    const [settled] = yield* settle(core, [[sending]]);
    const { observation, error } = settled ?? {};
    if (observation === undefined || error !== undefined) {
      if (ending !== undefined) this.#unsettled(ending, 'the target could not be asked');
      return;
    }
    if ('unsent' in observation.result) {
      if (ending !== undefined) this.#unsent(ending, observation.result.unsent);
      return;
    }
    const suspicion = { refused: observation, latest: rejected, earlier: this.#earlier.flat() };
    if (isAccepted(observation)) {
      // Where acceptances make no pool busy, one beside the rejections hides nothing that they would have started.
      if (!hasActed || !core.target.goesBusy) core.cleared += rejected.length;
      for (const row of new Set(rejected.flatMap(({ rows }) => rows))) core.ledger.tally(row).baselines += 1;
      this.#keep(rejected);
      this.#valid(observation, ending);
      return;
    }
    this.#keep([]);
    if (observation.sending.play.deviation !== undefined) {
      // A case that a target may refuse: the control tells whether anything was started.
      this.#doubtful(observation, ending);
      yield* this.#end(undefined, { rejected, hasActed, hasPutOff: false, failing: [] });
      return;
    }
    if (core.target.saysBusy(observation)) {
      const wasStuck = core.target.stuck;
      let ready = yield* askUntilReady(core, () => core.plain());
      if (ready !== undefined && core.target.saysBusy(ready) && !wasStuck)
        ready = yield* askUntilReady(core, () => core.plain(), lockPatienceOf(core));
      if (ready !== undefined && isAccepted(ready)) {
        if (!hasActed) yield* findStarter(core, suspicion);
        yield* this.#again(ending);
      } else if (!hasActed && ready !== undefined && core.target.saysBusy(ready))
        blameLock(core, suspicion, observation);
      return;
    }
    if (isDisturbed(observation)) return;
    yield* this.#refused(observation, ending);
  }

  /** The pool was busy when the valid case came: it is sent again, for an answer from before a wait is never judged. */
  *#again(ending: Item | undefined): Procedure<void> {
    const core = this.#core;
    if (ending === undefined || core.room < 1) return;
    yield* makeReady(core);
    const made = this.#make(ending);
    if (made === undefined) return;
    const observation = yield* askUntilReady(core, () => this.#make(ending)?.sending ?? made.sending);
    if (observation === undefined || core.target.saysBusy(observation)) return;
    if (isAccepted(observation)) this.#valid(observation, ending);
    else if (observation.sending.play.deviation !== undefined) this.#doubtful(observation, ending);
    else if (!isDisturbed(observation)) yield* this.#refused(observation, ending);
  }

  *#refused(observation: Observation, ending: Item | undefined): Procedure<void> {
    const core = this.#core;
    yield* checkControl(core);
    if (ending === undefined) {
      yield* blameContext(core, observation);
      return;
    }
    for (const row of ending.rows) core.ledger.count(row, observation);
    const given = ending.given;
    const before = core.pinless.size;
    // What of a whole is known to be refused is told already.
    const { context } = observation.sending.play;
    if (contextKey(core.fitting(context)) === contextKey(context)) yield* blameContext(core, observation, given);
    // A whole that was refused for one part that needs a pin, or is told elsewhere, is not refused for itself.
    if (core.pinless.size > before) return;
    const failures = core.ledger.ofRows(observation);
    if (failures.length > 0) yield* investigate(core, observation, failures);
  }

  #valid(observation: Observation, ending: Item | undefined): void {
    if (ending === undefined) return;
    if (observation.sending.play.deviation === undefined) countValid(this.#core, observation, ending);
    else this.#doubtful(observation, ending);
  }

  #doubtful(observation: Observation, ending: Item | undefined): void {
    const core = this.#core;
    for (const row of ending?.rows ?? []) core.ledger.count(row, observation);
    const failures = core.ledger.ofRows(observation);
    if (failures.length > 0) core.doubts.push({ observation, failures });
  }

  #keep(rejected: readonly Sending[]): void {
    this.#earlier = [...this.#earlier, rejected].slice(-keptRounds);
  }

  /** Proves what failed in this round, the answers' own flaws included. */
  *#lookInto(failing: readonly Failing[]): Procedure<void> {
    const core = this.#core;
    for (const one of failing) {
      const { observation, item } = one;
      if (observation.sending.play.deviation === undefined) yield* this.#refused(observation, item);
      else yield* investigate(core, observation, core.ledger.ofRows(observation));
      this.#open(one, -1);
    }
    yield* lookIntoDoubts(core);
  }
}

interface Failing {
  readonly observation: Observation;
  readonly item: Item;
}

interface Result {
  readonly rejected: readonly Sending[];
  readonly failing: readonly Failing[];
  /** Something in the batch may have made the pool busy by right. */
  readonly hasActed: boolean;
  /** The pool seemed busy to something in the batch. */
  readonly hasPutOff: boolean;
}

/** Flaws of answers that nobody has looked into yet. */
export function* lookIntoDoubts(core: Core): Procedure<void> {
  for (let doubt = core.doubts.shift(); doubt !== undefined; doubt = core.doubts.shift())
    yield* investigate(core, doubt.observation, doubt.failures);
}

/** An accepted valid request counts for each row that speaks of one of its levels; its status is held against its own rows. */
export function countValid(core: Core, observation: Observation, item: Item): void {
  const rows = new Set([...item.rows, ...rowsOfContext(observation.sending.play.context, item.given)]);
  for (const row of rows) {
    core.ledger.count(row, observation);
    core.recordContract(row, observation);
  }
  const failures = core.ledger.ofRows(observation);
  if (failures.length > 0) core.doubts.push({ observation, failures });
}

/** Requests in trains, as many as may be under way at most. */
function trainsOf(core: Core, played: readonly Played[]): readonly (readonly Sending[])[] {
  const sendings = played.map(({ sending }) => sending);
  const { concurrency } = core.options;
  const stretches = stretchesOf(sendings, (sending) => sending.case.request.connection, concurrency);
  const count = Math.min(concurrency, stretches.length);
  return Array.from({ length: count }, (_, turn) => stretches.filter((_, i) => i % count === turn).flat());
}
