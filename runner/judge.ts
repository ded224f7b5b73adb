import { minimalCase, typicalCase } from '../generators/cases.ts';
import type { Configuration } from '../specs/configuration.ts';
import type { Field, Requirement, State } from '../specs/requirement.ts';
import { ControlWatch } from './control-watch.ts';
import { type Draft, firstOf } from './drafts.ts';
import { type Exchange, isAccepted, isSilence, type Judged, statusOf } from './exchange.ts';
import type { Fixtures, Provided } from './fixtures.ts';
import { CapReached, NotApplicable, type SendOptions, type Session } from './session.ts';
import { Vigil } from './vigil.ts';

export type Settled = { readonly judged: Judged } | { readonly error: string } | { readonly untested: string };

export interface SettleOptions extends SendOptions {
  /** Take a busy pool for an answer, and wait for nothing. */
  readonly atOnce?: boolean;
}

/** Milliseconds between two looks at a busy pool. */
const firstLook = 25;
const longestLook = 1_000;
const pairsOfControls = 6;
/** What a pool is seen to be busy for longer than before is believed up to so many milliseconds, or so many times. */
const longestGrowth = 300;
const growth = 3;
/** Milliseconds that a pool is busy after a rebuild, from which on waiting for it is slow. */
const slowRebuild = 500;
/** How many times `limits.ready_wait` a run waits for pools, all in all. */
const waits = { fixed: 10, generated: 5 };
/** How often a refused control is tried before it counts as lost. */
const controlTries = 3;
/** Milliseconds before the second try; a target may be restarting. */
const controlPause = 250;

/**
 * Turns a case into an exchange that can be judged: waits for a busy pool, and asks the control whether a strange
 * answer is the target's or the network's.
 */
export class Judge {
  /** Whether the target answers 409 after an acceptance; learnt from the control. */
  goesBusy = false;
  /** Whether the state handler hands out another pool each time. */
  changesPools = false;
  /** Milliseconds that the pool was busy after an acceptance, as far as it was seen. */
  #busyFor = 0;
  #firstBusyFor: number | undefined;
  /** The first rejection of each requirement, and how it was made, for sending it again later. */
  readonly rejections = new Map<string, { readonly draft: Draft; readonly judged: Judged }>();
  /** Valid requests that were refused before one was accepted. */
  readonly refusedControls: { readonly draft: Draft; readonly exchange: Exchange }[] = [];
  readonly session: Session;
  readonly #configuration: Configuration;
  readonly #fixtures: Fixtures;
  readonly #provided = new Map<State, Provided>();
  #waited = 0;
  /** The pool did not become ready in all the time that it may take: it is not waited for again. */
  #stuck = false;
  #controlMaker: Draft = minimalCase;

  /** Requirements and statuses of a gateway that proved to be the target's own answer. */
  readonly #ownAnswers = new Set<string>();
  /** The target left a request without an answer while it answered its control. */
  #leavesSilence = false;
  /** Optional fields of which the target refuses every plausible value. */
  #withheld: readonly Field[] = [];
  readonly #observe: (judged: Judged) => void;
  /** What was rejected since a valid request was accepted last. */
  readonly watch = new ControlWatch();
  readonly #vigil = new Vigil(this);

  constructor(
    configuration: Configuration,
    session: Session,
    fixtures: Fixtures,
    observe: (judged: Judged) => void = () => {},
  ) {
    this.#observe = observe;
    this.#configuration = configuration;
    this.session = session;
    this.#fixtures = fixtures;
    session.alive = async () => {
      const control = (await this.control({ fresh: true, probe: true })) ?? (await this.#hail());
      return control !== undefined && !isSilence(control.result);
    };
  }

  /** A request that no correct target acts on. */
  async #hail(): Promise<Exchange | undefined> {
    const nobody = await this.#fixtures.provide('pool does not exist');
    if (!('fixture' in nobody)) return undefined;
    return this.session.send({ ...minimalCase(nobody.fixture), credential: 'absent' }, { fresh: true, probe: true });
  }

  /** Milliseconds spent waiting for pools, over the whole run. */
  get waited(): number {
    return this.#waited;
  }

  /** Whether the time for waiting is spent: fixed cases may take longer than generated ones. */
  waitedTooLong(kind: 'fixed' | 'generated'): boolean {
    return this.#waited > waits[kind] * this.#configuration.limits.ready_wait;
  }

  /** Milliseconds to wait for the pool. Without consent nothing can have made it busy. */
  get #readyWait(): number {
    const { allow_rebuild, limits } = this.#configuration;
    return this.#stuck || !allow_rebuild ? 0 : limits.ready_wait;
  }

  /** The values of a state, asked of the handler once a requirement. */
  async begin(state: State): Promise<Provided> {
    const known = await this.#fixtures.provide(state);
    const provided =
      'fixture' in known && this.#withheld.length > 0
        ? { ...known, fixture: { ...known.fixture, withheld: this.#withheld } }
        : known;
    if (state === 'pool is ready') this.#noteChange(this.#provided.get(state), provided);
    this.#provided.set(state, provided);
    return provided;
  }

  /** Of what was done to another pool, a valid request to the new one tells nothing. */
  #noteChange(before: Provided | undefined, now: Provided): void {
    if (before === undefined || !('fixture' in before) || !('fixture' in now)) return;
    if (before.fixture.pool_id === now.fixture.pool_id) return;
    this.changesPools = true;
    this.watch.forget();
  }

  /** Notes an exchange that is judged, wherever it was sent. */
  record(judged: Judged): void {
    if (isAccepted(judged) && judged.plays.every(isWitness)) this.watch.accepted();
    this.#observe(judged);
  }

  #remember(draft: Draft, judged: Judged): void {
    const [row] = judged.plays;
    if (row === undefined || row.given !== 'pool is ready' || this.rejections.has(row.id)) return;
    if (!isAccepted(judged) && !isSilence(judged.result)) this.rejections.set(row.id, { draft, judged });
  }

  /** Leaves fields out of bodies from here on: the target refuses every plausible value of theirs. */
  async withhold(fields: readonly Field[]): Promise<void> {
    this.#withheld = fields;
    if (fields.length > 0) await this.begin('pool is ready');
  }

  provided(state: State): Provided | undefined {
    return this.#provided.get(state);
  }

  /** Sends the control: a valid request to a ready pool. */
  async control(options: SendOptions = {}): Promise<Exchange | undefined> {
    const ready = this.#provided.get('pool is ready') ?? (await this.begin('pool is ready'));
    if (!('fixture' in ready)) return undefined;
    try {
      const exchange = await this.session.send(this.#controlMaker(ready.fixture), {
        token: ready.token,
        mayRebuild: 'expected',
        ...options,
      });
      if (isAccepted(exchange)) this.watch.accepted();
      return exchange;
    } catch (error) {
      if (error instanceof CapReached) return undefined;
      throw error;
    }
  }

  /** Finds a control that the target accepts; learns whether the pool goes busy. */
  async findControl(): Promise<{ readonly ok: true } | { readonly ok: false; readonly last: Exchange | undefined }> {
    let last: Exchange | undefined;
    for (const maker of [minimalCase, typicalCase, firstOf({ kind: 'valid body', vary: 'full' })]) {
      this.#controlMaker = maker;
      last = await this.acceptedControl();
      if (last !== undefined && !isAccepted(last)) this.refusedControls.push({ draft: maker, exchange: last });
      if (last !== undefined && isAccepted(last)) {
        const again = await this.control();
        this.goesBusy = again !== undefined && statusOf(again) === 409;
        if (this.goesBusy) {
          const accepted = this.session.lastAcceptance;
          await this.acceptedControl();
          this.#busyFor = Date.now() - accepted;
        }
        return { ok: true };
      }
    }
    return { ok: false, last };
  }

  /** Whether acceptances make the pool busy after all, if not each: pairs of controls tell, with nothing between them. */
  async learnsThatItGoesBusy(): Promise<boolean> {
    for (let pair = 0; pair < pairsOfControls && !this.goesBusy; pair += 1) {
      const first = await this.acceptedControl();
      if (first === undefined || !isAccepted(first)) return false;
      const second = await this.control();
      this.goesBusy = second !== undefined && statusOf(second) === 409;
    }
    if (this.goesBusy) await this.acceptedControl();
    return this.goesBusy;
  }

  /** How dear a rebuild is: capped in number, slow, or neither. */
  get cost(): 'free' | 'slow' | 'capped' {
    if (this.#configuration.limits.rebuilds !== undefined) return 'capped';
    return this.goesBusy && !this.#fixtures.hasHandler && this.#busyFor > slowRebuild ? 'slow' : 'free';
  }

  /** Looks now and then whether a rejected request started something; `soon`: after any rejection, where that is cheap. */
  async keepVigil(soon: boolean): Promise<void> {
    if (this.#configuration.allow_rebuild) await this.#vigil.keep(soon);
  }

  /** Throws ControlLost when the control is refused by now, and not for a busy pool or the network. */
  async checkControl(): Promise<void> {
    let control: Exchange | undefined;
    for (let attempt = 0; attempt < controlTries; attempt += 1) {
      if (attempt > 0) await this.session.pause(attempt * controlPause);
      if (attempt > 0 && this.#fixtures.hasHandler) await this.begin('pool is ready');
      control = await this.acceptedControl();
      if (control === undefined || isAccepted(control) || isSilence(control.result)) return;
      if (statusOf(control) === 409 || this.session.isDisturbed(control)) return;
    }
    if (control !== undefined) throw this.watch.lost(control);
  }

  /** Lets the pool become ready without asking it anything: a fresh one from the handler, or as long as it was busy before. */
  async settleDown(longer = 1, given: State = 'pool is ready'): Promise<void> {
    if (this.goesBusy && this.#fixtures.hasHandler) await this.begin(given);
    else await this.rest(longer);
  }

  /** Waits until the pool, the same as before, is no longer busy for what was accepted. */
  async rest(longer = 1): Promise<void> {
    if (!this.goesBusy || this.#fixtures.hasHandler) return;
    const until = this.session.lastAcceptance + longer * 1.5 * this.#busyFor + 50;
    await this.session.pause(Math.max(0, until - Date.now()));
  }

  /** Waits as long as the pool was busy before, counted from the last acceptance. */
  async #waitForReady(): Promise<void> {
    if (!this.goesBusy || this.#stuck) return;
    const until = this.session.lastAcceptance + this.#busyFor;
    if (this.#fixtures.hasHandler) await this.begin('pool is ready');
    else if (until > Date.now()) await this.#wait(until - Date.now());
  }

  /** The control, waiting for a busy pool. */
  async acceptedControl(): Promise<Exchange | undefined> {
    const deadline = Date.now() + this.#readyWait;
    let look = firstLook;
    for (;;) {
      const exchange = await this.control();
      if (exchange === undefined || statusOf(exchange) !== 409 || Date.now() > deadline) return exchange;
      this.#noteBusy();
      await this.#wait(look);
      look = Math.min(look * 1.6, longestLook);
    }
  }

  /** The pool is still busy: it may take longer than it did before, within reason. */
  #noteBusy(): void {
    const sofar = Date.now() - this.session.lastAcceptance;
    if (!this.goesBusy) return;
    this.#firstBusyFor ??= this.#busyFor;
    const most = Math.max(longestGrowth, growth * this.#firstBusyFor);
    if (sofar < most) this.#busyFor = Math.max(this.#busyFor, sofar);
  }

  async #wait(ms: number): Promise<void> {
    this.#waited += ms;
    if (this.#fixtures.hasHandler) await this.begin('pool is ready');
    else await this.session.pause(ms);
  }

  /** Sends one case for the requirements that it serves. */
  async settle(draft: Draft, plays: readonly Requirement[], options: SettleOptions = {}): Promise<Settled> {
    try {
      return await this.#settle(draft, plays, options);
    } catch (error) {
      if (error instanceof NotApplicable || error instanceof CapReached) return { untested: error.message };
      throw error;
    }
  }

  async #settle(
    draft: Draft,
    plays: readonly Requirement[],
    { atOnce = false, ...options }: SettleOptions,
  ): Promise<Settled> {
    const given = plays[0]?.given ?? 'pool is ready';
    const room = plays.some(mayBeAccepted) ? ({ mayRebuild: 'expected' } as const) : {};
    const own = `${plays[0]?.id ?? ''} `;
    const expects409 = plays.some(({ expect }) => expect.statuses.includes(409));
    const send = async (): Promise<Exchange | string> => {
      const provided = this.#provided.get(given) ?? (await this.begin(given));
      if (!('fixture' in provided)) return 'error' in provided ? provided.error : provided.untested;
      const isKnown = [...this.#ownAnswers].some((known) => known.startsWith(own));
      const tries = isKnown ? { tries: 2 } : this.#ownAnswers.size > 0 ? { tries: 3 } : {};
      const impatient = this.#leavesSilence ? { impatient: true } : {};
      return this.session.send(draft(provided.fixture), {
        token: provided.token,
        ...room,
        ...tries,
        ...impatient,
        ...options,
      });
    };
    // Where 409 is an answer to the question, the pool must not be busy for another reason.
    if (expects409 && given !== 'pool is busy' && plays.every(({ send: { kind } }) => kind === 'billed image')) {
      await this.settleDown(2, given);
    }
    // After an acceptance the pool is known to be busy: asking it at once would only be a request more.
    else if (plays.some(mayBeAccepted) && given === 'pool is ready') await this.#waitForReady();
    if (this.session.isStrained) await this.control();
    let exchange = await send();
    if (typeof exchange === 'string') return { error: exchange };

    const isSurprise = !this.goesBusy && given === 'pool is ready' && plays.every(isWitness);
    if (isSurprise && statusOf(exchange) === 409 && this.watch.suspects.length > 0)
      await this.#vigil.investigate(exchange);
    if (statusOf(exchange) === 409 && !expects409 && !atOnce) {
      const deadline = Date.now() + this.#readyWait;
      let look = firstLook;
      // A pool that never goes busy is asked through the control; the case is the target's if the control is accepted.
      let confirmations = 0;
      while (statusOf(exchange) === 409 && Date.now() < deadline) {
        if (!this.goesBusy) {
          const control = await this.control();
          if (control !== undefined && isAccepted(control)) confirmations += 1;
          if (confirmations >= 2) break;
        }
        this.#noteBusy();
        await this.#wait(look);
        if (this.#fixtures.hasHandler && given !== 'pool is ready') await this.begin(given);
        look = Math.min(look * 1.6, longestLook);
        const again = await send();
        if (typeof again === 'string') return { error: again };
        exchange = again;
        if (this.#fixtures.hasHandler && look > 400) break;
      }
      if (statusOf(exchange) === 409 && confirmations < 2) {
        const control = await this.acceptedControl();
        this.#stuck = control === undefined || !isAccepted(control);
        if (this.#stuck) return { untested: 'the pool stayed busy' };
      }
    }
    if (this.session.isDisturbed(exchange)) {
      const known = () => this.#ownAnswers.has(`${own}${statusOf(exchange as Exchange) ?? ''}`);
      const rounds = this.#ownAnswers.size > 0 ? 1 : 2;
      for (let round = 0; round < rounds && this.session.isDisturbed(exchange) && !known(); round += 1) {
        const control = await this.control({ fresh: true });
        if (control === undefined || this.session.isDisturbed(control)) {
          return {
            error: isSilence(exchange.result)
              ? exchange.result.reason
              : `the target kept answering ${exchange.result.status}`,
          };
        }
        if (isSilence(exchange.result)) {
          this.#leavesSilence = true;
          break;
        }
        const again = await send();
        if (typeof again === 'string') return { error: again };
        exchange = again;
      }
    }
    if (this.session.isDisturbed(exchange) && !isSilence(exchange.result))
      this.#ownAnswers.add(`${own}${exchange.result.status}`);
    const judged: Judged = { ...exchange, plays };
    this.#remember(draft, judged);
    if (given === 'pool is ready' && !atOnce) this.watch.rejected(draft, judged);
    this.record(judged);
    return { judged };
  }
}

/** Whether an acceptance shows that the ready pool takes valid requests. */
function isWitness(play: Requirement): boolean {
  return play.given === 'pool is ready' && mayBeAccepted(play);
}

/** Whether a correct target accepts the requests of a requirement. */
export function mayBeAccepted({ send, given }: Requirement): boolean {
  if (send.kind === 'minimal body') return given === 'pool is ready';
  return ['valid body', 'billed image', 'other media type', 'null field', 'odd JSON'].includes(send.kind);
}
