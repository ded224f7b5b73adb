import { traitsOf } from '../../specs/deviations.ts';
import { type Core, silenceOn } from './core.ts';
import { hungUp, isThrottled, type Observation, observe } from './observation.ts';
import { type Procedure, RunEnded, type Sending, send, wait } from './procedure.ts';

/** How often throttled requests are tried in vain. */
const throttledTries = 4;
/** Milliseconds that a run waits for a target that went away, all in all, and between two looks. */
const longestAway = 60_000;
const longestOnce = 20_000;
const looks = [250, 500, 1000, 2000] as const;
/** How often is asked about what is strange in one batch. */
const mostRounds = 4;
/** Requests that are named of those under way when a target went away. */
const mostNamed = 4;
/** So many silences, one after the other, are the target's own; broken connections take no time-out, and one more. */
const silentTries = 2;
const brokenTries = 3;
/** How often a throttled hail is tried, and milliseconds of the first pause. */
const hails = 4;
const hailPause = 250;

/** An observation that may be judged, or why there is none. */
export interface Settled {
  readonly sending: Sending;
  readonly observation: Observation | undefined;
  readonly error: string | undefined;
  /** An earlier try got no answer, yet may have been acted on. */
  readonly uncertain: boolean;
}

/** What kind of request it is, for what is learnt of its kind. */
export function kindOf({ play: { deviation }, given }: Sending): string {
  return `${given} ${deviation?.kind ?? 'valid'} ${deviation?.field ?? ''}`;
}

/**
 * Sends trains of requests and tries again what may pass by itself: throttling, a gateway's failure, a connection that
 * was closed while idle. What stays strange is the target's only if the target answers others next to it.
 */
export function* settle(core: Core, trains: readonly (readonly Sending[])[]): Procedure<readonly Settled[]> {
  endIfExhausted(core);
  const batch = new Batch(core, trains.flat());
  let throttled: 'all' | 'some' | 'none' = 'none';
  yield* batch.send(trains);
  for (let round = 0; ; round += 1) {
    yield* calm(core, batch);
    const strange = batch.strange();
    if (strange.length === 0) break;
    if (round < mostRounds) throttled = yield* askAround(core, batch, strange);
    else for (const one of strange) batch.giveUp(one);
  }
  core.patience.settled(throttled);
  return batch.settled();
}

/** Throws RunEnded where nothing more may be spent on what brings no answer. */
function endIfExhausted({ patience }: Core): void {
  const { exhausted } = patience;
  if (exhausted !== undefined) throw new RunEnded(exhausted);
}

/** Requests that are on their way, and what came of them so far. */
class Batch {
  readonly #core: Core;
  readonly #sendings: readonly Sending[];
  readonly #latest = new Map<number, Observation>();
  readonly #tries = new Map<number, number>();
  readonly #uncertain = new Set<number>();
  readonly #unanswered = new Map<number, Observation>();
  readonly #silences = new Map<number, number>();
  readonly #errors = new Map<number, string>();

  constructor(core: Core, sendings: readonly Sending[]) {
    this.#core = core;
    this.#sendings = sendings;
  }

  *send(trains: readonly (readonly Sending[])[]): Procedure<void> {
    const observations = (yield* send(trains)).flat().map(observe);
    this.#core.patience.see(observations);
    for (const observation of observations) {
      const { id } = observation.sending;
      this.#core.note(observation);
      this.#latest.set(id, observation);
      this.#tries.set(id, this.triesOf(observation) + 1);
      if (observation.silence === undefined || isRefused(observation)) continue;
      this.#unanswered.set(id, observation);
      if (!observation.silence.reused) this.#silences.set(id, this.#silencesOf(observation) + 1);
    }
  }

  /** What reached the target and got no answer, be it that a later try did not even reach it. */
  unanswered(): readonly Observation[] {
    return [...this.#unanswered.values()]
      .filter((one) => this.latestOf(one)?.silence !== undefined)
      .sort((a, b) => a.ended - b.ended);
  }

  /** Once more, each on a connection of its own, for it may be the connection that disturbs. */
  *again(some: readonly Observation[]): Procedure<void> {
    this.#core.retries += some.length;
    for (const { sending, silence } of some)
      if (silence !== undefined && silence.silence !== 'refused') this.#uncertain.add(sending.id);
    yield* this.send(some.map(({ sending }) => [{ ...sending, fresh: true as const }]));
  }

  /** What came last; of those that were given up nothing more is asked. */
  current(): readonly Observation[] {
    return this.#sendings.flatMap(({ id }) => (this.#errors.has(id) ? [] : (this.#latest.get(id) ?? [])));
  }

  /** What is disturbed, and not known to be the target's own answer. */
  strange(): readonly Observation[] {
    return this.current().filter(
      (one) =>
        isDisturbed(one) &&
        !this.#core.target.saysBusy(one) &&
        (isRefused(one) || !this.#core.known.has(strangeness(one))),
    );
  }

  latestOf({ sending }: Observation): Observation | undefined {
    return this.#latest.get(sending.id);
  }

  triesOf({ sending }: Observation): number {
    return this.#tries.get(sending.id) ?? 0;
  }

  #silencesOf({ sending }: Observation): number {
    return this.#silences.get(sending.id) ?? 0;
  }

  /**
   * Whether it is still strange, and was so often enough that chance does not explain it. A silence counts where the
   * request reached the target on a connection of its own; one may break twice by chance.
   */
  isStubborn(one: Observation): boolean {
    const now = this.latestOf(one);
    if (now === undefined || !this.isStillStrange(one)) return false;
    if (now.silence === undefined) return true;
    const isCheap = now.silence.silence === 'reset' && !(now.sending.mayAct && this.#core.isSparing);
    return this.#silencesOf(now) >= (isCheap ? brokenTries : silentTries);
  }

  /** Whether it is strange as before, by an answer or a silence of its own. */
  isStillStrange(one: Observation): boolean {
    const now = this.latestOf(one);
    return now !== undefined && isDisturbed(now) && !isRefused(now) && strangeness(now) === strangeness(one);
  }

  giveUp({ sending, silence, status }: Observation): void {
    this.#errors.set(
      sending.id,
      silence === undefined ? `the target kept answering ${status}` : `again and again: ${silence.reason}`,
    );
  }

  settled(): readonly Settled[] {
    return this.#sendings.map((sending) => {
      const observation = this.#latest.get(sending.id);
      const error = this.#errors.get(sending.id);
      if (observation !== undefined && error === undefined) this.#core.look(observation);
      return { sending, observation, error, uncertain: this.#uncertain.has(sending.id) };
    });
  }
}

/** The tries that need no question to anybody: more slowly, as long as that helps. */
function* calm(core: Core, batch: Batch): Procedure<void> {
  // A reused connection may have been closed before the request came.
  const stale = batch.current().filter(({ silence }) => silence?.reused === true);
  if (stale.length > 0) yield* batch.again(stale);
  let width = Number.POSITIVE_INFINITY;
  for (let fruitless = 0; fruitless < throttledTries; ) {
    const throttled = batch
      .current()
      .filter((one) => isThrottled(one) && !core.target.saysBusy(one) && isWorthATry(core, batch, one));
    if (throttled.length === 0) return;
    const honoured = core.patience.honour(Math.max(...throttled.map((one) => retryAfter(one) ?? 0)));
    yield* wait(Math.max(honoured, pauseFor(throttled, fruitless)), 'the target asks for less traffic');
    // Those that were tried least go first, and no more than got through the last time.
    const some = [...throttled].sort((a, b) => batch.triesOf(a) - batch.triesOf(b)).slice(0, width);
    yield* batch.again(some);
    const through = some.filter((one) => !isThrottled(batch.latestOf(one) ?? one)).length;
    width = Math.max(1, through === some.length ? 2 * through : through);
    fruitless = through > 0 ? 0 : fruitless + 1;
    core.patience.paused(honoured, through > 0);
  }
}

/** What is known to answer so by itself is tried once more only, or not at all where the target always does so. */
function isWorthATry(core: Core, batch: Batch, observation: Observation): boolean {
  const isKnown = core.known.has(strangeness(observation));
  const { isStubborn } = core.patience;
  return batch.triesOf(observation) < 2 ? !(isKnown && isStubborn) : !(isKnown || isStubborn);
}

function pauseFor(throttled: readonly Observation[], fruitless: number): number {
  // Whoever asks for less traffic often counts by the second; a gateway's failure passes sooner.
  const first = throttled.some(({ status }) => status === 429) ? 120 : 25;
  return first * 2 ** fruitless;
}

/** Milliseconds; a date is taken against the answer's own. */
function retryAfter({ answer }: Observation): number | undefined {
  const header = answer?.headers['retry-after'];
  if (header === undefined) return undefined;
  if (/^\d+$/.test(header.trim())) return Number(header) * 1000;
  const ms = Date.parse(header) - Date.parse(answer?.headers['date'] ?? '');
  return Number.isFinite(ms) ? ms : undefined;
}

/** Whether an observation may say more of the network than of the target. */
export function isDisturbed(observation: Observation): boolean {
  const { silence } = observation;
  if (silence !== undefined) return !hungUp(observation) && silence.silence !== 'broken';
  return isThrottled(observation);
}

/** It never reached the target, so that it says nothing of the request. */
function isRefused({ silence }: Observation): boolean {
  return silence?.silence === 'refused';
}

/** What is strange, and about what kind of request: of two things that are wrong the second, for the first is known alone. */
export function strangeness({ sending, silence, status }: Observation): string {
  if (silence === undefined) return `${kindOf(sending)}: ${status}`;
  const { deviation } = sending.play;
  return silenceOn(deviation?.second?.kind ?? deviation?.kind ?? 'valid');
}

/**
 * Asks the target something else next to what is strange, and the strange thing itself once more, alone: what came
 * before the target was away, or before a wait, is never judged. Resolves to what is throttled: everything, the kinds
 * that the target means, or nothing.
 */
function* askAround(core: Core, batch: Batch, strange: readonly Observation[]): Procedure<'all' | 'some' | 'none'> {
  const silent = strange.find(({ silence }) => silence !== undefined);
  const isHere = yield* isAnswering(core);
  if (!isHere) {
    if (silent === undefined) {
      // Everybody is throttled: that is no answer of the operation.
      for (const one of strange) batch.giveUp(one);
      return 'all';
    }
    // Nobody was ever there: that is no restart.
    if ((silent.silence?.silence === 'tls' || isRefused(silent)) && core.ledger.observations === 0)
      throw new RunEnded(`The target cannot be reached: ${silent.silence?.reason}`);
    if (!(yield* comesBack(core))) throw gone(core, batch, silent);
  }
  const firsts = [...new Map([...strange].reverse().map((one) => [strangeness(one), one])).values()].reverse();
  if (isHere) yield* askTogether(core, batch, firsts);
  let isMeant = false;
  for (const one of firsts) {
    if (core.known.has(strangeness(batch.latestOf(one) ?? one))) continue;
    for (let tries = 0; tries < brokenTries; tries += 1) {
      yield* batch.again([one]);
      if (batch.isStubborn(one) || !batch.isStillStrange(one)) break;
    }
    const alone = batch.latestOf(one);
    // What is strange in another way now is asked about anew.
    if (alone === undefined || !batch.isStubborn(one)) continue;
    if (yield* isAnswering(core)) {
      core.known.add(strangeness(alone));
      isMeant ||= isThrottled(alone);
    } else if (alone.silence !== undefined) {
      // The target was there, and is not any more: whoever silences it, alone, is to blame.
      core.known.add(strangeness(alone));
      core.deadly.add(strangeness(alone));
      if (!(yield* comesBack(core))) {
        // Nobody was accepted after it, so that it is no failure yet.
        leaveOpen(core, alone);
        throw new RunEnded(`The target went away at this request, twice: ${whatOf(alone)}; ${alone.silence.reason}`);
      }
    }
  }
  const asked = new Set(firsts.map(({ sending }) => sending.id));
  const rest = batch.strange().filter(({ sending }) => !asked.has(sending.id));
  if (rest.length > 0) yield* batch.again(rest);
  return isMeant ? 'some' : 'none';
}

/** The target is gone for good: any of what it was asked at that moment may be why, and none of their rows passes. */
function gone(core: Core, batch: Batch, silent: Observation): RunEnded {
  const asked = batch.unanswered();
  for (const one of asked) leaveOpen(core, one);
  const [first = silent] = asked;
  const what = [...new Set(asked.map(whatOf))];
  const more = what.length > mostNamed ? `, and ${what.length - mostNamed} more` : '';
  const named = `under way when it went: ${what.slice(0, mostNamed).join('; ')}${more}`;
  return new RunEnded(
    `The target gives no answer any more; ${what.length > 0 ? named : `the first request without one: ${whatOf(silent)}`}; ${first.silence?.reason}`,
  );
}

/** Its rows do not pass, for what came of it could not be looked into. */
function leaveOpen({ ledger }: Core, { sending }: Observation): void {
  for (const row of sending.rows) ledger.tally(row).open += 1;
}

/** Asks for all that is silent at once, for each silence costs a time-out; where the target goes away, nothing is learnt. */
function* askTogether(core: Core, batch: Batch, firsts: readonly Observation[]): Procedure<void> {
  // What a target may have acted on is sent no more often than one by one.
  const silent = firsts.filter(({ silence, sending }) => silence !== undefined && !sending.mayAct);
  if (silent.length < 2) return;
  yield* batch.again(silent);
  const still = silent.filter((one) => batch.latestOf(one)?.silence !== undefined && batch.isStubborn(one));
  if (still.length > 0 && (yield* isAnswering(core))) for (const one of still) core.known.add(strangeness(one));
}

function whatOf({ sending }: Observation): string {
  const { deviation } = sending.play;
  return deviation?.what ?? 'a valid request';
}

/** Whether the target answers a request that it may not act on, or, if not, one that it must. */
function* isAnswering(core: Core): Procedure<boolean> {
  const nobody = yield* core.state('pool does not exist');
  const canAskControl = core.options.consent && core.fixture('pool is ready') !== undefined && core.room >= 1;
  if ('fixture' in nobody && !(core.hailIsIgnored && canAskControl)) {
    for (let attempt = 0; attempt < hails; attempt += 1) {
      const hail = core.sending({ context: core.control, deviation: undefined }, 'pool does not exist', [], true);
      const seen = yield* once(core, hail);
      if (!isDisturbed(seen)) return true;
      if (!isThrottled(seen)) break;
      core.target.now = yield* wait(hailPause * 2 ** attempt, 'the target asks for less traffic');
    }
  }
  if (!canAskControl) return false;
  const control = yield* once(core, core.plain([], true));
  core.hailIsIgnored = !isDisturbed(control);
  return core.hailIsIgnored;
}

function* once(core: Core, sending: Sending): Procedure<Observation> {
  const [exchange] = (yield* send([[sending]])).flat();
  if (exchange === undefined) throw new Error('nothing came of a request');
  const observation = observe(exchange);
  core.patience.see([observation]);
  core.note(observation);
  return observation;
}

/** Waits for a target that may be restarting. */
function* comesBack(core: Core): Procedure<boolean> {
  const start = core.target.now;
  for (let n = 0; core.target.now - start < longestOnce && core.away < longestAway; n += 1) {
    const ms = looks[Math.min(n, looks.length - 1)] ?? 1000;
    core.target.now = yield* wait(ms, 'the target is away');
    core.away += ms;
    if (yield* isAnswering(core)) return true;
  }
  return false;
}

/** Whether a correct target may accept the request. */
export function mayBeAccepted({ play: { deviation } }: Sending): boolean {
  return deviation === undefined || traitsOf(deviation.kind).accepted !== 'never';
}
