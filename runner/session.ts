import { setTimeout as sleep } from 'node:timers/promises';
import type { Case } from '../generators/case.ts';
import { credentialWords } from '../generators/credentials.ts';
import type { Configuration } from '../specs/configuration.ts';
import type { Credentials } from './credentials.ts';
import { type Exchange, hungUpOnBody, isAccepted, isBroken, isSilence, statusOf } from './exchange.ts';
import type { Answer, Lane, Silence, WireRequest } from './http.ts';
import { createLane, transportOptions } from './transport.ts';

/** Statuses that a gateway gives for a moment; they are retried. */
const passing = new Set([429, 502, 503, 504]);
const tries = 5;
/** Milliseconds of Retry-After honoured for one request, and in one run. */
const longestRetryAfter = 30_000;
const retryAfterBudget = 120_000;
/** Exchanges in a row without an answer that end the run. */
const silencesThatEnd = 10;
/** How often IAM is asked for another token in a run. */
const mostRenewals = 50;

/** Tells the target's owner who asks, and the suite who repeats what it was told. */
export const userAgent = 'rebuild-conformance/1 (conformance suite)';

/** The configured kind of credential has no such variation. */
export class NotApplicable extends Error {}

/** The cap on rebuilds leaves no room for a request that may be accepted. */
export class CapReached extends Error {}

/** The run cannot go on; the message says why. */
export class RunEnded extends Error {}

export interface SendOptions {
  readonly token?: string | undefined;
  readonly lane?: Lane;
  readonly fresh?: boolean;
  /** How often a passing failure is tried, at most. Default 5. */
  readonly tries?: number;
  /** Sent to learn whether the target answers at all: its silence does not end the run. */
  readonly probe?: boolean;
  /** The target has shown already that it leaves requests without an answer. */
  readonly impatient?: boolean;
  /** A correct target may accept this: it needs room under the cap on rebuilds. */
  readonly mayRebuild?: 'expected';
}

function inCase(headers: Readonly<Record<string, string>>, form: Case['headerCase']): Readonly<Record<string, string>> {
  if (form === undefined) return headers;
  const change = (name: string) => (form === 'lower' ? name.toLowerCase() : name.toUpperCase());
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [change(name), value]));
}

/** Everything that is sent goes through one session: it keeps the rate, retries what passes, and counts. */
export class Session {
  requests = 0;
  rebuilds = 0;
  retries = 0;
  /** Requests that were answered only when they were sent again after the time-out. */
  readonly lateAnswers: Exchange[] = [];
  lastAcceptance = 0;
  readonly origin: string;
  readonly base: string;
  readonly #configuration: Configuration;
  readonly #credentials: Credentials;
  readonly #signal: AbortSignal | undefined;
  readonly #free: Lane[] = [];
  readonly #all: Lane[] = [];
  readonly #waiting: ((lane: Lane) => void)[] = [];
  #pausedUntil = 0;
  #nextSlot = 0;
  #retryAfterSpent = 0;
  #silences = 0;
  /** What the target may have been brought down by. */
  #firstSilent = '';
  #underWay = 0;
  #asking: Promise<boolean> | undefined;
  /** Whether the target answers at all; set by whoever knows a request that it answered. */
  alive: (() => Promise<boolean>) | undefined;
  /** Whether a request that ought to be rejected was accepted: from then on every request needs room. */
  #acceptsInvalid = false;
  /** The fetched token that was accepted last, and the one that was given up last. */
  #goodToken: string | undefined;
  #expiredToken: string | undefined;
  #renewals = 0;
  #closed = false;

  constructor(configuration: Configuration, credentials: Credentials, signal?: AbortSignal) {
    const url = new URL(configuration.target.url);
    this.origin = url.origin;
    this.base = url.pathname.replace(/\/$/, '');
    this.#configuration = configuration;
    this.#credentials = credentials;
    this.#signal = signal;
    for (let i = 0; i < configuration.limits.concurrency; i += 1) {
      const lane = this.newLane();
      this.#free.push(lane);
    }
  }

  /** A connection of one's own, closed with the session. */
  newLane(): Lane {
    const lane = createLane(this.origin, transportOptions(this.#configuration));
    this.#all.push(lane);
    return lane;
  }

  /** Whether the cap on rebuilds is reached. */
  get exhausted(): boolean {
    return !this.roomFor(1, 'expected');
  }

  /** Whether the cap leaves room for so many rebuilds more. */
  roomFor(count: number, kind: 'expected' | 'feared'): boolean {
    const { rebuilds, concurrency } = this.#configuration.limits;
    if (rebuilds === undefined) return true;
    // A target that accepts what it should not shows it first by as many requests as are in flight.
    const reserve = kind === 'feared' ? 0 : Math.min(concurrency, Math.floor(rebuilds / 2));
    return this.rebuilds + this.#underWay + count + reserve <= rebuilds;
  }

  /** Whether a valid request must come before another with a bad credential. */
  get isStrained(): boolean {
    return this.#credentials.isStrained ?? false;
  }

  secrets(): readonly string[] {
    return this.#credentials.secrets();
  }

  async close(): Promise<void> {
    this.#closed = true;
    await Promise.all(this.#all.map((lane) => lane.close()));
  }

  /** Sends a case once: no retry, but within the rate. */
  async once(value: Case, options: SendOptions = {}): Promise<Exchange> {
    this.#signal?.throwIfAborted();
    await this.#slot();
    if (this.#closed) throw new RunEnded('the run has ended');
    const bare: WireRequest = {
      method: value.method,
      origin: this.origin,
      path: `${this.base}${value.path}`,
      headers: value.headers,
      body: value.body,
      ...(value.transfer === undefined ? {} : { transfer: value.transfer }),
      ...(value.noLength ? { noLength: true } : {}),
    };
    // A token that came with the state is the valid one there.
    const use = value.credential === 'valid' && options.token !== undefined ? 'configured' : value.credential;
    const credential = await this.#credentials.headers(bare, use, options.token);
    if (credential === undefined) throw new NotApplicable('this credential has no such form');
    const headers = { 'User-Agent': userAgent, ...value.headers, ...credential };
    const request = { ...bare, headers: inCase(headers, value.headerCase) };
    const lane = options.lane ?? (await this.#take());
    let result: Answer | Silence;
    const mayRebuild = options.mayRebuild || (this.#acceptsInvalid && 'feared');
    if (mayRebuild && !this.roomFor(1, mayRebuild)) {
      if (options.lane === undefined) this.#give(lane);
      throw new CapReached('the limit on rebuilds is reached');
    }
    try {
      this.#underWay += 1;
      this.requests += 1;
      result = await lane.send(request, options.fresh ? { fresh: true } : {});
    } finally {
      this.#underWay -= 1;
      if (options.lane === undefined) this.#give(lane);
    }
    this.#signal?.throwIfAborted();
    const words = value.credential === 'valid' ? undefined : this.#credentials.words?.(value.credential);
    const label = words === undefined ? value.label : value.label.replace(credentialWords(value.credential), words);
    const exchange: Exchange = { case: { ...value, label }, request, result };
    if (statusOf(exchange) !== undefined && statusOf(exchange) !== 401 && value.credential === 'valid')
      this.#goodToken = credential['X-Auth-Token'];
    if (isAccepted(exchange) && value.method === 'POST') {
      this.rebuilds += 1;
      if (!options.mayRebuild) this.#acceptsInvalid = true;
      this.lastAcceptance = Date.now();
    }
    // What got no answer may have been acted on all the same.
    if (mayRebuild && isSilence(result) && result.silence !== 'refused') {
      this.rebuilds += 1;
      this.lastAcceptance = Date.now();
    }
    this.#silences = isSilence(result) ? this.#silences + 1 : 0;
    if (this.#silences === 1) this.#firstSilent = exchange.case.label;
    if (this.#silences >= silencesThatEnd && !options.probe && !(await this.#isAlive())) {
      throw new RunEnded(
        `Ten requests in a row got no answer, first to: ${this.#firstSilent}; last: ${isSilence(result) ? result.reason : ''}`,
      );
    }
    return exchange;
  }

  /**
   * Sends a case and retries what may pass by itself: throttling, a gateway's failure, a connection that was closed
   * while idle. The result is the last exchange, whatever it is.
   */
  async send(value: Case, options: SendOptions = {}): Promise<Exchange> {
    let exchange = await this.once(value, options);
    const first = exchange;
    let uncertain: { readonly uncertain?: true } = {};
    for (let attempt = 1; attempt < (options.tries ?? tries); attempt += 1) {
      const { result } = exchange;
      // A reused connection may have been closed before the body came.
      if (isSilence(result) && hungUpOnBody(result) && !result.reused) break;
      if (isSilence(result)) {
        // Twice on a fresh connection; what has been found silent before, or broken, is tried once more only.
        if (attempt > (options.impatient || isBroken(result) ? 1 : 2)) break;
        if (result.silence !== 'refused') uncertain = { uncertain: true };
        this.retries += 1;
        exchange = await this.once(value, { ...options, fresh: true });
        if (result.silence === 'timeout' && !isSilence(exchange.result)) this.lateAnswers.push(first);
      } else if (passing.has(result.status)) {
        this.retries += 1;
        await this.#backOff(result, attempt);
        exchange = await this.once(value, options);
      } else if (result.status === 401 && (await this.#renewed(exchange, options))) {
        exchange = await this.once(value, options);
      } else {
        break;
      }
    }
    return { ...exchange, ...uncertain };
  }

  /** Whether this exchange may say more of the network than of the target. */
  isDisturbed(exchange: Exchange): boolean {
    const status = statusOf(exchange);
    return status === undefined ? !hungUpOnBody(exchange.result) && !isBroken(exchange.result) : passing.has(status);
  }

  /** Asks the target something else before the run is given up: many in flight may be silent for one cause. */
  async #isAlive(): Promise<boolean> {
    if (this.alive === undefined) return false;
    this.#asking ??= this.alive().finally(() => {
      this.#asking = undefined;
    });
    const answered = await this.#asking;
    if (answered) this.#silences = 0;
    return answered;
  }

  async pause(ms: number): Promise<void> {
    await sleep(ms, undefined, this.#signal === undefined ? {} : { signal: this.#signal });
  }

  /**
   * A token that IAM handed out may have expired in the meantime. Another is fetched only if this one was good before,
   * so that a target which answers 401 to what it should not is not taken for one whose tokens are short-lived.
   */
  async #renewed({ case: { credential }, request }: Exchange, options: SendOptions): Promise<boolean> {
    if (this.#credentials.kind !== 'iam' || credential !== 'valid' || options.token !== undefined) return false;
    const token = request.headers['X-Auth-Token'];
    if (token !== this.#goodToken && token !== this.#expiredToken) return false;
    if (token === this.#goodToken) {
      if (this.#renewals >= mostRenewals) return false;
      this.#renewals += 1;
      this.#expiredToken = token;
      this.#goodToken = undefined;
    }
    await this.#credentials.renew();
    return true;
  }

  async #backOff(answer: Answer, attempt: number): Promise<void> {
    const header = answer.headers['retry-after'];
    const asked =
      header === undefined
        ? Number.NaN
        : /^\d+$/.test(header.trim())
          ? Number(header) * 1000
          : Date.parse(header) - Date.now();
    let wait = 25 * 2 ** attempt;
    if (Number.isFinite(asked)) {
      const honoured = Math.max(0, Math.min(asked, longestRetryAfter, retryAfterBudget - this.#retryAfterSpent));
      wait = Math.max(honoured, 20);
    } else if (answer.status !== 429) {
      // Nobody asked for less traffic: only this request waits.
      await this.pause(wait);
      return;
    }
    const until = Date.now() + wait;
    if (until > this.#pausedUntil) {
      this.#retryAfterSpent += until - Math.max(this.#pausedUntil, Date.now());
      this.#pausedUntil = until;
    }
    await this.pause(Math.max(0, this.#pausedUntil - Date.now()));
  }

  async #slot(): Promise<void> {
    const { rate } = this.#configuration.limits;
    for (let wait = this.#pausedUntil - Date.now(); wait > 0; wait = this.#pausedUntil - Date.now())
      await this.pause(wait);
    if (rate === undefined) return;
    const now = Date.now();
    const slot = Math.max(now, this.#nextSlot);
    this.#nextSlot = slot + 1000 / rate;
    if (slot > now) await this.pause(slot - now);
  }

  #take(): Promise<Lane> {
    const lane = this.#free.pop();
    if (lane !== undefined) return Promise.resolve(lane);
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  #give(lane: Lane): void {
    const next = this.#waiting.shift();
    if (next === undefined) this.#free.push(lane);
    else next(lane);
  }
}
