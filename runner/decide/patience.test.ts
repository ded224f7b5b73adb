import { describe, expect, test } from 'vitest';
import { plain } from '../../generators/contexts.ts';
import { render } from '../../generators/render.ts';
import { traitsOf } from '../../specs/deviations.ts';
import { defaultEdition, edition } from '../../specs/editions.ts';
import { requirements } from '../../specs/requirements.ts';
import { findingOf } from '../evidence/findings.ts';
import { conduct } from './conduct.ts';
import { Core } from './core.ts';
import { Ledger } from './ledger.ts';
import { type Observation, observe } from './observation.ts';
import { Patience } from './patience.ts';
import {
  type Answer,
  type Command,
  type Exchange,
  type Fact,
  RunEnded,
  type Sending,
  type Silence,
} from './procedure.ts';
import { resultsOf } from './results.ts';

const fixture = { project_id: 'p1', pool_id: 'pool-a', image_id: 'img-1' };
const silence: Silence = { silence: 'timeout', reason: 'no whole answer came', reused: false, whileSending: false };

function answer(status: number, body: string, headers: Answer['headers'] = {}): Answer {
  return { status, headers, body: new TextEncoder().encode(body), truncated: false, duration_ms: 1 };
}

function silent(started: number, ended: number): Observation {
  const sending: Sending = {
    id: 1,
    play: { context: plain, deviation: undefined },
    case: render({ fixture, edition: defaultEdition }, plain),
    fixture,
    given: 'pool is ready',
    at: 'pool is ready',
    rows: [],
    mayAct: true,
  };
  return observe({ sending, credential: {}, result: silence, started, ended });
}

describe('patience', () => {
  test('silences that overlap count once, and end a run when they took too long', () => {
    const patience = new Patience(1000);
    patience.see([silent(0, 1000), silent(500, 1500), silent(0, 1000)]);
    expect(patience.isShort).toBe(false);
    patience.see([silent(2000, 3100)]);
    expect(patience.isShort).toBe(true);
    for (let n = 4; n < 26; n += 1) patience.see([silent(n * 1000, (n + 1) * 1000)]);
    expect(patience.exhausted).toBeUndefined();
    patience.see([silent(30_000, 32_000)]);
    expect(patience.exhausted).toMatch(/no answer took 27 s/);
  });

  test('a Retry-After is honoured within bounds, and less once it did not help', () => {
    const patience = new Patience(1000);
    expect([patience.honour(1000), patience.honour(45_000), patience.honour(86_400_000)]).toEqual([1000, 30_000, 0]);
    patience.paused(20_000, false);
    expect(patience.honour(45_000)).toBe(10_000);
    patience.paused(10_000, false);
    expect(patience.honour(45_000)).toBe(0);
    const helped = new Patience(1000);
    for (let n = 0; n < 4; n += 1) helped.paused(30_000, true);
    expect(helped.honour(1000)).toBe(0);
  });

  test('batches that are throttled with their baseline, three in a row, end a run', () => {
    const patience = new Patience(1000);
    for (const throttled of ['all', 'all', 'none', 'all', 'all'] as const) patience.settled(throttled);
    expect(patience.exhausted).toBeUndefined();
    patience.settled('all');
    expect(patience.exhausted).toMatch(/keeps asking for less traffic/);
  });
});

/** What a target answers to its n-th request. */
type Behaviour = (sending: Sending, n: number) => { readonly result: Answer | Silence; readonly takes?: number };

/** A whole run against a target that is a function, in simulated time: when it ended, how, and what it sent. */
function play(behave: Behaviour): {
  readonly ms: number;
  readonly ended: string;
  readonly sent: number;
  readonly core: Core;
} {
  const options = {
    edition: defaultEdition,
    auth: 'token',
    seed: 1,
    runs: 0,
    concurrency: 4,
    hasHandler: false,
    pools: ['pool-a'],
    consent: true,
    limits: { rebuilds: 400, ready_wait: 1_200_000, timeout: 1000 },
  } as const;
  const core = new Core(options, new Ledger(edition(defaultEdition).requirements, defaultEdition));
  let [now, sent] = [0, 0];
  const perform = (command: Command): Fact => {
    if (command.do === 'wait') {
      now += command.ms;
      return { told: 'waited', now };
    }
    if (command.do === 'provide') {
      const isKnown = command.state === 'pool is ready' || command.state === 'pool does not exist';
      const pool_id = command.state === 'pool is ready' ? 'pool-a' : 'nobodys';
      const provided = isKnown
        ? { fixture: { ...fixture, pool_id } }
        : { untested: { why: 'no state', state: command.state } as const };
      return { told: 'provided', provided, now };
    }
    let latest = now;
    const exchanges = command.trains.map((train) => {
      let at = now;
      return train.map((sending): Exchange => {
        sent += 1;
        const { result, takes = 1 } = behave(sending, sent);
        const started = at;
        at += takes;
        latest = Math.max(latest, at);
        return { sending, credential: {}, result, started, ended: at };
      });
    });
    now = latest;
    return { told: 'sent', exchanges, now };
  };
  const procedure = conduct(core, core.requirements);
  try {
    let step = procedure.next();
    while (!step.done) step = procedure.next(perform(step.value));
    return { ms: now, ended: 'done', sent, core };
  } catch (error) {
    if (error instanceof RunEnded || (error instanceof Error && error.name === 'SetupRefused'))
      return { ms: now, ended: error.message, sent, core };
    throw error;
  }
}

let jobs = 0;
const nothing = { result: silence, takes: 1000 };
const accepted = () => ({ result: answer(200, `{"job_id":"j${++jobs}"}`) });
const refused = (status: number, headers = {}) => ({
  result: answer(status, '{"error_code":"WKS.1","error_msg":"No."}', {
    'content-type': 'application/json',
    ...headers,
  }),
});
/** Roughly correct: what has a deviation, or goes to a pool that nobody has, is refused. */
const isValid = ({ play: { deviation }, at }: Sending): boolean => deviation === undefined && at === 'pool is ready';
const correct: Behaviour = (sending) =>
  isValid(sending) ? accepted() : refused(sending.at === 'pool does not exist' ? 404 : 400);

const lateTarget =
  (late: Behaviour): Behaviour =>
  (sending, n) =>
    n > 40 ? late(sending, n) : correct(sending, n);
const rejecting =
  (reject: Behaviour): Behaviour =>
  (sending, n) =>
    isValid(sending) ? accepted() : reject(sending, n);

describe('in simulated time, with a time-out of one second, a run against a target ends within a minute', () => {
  const day = () => refused(429, { 'retry-after': '86400' });
  const half = () => refused(429, { 'retry-after': '30' });
  const second = () => refused(503, { 'retry-after': '1' });
  test.each<[string, Behaviour]>([
    ['that is silent', () => nothing],
    ['that is silent later on', lateTarget(() => nothing)],
    ['that is silent when it should refuse', rejecting(() => nothing)],
    ['that is silent when it should accept', (sending, n) => (isValid(sending) ? nothing : correct(sending, n))],
    ['that is silent now and then', (sending, n) => (n % 3 === 0 ? nothing : correct(sending, n))],
    ['that throttles for a day', day],
    ['that throttles for a day later on', lateTarget(day)],
    ['that throttles for a day when it should refuse', rejecting(day)],
    ['that throttles for half a minute, again and again', half],
    ['that throttles for half a minute later on', lateTarget(half)],
    ['that throttles for half a minute when it should refuse', rejecting(half)],
    ['that throttles for a second later on', lateTarget(second)],
    ['that throttles for a second when it should refuse', rejecting(second)],
    ['that says of every pool that it is busy', () => refused(409)],
    ['that throttles and is silent by turns', (_, n) => (n % 2 === 0 ? half() : nothing)],
  ])('%s', (_, behave) => {
    const { ms, sent } = play(behave);
    expect(ms).toBeLessThan(60_000);
    expect(sent).toBeLessThan(2000);
  });

  test('with one diagnosis', () => {
    expect(play(() => nothing).ended).toMatch(/^The target gives no answer any more; under way when it went: /);
    expect(play(day).ended).toMatch(/asking for less traffic/);
    expect(play(() => refused(409)).ended).toBe('409');
  });
});

test('what is answered with silence while the baseline is accepted is judged', () => {
  const { core, ended } = play(rejecting(() => nothing));
  const failed = requirements.filter((row) => core.ledger.causes(row).length > 0);
  // Each silence costs a time-out: as many rows as the budget allows are judged, and each that was sent is.
  expect(failed.filter(({ level, send }) => level === 'MUST' && send.kind === 'deviation').length).toBeGreaterThan(5);
  expect(failed.filter(({ send }) => send.kind === 'context')).toEqual([]);
  // What was seen, and not proved any more, passes neither.
  const results = resultsOf(core, {
    selected: new Set(core.requirements),
    waivers: [],
    today: '2026-01-01',
    broken: ended,
    lost: undefined,
    contracts: new Map(),
    finding: (cause) => findingOf(cause, { base: 'http://simulated.example', replay: '', baseline: undefined }),
  });
  const passing = new Set(results.filter(({ verdict }) => verdict === 'pass').map(({ requirement }) => requirement));
  const spared = core.requirements.filter(
    ({ id, send }) => passing.has(id) && send.kind === 'deviation' && traitsOf(send.of).accepted === 'never',
  );
  expect(spared.map(({ id }) => id as string)).toEqual([]);
});

test('a target that throttles now and then, and keeps its word, is tested whole', () => {
  const behave: Behaviour = (sending, n) =>
    n % 150 === 0 ? refused(429, { 'retry-after': '2' }) : correct(sending, n);
  expect(play(behave).ended).toBe('done');
});
