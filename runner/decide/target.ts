import { contextKey, plainIn, unusual } from '../../generators/contexts.ts';
import type { Context, Fixture } from '../../generators/model.ts';
import type { Dimension } from '../../specs/contexts.ts';
import { type EditionName, type PinnedField, pinsOf } from '../../specs/editions.ts';
import type { Finding } from '../../specs/report.ts';
import { isAccepted, isPossiblyAccepted, member, type Observation } from './observation.ts';
import { matchesStatus } from './oracles/status.ts';

/** A rest is as long as it took until the pool was seen ready, and so many milliseconds and so much of it longer. */
const restFactor = 1.05;
const restMargin = 30;
/** So many times as long as at first, or so many milliseconds longer, a pool is believed to be busy. */
const growth = 3;
const longestGrowth = 300;
/** Milliseconds that a pool is busy, from which on rebuilds are slow. */
const slow = 500;

/** What was learnt of the target: a fold of the facts. */
export class Target {
  /** Whether the pool answers 409 after an acceptance. */
  goesBusy = false;
  /** Milliseconds that the pool was busy after an acceptance, the longest that was seen. */
  busyFor = 0;
  /** Whether it was learnt what an acceptance does to the pool. */
  isKnown = false;
  /** The same, before the pool was found to be busy now. */
  busyBefore = 0;
  /** Milliseconds until the state handler has given a pool that accepts, behind an acceptance. */
  handlerTakes = 0;
  /** Whether there is a state handler, which hands out another pool when asked. */
  readonly hasHandler: boolean;
  /** The pool that is ready, as its requests name it. */
  pool = '';
  /** How long the pool was busy when that was seen first: what is believed later is bounded by it. */
  #firstBusyFor: number | undefined;
  readonly #acceptances = new Map<string, { readonly started: number; readonly ended: number }>();
  /** Times an acceptance had to be waited for, in milliseconds, over the run. */
  waited = 0;
  /** The handler gave a pool that was rebuilt before: nobody knows whether it was ready, so no 409 is told from that. */
  givesAgain = false;
  /** The pool did not become ready in all the time that it may take. */
  stuck = false;
  /** The pool was seen ready again after an acceptance had made it busy. */
  hasRecovered = false;
  /** Milliseconds from an acceptance to the next one of the same pool, the longest: nothing came late up to there. */
  longestAccepted = 0;
  /** When a request that may have been acted on was last left without an answer. */
  #lostAt = Number.NEGATIVE_INFINITY;
  /** When nothing took a connection last; what kept a pool busy may have been forgotten there. */
  #awayAt = Number.NEGATIVE_INFINITY;
  /** Whether the target was away while it was measured how long a pool is busy: then that bounds nothing. */
  #isMismeasured = false;
  /** How the target says that a pool is busy where it does not answer 409, as it must. */
  busyWords: BusyWords | undefined;
  /** A pool that nobody has gets 409, too, before anything was accepted. */
  isConflictForAll = false;
  now = 0;
  readonly #accepted = new Map<string, Span>();
  #valid: Span | undefined;
  readonly #acceptedLevels = new Set<string>();
  readonly #withheld = new Map<Dimension, Set<string>>();

  constructor(hasHandler: boolean) {
    this.hasHandler = hasHandler;
  }

  see(observation: Observation): void {
    this.now = Math.max(this.now, observation.ended);
    if (isPossiblyAccepted(observation)) this.#lostAt = observation.ended;
    if (observation.silence?.silence === 'refused') this.#awayAt = observation.ended;
    if (!isAccepted(observation) || observation.sending.case.request.method !== 'POST') return;
    this.busyBefore = this.busyFor;
    const { play, given, at } = observation.sending;
    const pool = poolOf(observation.sending.case.request.path);
    if (at === 'pool is ready' && pool === this.pool && Number.isFinite(this.lastAcceptance))
      this.longestAccepted = Math.max(this.longestAccepted, observation.started - this.lastAcceptance);
    // What was accepted under an id that is none may have been taken for the pool that is ready.
    const accepted = { started: observation.started, ended: observation.ended };
    this.#acceptances.set(at === 'pool is ready' || this.#acceptances.has(pool) ? pool : this.pool, accepted);
    if (pool !== this.pool && at === 'pool is ready') this.#acceptances.set(this.pool, accepted);
    if (play.deviation !== undefined || given !== 'pool is ready') return;
    const key = contextKey(play.context);
    this.#accepted.set(key, spanned(this.#accepted.get(key), observation));
    this.#valid = spanned(this.#valid, observation);
    for (const dimension of unusual(play.context))
      this.#acceptedLevels.add(`${dimension}=${play.context.levels[dimension]}`);
  }

  /** Whether an answer says that the pool is busy. */
  saysBusy(observation: Observation): boolean {
    const { status } = observation;
    if (status === 409) return true;
    const { busyWords: words } = this;
    return words !== undefined && words.status === status && words.code === codeOf(observation);
  }

  /** It says that the pool is busy where a row does not expect that answer: it may be busy for another reason. */
  isUnexpectedConflict(observation: Observation): boolean {
    const { status, sending } = observation;
    if (status === undefined || !this.saysBusy(observation)) return false;
    if (sending.given === 'pool is busy' || sending.given === 'service is failing') return false;
    return sending.rows.length === 0 || !sending.rows.every(({ expect }) => matchesStatus(status, expect.statuses));
  }

  /** When a rebuild of the pool at hand was accepted last; milliseconds since the run began. */
  get lastAcceptance(): number {
    return this.#acceptances.get(this.pool)?.ended ?? Number.NEGATIVE_INFINITY;
  }

  /** When the request went out that was accepted then; what it does may begin from there on. */
  get lastAcceptanceSent(): number {
    return this.#acceptances.get(this.pool)?.started ?? Number.NEGATIVE_INFINITY;
  }

  /** Whether something may have been accepted since, of which no answer came. */
  get isUnsure(): boolean {
    return this.#lostAt > this.lastAcceptance;
  }

  /** Another pool is at hand, or the same once more. */
  turnTo(fixture: Fixture): void {
    this.pool = inPath(fixture.pool_id);
    if (this.hasHandler && this.goesBusy && this.#acceptances.has(this.pool)) this.givesAgain = true;
  }

  /** Milliseconds from now after which every pool is ready again. */
  restOfAll(longer = 1): number {
    const last = Math.max(Number.NEGATIVE_INFINITY, ...[...this.#acceptances.values()].map(({ ended }) => ended));
    return this.goesBusy ? Math.max(0, last + longer * (this.busyFor * restFactor + restMargin) - this.now) : 0;
  }

  /** Milliseconds from an acceptance until the next, whether the pool is waited for or the handler. */
  get readyIn(): number {
    if (!this.goesBusy) return 0;
    return this.hasHandler ? this.handlerTakes : this.busyFor;
  }

  /** Whether each rebuild has to be waited for, long enough to be sparing. */
  get isSlow(): boolean {
    return this.readyIn > slow;
  }

  /** Whether a valid request in this context was accepted in this run. */
  hasAccepted(context: Context): boolean {
    return this.#accepted.has(contextKey(context));
  }

  /** When a valid request in the context of an observation was accepted, or else any, seen from that observation. */
  baselineOf({ sending, started, ended }: Observation): NonNullable<Finding['baseline_accepted']> {
    const span = this.#accepted.get(contextKey(this.fitting(sending.play.context))) ?? this.#valid;
    const [isBefore, isAfter] = [(span?.ended ?? ended) <= started, (span?.started ?? started) >= ended];
    if (isBefore && isAfter) return 'before and after';
    return isBefore ? 'before' : isAfter ? 'after' : 'none';
  }

  /** Whether a level was accepted in any context. */
  hasAcceptedLevel(context: Context, dimension: Dimension): boolean {
    return this.#acceptedLevels.has(`${dimension}=${context.levels[dimension]}`);
  }

  /** From here on the level is left out of contexts: the target refuses it, which has been told. */
  withhold(context: Context, dimension: Dimension): void {
    const levels = this.#withheld.get(dimension) ?? new Set();
    levels.add(context.levels[dimension]);
    this.#withheld.set(dimension, levels);
  }

  isWithheld(dimension: Dimension, level: string): boolean {
    return this.#withheld.get(dimension)?.has(level) ?? false;
  }

  /** The context without the levels that the target is known to refuse. */
  fitting(context: Context): Context {
    return plainIn(
      context,
      // A query is there only where a deviation needs it.
      unusual(context).filter(
        (dimension) => dimension !== 'query' && this.isWithheld(dimension, context.levels[dimension]),
      ),
    );
  }

  /** Milliseconds from now after which the pool is ready again, as far as is known; `longer` times the usual rest. */
  rest(longer = 1): number {
    if (!this.goesBusy) return 0;
    const until = this.lastAcceptance + longer * (this.busyFor * restFactor + restMargin);
    return Math.max(0, until - this.now);
  }

  /** A valid request, sent then, was accepted again: the pool, whose acceptance before ended at `before`, is busy for no longer. */
  noteReady(before: number, started: number): void {
    const readyAfter = started - before;
    if (this.#awayAt > before) {
      this.#isMismeasured = !this.hasRecovered;
    } else {
      if (this.#isMismeasured) this.#firstBusyFor = readyAfter;
      this.#isMismeasured = false;
      this.hasRecovered = true;
    }
    if (!this.isKnown) this.busyFor = Math.max(this.busyFor, readyAfter);
  }

  /** The pool is still busy so long after an acceptance: it may take longer than it did before, within reason. */
  noteBusy(): void {
    const sofar = this.now - this.lastAcceptance;
    if (!Number.isFinite(sofar)) return;
    if (!this.isKnown) this.#firstBusyFor = sofar;
    const first = this.#firstBusyFor ?? 0;
    // With a handler nobody has waited for a pool, until it hands out one that was rebuilt before.
    const isUnmeasured = this.#isMismeasured || (this.hasHandler && this.#firstBusyFor === undefined);
    const most = isUnmeasured ? sofar : Math.max(growth * first, first + longestGrowth);
    this.busyFor = Math.max(this.busyFor, Math.min(sofar, most));
  }
}

/** What tells one refusal from another. */
export interface BusyWords {
  readonly status: number;
  readonly code: string | undefined;
}

function codeOf(observation: Observation): string | undefined {
  const code = member(observation, 'error_code');
  return typeof code === 'string' ? code : undefined;
}

export function busyWordsOf(observation: Observation): BusyWords | undefined {
  const { status } = observation;
  return status === undefined ? undefined : { status, code: codeOf(observation) };
}

/** When the first of several observations came, and when the last was sent. */
interface Span {
  readonly ended: number;
  readonly started: number;
}

function spanned(known: Span | undefined, { started, ended }: Observation): Span {
  return { ended: known?.ended ?? ended, started };
}

/** The pool as requests name it. */
export function inPath(pool: string): string {
  return encodeURIComponent(pool);
}

/** Where in a path the pool stands. */
export function poolOf(path: string): string {
  return /\/desktop-pools\/([^/?]*)/.exec(path)?.[1] ?? path;
}

/** Whether a plausible value stands for a thing on the target, and nobody has named that thing. */
export function isGuessed(fixture: Fixture, dimension: Dimension, edition: EditionName): boolean {
  return (pinsOf(edition) as readonly Dimension[]).some(
    (field) => field === dimension && fixture[field as PinnedField] === undefined,
  );
}
