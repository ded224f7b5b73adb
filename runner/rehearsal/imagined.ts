import { traitsOf } from '../../specs/deviations.ts';
import { edition } from '../../specs/editions.ts';
import type { Requirement, State } from '../../specs/requirement.ts';
import { type Core, isActedOnIn } from '../decide/core.ts';
import type { Answer, Command, Exchange, Fact, Provided, Sending } from '../decide/procedure.ts';
import { poolOf } from '../decide/target.ts';

/** How fast requests go. Times in milliseconds. */
export interface Pace {
  /** Requests a second at most. */
  readonly rate: number | undefined;
  readonly concurrency: number;
  /** That an answer takes. */
  readonly answer: number;
}

/** Milliseconds that the suite itself takes for a request, one after the other. */
const own = 2;
/** What is known of the time that a pool is busy is when it was seen ready: that was so a little before. */
const overestimate = 1.05;
/** Milliseconds that an owner's state handler takes. */
const handlerTakes = 10;

/**
 * A target that does what every row expects, in a time of its own: what is asked of it shows what a run takes. It has
 * the states of a target that is known, and goes busy as that does.
 */
export class ImaginedTarget {
  readonly #known: Core;
  readonly #pace: Pace;
  /** When a pool is ready again, by what stands in paths for it. */
  readonly #busy = new Map<string, number>();
  readonly #statuses = new Map<string, number>();
  #slot = 0;
  #turn = 0;
  /** Milliseconds since the run began. */
  now = 0;
  requests = 0;
  rebuilds = 0;

  constructor(known: Core, pace: Pace) {
    this.#known = known;
    this.#pace = pace;
  }

  perform(command: Command): Fact {
    switch (command.do) {
      case 'send': {
        const exchanges = this.#send(command.trains);
        return { told: 'sent', exchanges, now: Math.round(this.now) };
      }
      case 'wait':
        this.now += Math.max(0, command.ms);
        return { told: 'waited', now: Math.round(this.now) };
      case 'provide':
        return { told: 'provided', provided: this.#provide(command.state), now: Math.round(this.now) };
    }
  }

  #provide(state: State): Provided {
    const { hasHandler, pools } = this.#known.options;
    const provided = this.#known.provided(state) ?? { untested: { why: 'no state', state } };
    if (hasHandler) {
      this.now += Math.max(handlerTakes, this.#known.target.handlerTakes);
      // It hands out another pool, which nothing was done to.
      this.#busy.clear();
    } else if (state === 'pool is ready' && 'fixture' in provided && pools.length > 1) {
      const pool_id = pools[this.#turn % pools.length] ?? provided.fixture.pool_id;
      this.#turn += 1;
      return { fixture: { ...provided.fixture, pool_id } };
    }
    return provided;
  }

  /** Trains side by side, as many as may be under way at once, each request when its turn has come. */
  #send(trains: readonly (readonly Sending[])[]): readonly (readonly Exchange[])[] {
    const free = Array.from({ length: Math.max(1, this.#pace.concurrency) }, () => this.now);
    const exchanges = trains.map((train) => {
      const track = free.indexOf(Math.min(...free));
      return train.map((sending) => {
        const exchange = this.#exchange(sending, free[track] ?? this.now);
        free[track] = exchange.ended;
        return exchange;
      });
    });
    this.now = Math.max(this.now, ...free);
    return exchanges;
  }

  #exchange(sending: Sending, earliest: number): Exchange {
    const { rate, answer } = this.#pace;
    const { rebuilds } = this.#known.options.limits;
    const started = Math.max(earliest, this.#slot);
    if (sending.mayAct && this.rebuilds >= rebuilds)
      return { sending, credential: {}, result: { unsent: 'cap' }, started, ended: started };
    this.#slot = started + Math.max(own, rate === undefined ? 0 : 1000 / rate);
    this.requests += 1;
    const ended = started + answer;
    return { sending, credential: {}, result: this.#answer(sending, ended), started, ended };
  }

  #answer(sending: Sending, at: number): Answer {
    const wanted = this.#statusOf(sending);
    const { method, path } = sending.case.request;
    if (wanted !== 200 || method !== 'POST') return answerOf(wanted, this.#pace.answer, this.requests);
    const pool = poolOf(path);
    if (at < (this.#busy.get(pool) ?? 0)) return answerOf(409, this.#pace.answer, this.requests);
    this.rebuilds += 1;
    const { goesBusy, busyFor } = this.#known.target;
    if (goesBusy) this.#busy.set(pool, at + busyFor / overestimate);
    return answerOf(200, this.#pace.answer, this.requests);
  }

  /** What the catalogue says of such a request, whoever asks. */
  #statusOf({ play: { deviation }, given, at, rows }: Sending): number {
    const key = `${deviation?.kind ?? ''}/${given}/${at}/${rows[0]?.id ?? ''}`;
    const status = this.#statuses.get(key) ?? this.#learnStatus(deviation, given, at, rows);
    this.#statuses.set(key, status);
    return status;
  }

  #learnStatus(deviation: Sending['play']['deviation'], given: State, at: State, rows: readonly Requirement[]): number {
    const accepted = deviation === undefined ? 'always' : traitsOf(deviation.kind).accepted;
    if (accepted !== 'never' && at === 'pool does not exist') return 404;
    if (accepted === 'always' && isActedOnIn(given)) return 200;
    const all = edition(this.#known.options.edition).requirements;
    const [own] = rows.filter(({ send }) => send.kind === 'deviation' || send.kind === 'context');
    const row =
      own ??
      all.find(({ send, given: other }) =>
        deviation === undefined ? other === given : send.kind === 'deviation' && send.of === deviation.kind,
      );
    const statuses = (row?.expect.statuses ?? []).map((one) => (typeof one === 'number' ? one : Number(`${one[0]}00`)));
    // Whether an id in another writing is that id is up to the target: most say no.
    const isStrict = accepted === 'never' || (deviation !== undefined && idChanges.has(deviation.change.on));
    return (isStrict ? statuses.find((status) => status >= 400) : undefined) ?? statuses[0] ?? 400;
  }
}

/** Changes of what a request names. */
const idChanges: ReadonlySet<string> = new Set(['pool', 'project', 'image', 'path']);

function answerOf(status: number, duration_ms: number, n: number): Answer {
  const body = status < 300 ? { job_id: `job-${n}` } : { error_code: 'WKS.0001', error_msg: 'as it should be' };
  return {
    status,
    headers: { 'content-type': 'application/json' },
    body: new TextEncoder().encode(JSON.stringify(body)),
    truncated: false,
    duration_ms,
  };
}
