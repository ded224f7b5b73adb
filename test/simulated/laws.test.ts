import fc from 'fast-check';
import { describe, expect, test, vi } from 'vitest';
import { conduct, SetupRefused } from '../../runner/decide/conduct.ts';
import { ControlLost } from '../../runner/decide/conflict.ts';
import type { Core } from '../../runner/decide/core.ts';
import type { Exchange, Sending } from '../../runner/decide/procedure.ts';
import { RunEnded } from '../../runner/decide/procedure.ts';
import { askUntilReady } from '../../runner/decide/readiness.ts';
import { resultsOf } from '../../runner/decide/results.ts';
import { settle } from '../../runner/decide/settle.ts';
import { defaultEdition, edition } from '../../specs/editions.ts';
import type { Result } from '../../specs/report.ts';
import { playScript, type Script, type Scripted, scriptedCore } from './script.ts';

const { requirements } = edition(defaultEdition);

/** LAWS_SEED makes other histories; said by fast-check, too, when a law is broken. */
const seed = Number(process.env['LAWS_SEED'] ?? 1);
vi.setConfig({ testTimeout: 240_000 });
console.info(`laws: LAWS_SEED=${seed}`);

const scripted: fc.Arbitrary<Scripted> = fc.oneof(
  fc.constantFrom(200, 400, 401, 403, 404, 409, 409, 429, 500, 503),
  fc.constantFrom('reset' as const, 'timeout' as const, 'refused' as const),
  fc.record({
    status: fc.constant(429),
    headers: fc.constantFrom({ 'retry-after': '1' }, { 'retry-after': '100000' }),
  }),
  fc.record({ status: fc.constantFrom(200, 400), body: fc.constantFrom<unknown>([], null, { error_code: 1 }, 'x') }),
);

/** Anything at all, the same for the same history: a list that is gone round, from another place for each kind. */
const chaos: fc.Arbitrary<Script> = fc
  .record({
    answers: fc.array(scripted, { minLength: 1, maxLength: 12 }),
    right: fc.nat(3),
    busy: fc.constantFrom(0, 50, 3_000),
  })
  .map(({ answers, right, busy }) => {
    let n = 0;
    let until = -1;
    return (sending, now) => {
      n += 1;
      // Some answer nothing but what comes, others are right now and then.
      if (right > 0 && n % 4 < right) return rightly(sending, now, until, (at) => (until = at + busy));
      return answers[n % answers.length] ?? 200;
    };
  });

/** As a target of one pool must. */
function rightly({ play, given, at }: Sending, now: number, until: number, occupy: (now: number) => void): Scripted {
  if (play.deviation?.kind.includes('credential')) return 401;
  if (at === 'pool does not exist') return 404;
  if (play.deviation !== undefined && given === 'pool is ready') return 400;
  if (given === 'pool is busy' || now < until) return 409;
  occupy(now);
  return 200;
}

const someRows = fc
  .shuffledSubarray(
    requirements.filter(({ given }) => given === 'pool is ready' || given === 'pool is busy'),
    { minLength: 1, maxLength: 3 },
  )
  .map((rows) => [...rows, ...requirements.filter(({ send }) => send.kind === 'answers')]);

const limits = fc.record({
  rebuilds: fc.constantFrom(1, 3, 10, 50),
  ready_wait: fc.constantFrom(100, 5_000, 60_000),
  timeout: fc.constant(1_000),
});

function verdicts(core: Core, rows: readonly (typeof requirements)[number][], broken?: string): readonly Result[] {
  return resultsOf(core, {
    selected: new Set(rows),
    waivers: [],
    today: '2026-01-01',
    broken,
    lost: undefined,
    contracts: new Map(),
    finding: ({ check, flaw, row, count, failed, sent }) =>
      ({
        check,
        ...flaw,
        stimulus: row.title,
        source: '',
        curl: '',
        replay: '',
        count,
        failed,
        sent,
        exchange: {},
      }) as never,
  }).filter(({ reason }) => reason !== 'not selected');
}

const statusOf = ({ result }: Exchange): number | undefined => ('status' in result ? result.status : undefined);
const isValid = ({ sending }: Exchange): boolean => sending.play.deviation === undefined;

describe('whatever a target answers', () => {
  test('a run ends, keeps its budgets, tells each result once, and passes nothing without evidence', () => {
    fc.assert(
      fc.property(chaos, someRows, limits, (script, rows, some) => {
        const core = scriptedCore(rows, { limits: some });
        const { error, commands, exchanges } = playScript(conduct(core, rows), script);
        const isFit = [RunEnded, SetupRefused, ControlLost].some((kind) => error instanceof kind);
        if (error !== undefined && !isFit) throw error;

        // The driver holds the cap as well; the core never asks for a rebuild that it knows to be beyond it.
        const acting = exchanges.filter(({ sending }) => sending.mayAct);
        const accepted = acting.filter((one) => (statusOf(one) ?? 500) < 300);
        expect(accepted.length).toBeLessThanOrEqual(some.rebuilds + core.options.concurrency);
        const waits = commands.flatMap((command) => (command.do === 'wait' ? [command] : []));
        const away = waits.filter(({ why }) => why === 'the target is away').reduce((sum, { ms }) => sum + ms, 0);
        expect(away).toBeLessThanOrEqual(62_000);
        for (const { ms } of waits) expect(ms).toBeLessThanOrEqual(Math.max(some.ready_wait, 30_000));
        const honoured = waits.filter(({ why, ms }) => why.includes('less traffic') && ms > 5_000);
        expect(honoured.reduce((sum, { ms }) => sum + ms, 0)).toBeLessThanOrEqual(120_000);
        // Five tries of what is throttled, some more for those that are proved: never without end.
        expect(exchanges.length).toBeLessThan(6_000);

        const results = verdicts(core, rows, error === undefined ? undefined : String(error));
        const names = results.map(({ requirement, technique }) => `${requirement} ${technique}`);
        expect(new Set(names).size).toBe(names.length);
        for (const { verdict, cases, reason, findings, accepted: taken, requirement } of results) {
          if (verdict === 'pass') expect(cases).toBeGreaterThan(0);
          if (verdict === 'fail') expect(findings.length).toBeGreaterThan(0);
          if (verdict === 'untested' || verdict === 'error') expect(reason).toBeTruthy();
          if (verdict === 'pass' && requirement.endsWith('is-accepted')) expect(taken).toBeGreaterThan(0);
        }
      }),
      { seed, numRuns: 60 },
    );
  });

  test('the same seed and the same facts make the same commands and the same verdicts', () => {
    const plays = fc.record({ answers: fc.array(scripted, { minLength: 1, maxLength: 12 }), rows: someRows, limits });
    fc.assert(
      fc.property(plays, ({ answers, rows, limits: some }) => {
        const once = (): string => {
          const core = scriptedCore(rows, { limits: some });
          let n = 0;
          const { commands, error } = playScript(conduct(core, rows), () => answers[n++ % answers.length] ?? 200);
          const told = verdicts(core, rows, error === undefined ? undefined : String(error));
          return JSON.stringify([commands, told.map(({ findings, ...rest }) => [rest, findings.length])]);
        };
        expect(once()).toBe(once());
      }),
      { seed, numRuns: 15 },
    );
  });

  test('a failure by 409 has an accepted valid request right behind that very case', () => {
    const conflicts = fc.record({
      own: fc.boolean(),
      busy: fc.constantFrom(0, 40, 2_000),
      each: fc.integer({ min: 1, max: 4 }),
      chance: fc.integer({ min: 1, max: 1_000_000 }),
      rows: fc.shuffledSubarray(
        requirements.filter(({ send, given }) => send.kind === 'deviation' && given === 'pool is ready'),
        { minLength: 1, maxLength: 2 },
      ),
    });
    fc.assert(
      fc.property(conflicts, ({ own, busy, each, chance, rows }) => {
        let state = chance;
        let until = -1;
        let accepted = 0;
        const core = scriptedCore(rows);
        const { exchanges } = playScript(conduct(core, rows), (sending, now) => {
          if (own && sending.play.deviation !== undefined && sending.at === 'pool is ready') return 409;
          if (sending.at === 'pool is ready' && now < until) return 409;
          return rightly(sending, now, -1, () => {
            accepted += 1;
            state = (state * 48_271) % 2_147_483_647;
            if (accepted % each === 0) until = now + (state % (2 * busy + 1));
          });
        });
        const conflicting = verdicts(core, rows).filter(
          ({ verdict, findings }) => verdict === 'fail' && findings.some(({ actual }) => actual === '409'),
        );
        if (!own) expect(conflicting.map(({ requirement }) => requirement)).toEqual([]);
        for (const { requirement } of conflicting) {
          const shown = exchanges.filter((one, i) => {
            const [next] = exchanges.slice(i + 1);
            const isCase = one.sending.rows.some(({ id }) => id === requirement) && statusOf(one) === 409;
            return isCase && next !== undefined && isValid(next) && statusOf(next) === 200;
          });
          expect(shown.length).toBeGreaterThanOrEqual(3);
        }
      }),
      { seed, numRuns: 40 },
    );
  });
});

describe('procedures', () => {
  const histories = fc.array(scripted, { minLength: 1, maxLength: 30 });

  test('waiting for a pool: the answer is younger than the last wait, and the wait is bounded', () => {
    fc.assert(
      fc.property(histories, fc.constantFrom(0, 100, 10_000, 1_200_000), (answers, ready_wait) => {
        const core = scriptedCore([], { limits: { rebuilds: 50, ready_wait, timeout: 1_000 } });
        let n = 0;
        const procedure = function* () {
          yield* core.state('pool does not exist');
          yield* core.state('pool is ready');
          return yield* askUntilReady(core, () => core.plain());
        };
        const { value, error, commands } = playScript(procedure(), () => answers[n++ % answers.length] ?? 200);
        if (error !== undefined) expect(error).toBeInstanceOf(RunEnded);
        const busy = commands.flatMap((command) =>
          command.do === 'wait' && command.why === 'the pool is busy' ? [command.ms] : [],
        );
        expect(busy.reduce((sum, ms) => sum + ms, 0)).toBeLessThanOrEqual(ready_wait + busy.length);
        const last = commands.findLastIndex((command) => command.do === 'wait' && command.why === 'the pool is busy');
        const sentAfter = commands.slice(last + 1).some((command) => command.do === 'send');
        if (value !== undefined && last >= 0) expect(sentAfter).toBe(true);
      }),
      { seed, numRuns: 400 },
    );
  });

  test.each([
    ['refused', true],
    [409, false],
  ] as const)('a pool that is ready after %s is measured by that, unless the target was away', (meanwhile, isAway) => {
    fc.assert(
      fc.property(fc.integer({ min: 100, max: 5_000 }), fc.integer({ min: 10, max: 40 }), (short, factor) => {
        const limits = { rebuilds: 50, ready_wait: 1_200_000, timeout: 1_000 };
        const core = scriptedCore([], { limits });
        const { target } = core;
        // A first rebuild of which the end is seen soon; the second one takes far longer.
        let again = Number.POSITIVE_INFINITY;
        const answer = (_: Sending, now: number): Scripted => {
          if (now === 0) return 200;
          if (again === Number.POSITIVE_INFINITY) return now < short ? meanwhile : 200;
          return now < again + short * factor ? 409 : 200;
        };
        playScript(
          (function* () {
            yield* core.state('pool does not exist');
            yield* core.state('pool is ready');
            yield* askUntilReady(core, () => core.plain());
            yield* askUntilReady(core, () => core.plain());
            target.isKnown = true;
            again = target.lastAcceptance;
            yield* askUntilReady(core, () => core.plain(), limits.ready_wait);
          })(),
          answer,
        );
        const long = short * factor;
        if (isAway) expect(target.busyFor).toBeGreaterThan(0.8 * long);
        else expect(target.busyFor).toBeLessThan(Math.max(5 * short, short + 1_000));
      }),
      { seed, numRuns: 100 },
    );
  });

  test('settling: it ends after few tries, and blames nobody whom the target answers when asked once more', () => {
    fc.assert(
      fc.property(histories, fc.integer({ min: 1, max: 12 }), (answers, count) => {
        const core = scriptedCore();
        const sendings: Sending[] = [];
        let n = 0;
        const procedure = function* () {
          yield* core.state('pool does not exist');
          yield* core.state('pool is ready');
          for (let i = 0; i < count; i += 1) sendings.push(core.plain());
          return yield* settle(core, [sendings]);
        };
        const { value, error, exchanges } = playScript(procedure(), () => answers[n++ % answers.length] ?? 200);
        if (error !== undefined) expect(error).toBeInstanceOf(RunEnded);
        expect(exchanges.length).toBeLessThan(60 * count + 200);
        for (const { sending, observation, error: why } of value ?? []) {
          const last = exchanges.findLast((one) => one.sending.id === sending.id);
          // What is judged is the last that came of it.
          if (why === undefined) expect(observation?.started).toBe(last?.started);
          if (why !== undefined || observation?.silence === undefined) continue;
          expect(core.known.size).toBeGreaterThan(0);
          // What did not reach the target is no silence of its own.
          const silences = exchanges.flatMap(({ sending: { id }, result }) =>
            'silence' in result && result.silence !== 'refused' ? [{ id, kind: result.silence }] : [],
          );
          const isProved = sendings.some(({ id }) => {
            const kinds = silences.filter((one) => one.id === id).map(({ kind }) => kind);
            return kinds.length >= (kinds.at(-1) === 'reset' && !core.isSparing ? 3 : 2);
          });
          expect(isProved).toBe(true);
        }
      }),
      { seed, numRuns: 400 },
    );
  });
});
