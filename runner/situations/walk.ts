import * as fc from 'fast-check';
import { minimalCase } from '../../generators/cases.ts';
import type { Field, Requirement } from '../../specs/requirement.ts';
import type { Draft } from '../drafts.ts';
import { type Judged, outcomeOf, statusOf } from '../exchange.ts';
import { invalid, malformed, otherMethod, valid, withCredential, wrongType } from './requests.ts';
import type { Played, Situation, SituationContext } from './situation.ts';

/** What a walk knows of the pool. */
interface WalkModel {
  readonly steps: string[];
}

type WalkCommand = fc.AsyncCommand<WalkModel, SituationContext> & { readonly name: string };

/** A step of a walk that settles itself; it fails when the answer is none of those that its own requirement allows. */
function step(name: string, draft: Draft, statuses: readonly number[], tell: (judged: Judged) => void): WalkCommand {
  return {
    name,
    check: () => true,
    async run(model, { judge, row }) {
      model.steps.push(name);
      const isValid = statuses.includes(200);
      const play: Requirement = {
        ...(isValid ? valid(row) : row),
        expect: { statuses: statuses.filter((status) => status !== 409) },
      };
      const settled = await judge.settle(draft, [play]);
      if (!('judged' in settled)) return;
      const status = statusOf(settled.judged);
      if (status === undefined || !statuses.includes(status)) {
        tell(settled.judged);
        throw new Error(`${name}: ${outcomeOf(settled.judged)}`);
      }
    },
    toString: () => name,
  };
}

/** Two valid requests at once: what the pool does after an acceptance was learnt, so both may win or only one. */
function pair(tell: (judged: Judged) => void): WalkCommand {
  return {
    name: 'two together',
    check: () => true,
    async run(model, { judge, row }) {
      model.steps.push('two together');
      await judge.settleDown();
      const provided = judge.provided('pool is ready');
      if (provided === undefined || !('fixture' in provided) || !judge.session.roomFor(2, 'expected')) return;
      const { fixture, token } = provided;
      const send = () => judge.session.send(minimalCase(fixture), { token, mayRebuild: 'expected' });
      for (const exchange of await Promise.all([send(), send()])) {
        if (judge.session.isDisturbed(exchange)) continue;
        const judged: Judged = { ...exchange, plays: [{ ...valid(row), expect: { statuses: [200, 409] } }] };
        judge.record(judged);
        if (![200, 409].includes(statusOf(judged) ?? 0)) {
          tell(judged);
          throw new Error(`two together: ${outcomeOf(judged)}`);
        }
      }
    },
    toString: () => 'two together',
  };
}

/** Milliseconds of a step that only waits. */
const shortWait = 20;

function wait(): WalkCommand {
  return {
    name: 'wait',
    check: () => true,
    async run(model, { judge }) {
      model.steps.push('wait');
      await judge.session.pause(shortWait);
    },
    toString: () => 'wait',
  };
}

/** Random walks, at most. */
const walks = 10;

/** Fields whose wrong types are steps of walks. */
const spoilt: readonly Field[] = ['delay_time', 'message', 'is_fix', 'image_id'];

export const walk: Situation = async (context) => {
  let last: Judged | undefined;
  let cases = 0;
  const tell = (judged: Judged) => {
    last = judged;
  };
  const fixed: readonly WalkCommand[] = [
    step('accepted', minimalCase, [200], tell),
    step('rejected', invalid, [400], tell),
    step('unauthorised', withCredential('absent', 'no credential'), [401], tell),
    step('other method', otherMethod('PUT'), [400, 401, 403, 404, 405, 501], tell),
    pair(tell),
    wait(),
    step('accepted', minimalCase, [200], tell),
  ];
  const steps = [
    ...fixed.slice(0, -1),
    ...spoilt.map((field) => step(`${field} of a wrong type`, wrongType(field), [400], tell)),
    step('malformed JSON', malformed, [400], tell),
  ];
  let walked: readonly string[] = [];
  /** Whether the walk fails. */
  const fails = async (commands: Iterable<fc.AsyncCommand<WalkModel, SituationContext>>): Promise<boolean> => {
    const model: WalkModel = { steps: [] };
    last = undefined;
    try {
      await fc.asyncModelRun(() => ({ model, real: context }), commands);
      return false;
    } catch (error) {
      if (last === undefined) throw error;
      return true;
    } finally {
      cases += model.steps.length;
      walked = model.steps;
    }
  };
  const report = (): Played => {
    if (last === undefined) return { error: 'a walk failed, and did not when it was walked again' };
    const actual = `after the walk ${walked.join(', ')}: ${outcomeOf(last)}`;
    context.book.add('walk', { expected: 'each step answered as by its own requirement', actual }, last);
    return { cases, accepted: 0 };
  };
  if (await fails(fixed)) {
    await fails(await shortened(fixed.slice(0, walked.length), fails));
    return report();
  }
  // Each walk takes several rebuilds.
  const most = { free: walks, slow: 2, capped: 0 }[context.judge.cost];
  const numRuns = Math.min(most, Math.ceil(context.runs / 10));
  if (numRuns === 0) return { cases, accepted: 0 };
  const property = fc.asyncProperty(
    fc.commands<WalkModel, SituationContext, false>(
      steps.map((one) => fc.constant(one)),
      { maxCommands: 8 },
    ),
    async (commands) => {
      if (await fails(commands)) throw new Error(walked.join(', '));
    },
  );
  const details = await fc.check(property, { seed: context.seed | 0, numRuns, endOnFailure: false });
  // The last walk that fast-check played while shrinking need not be the shortest one that fails: play that again.
  const shortest = details.counterexample?.[0];
  if (!details.failed || shortest === null || shortest === undefined) return { cases, accepted: 0 };
  await fails(shortest);
  return report();
};

/** Leaves out step after step, as long as the walk still fails. */
async function shortened(
  steps: readonly WalkCommand[],
  fails: (steps: readonly WalkCommand[]) => Promise<boolean>,
): Promise<readonly WalkCommand[]> {
  let current = steps;
  for (let at = steps.length - 2; at >= 0; at -= 1) {
    const without = current.filter((_, i) => i !== at);
    if (await fails(without)) current = without;
  }
  return current;
}
