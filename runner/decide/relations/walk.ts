import { canonicalPlay, type Play, playKey } from '../../../generators/cases.ts';
import { randomOf } from '../../../generators/random.ts';
import { traitsOf } from '../../../specs/deviations.ts';
import type { Requirement } from '../../../specs/requirement.ts';
import type { Core } from '../core.ts';
import { isAccepted, type Observation, outcomeOf } from '../observation.ts';
import { statusFlaw } from '../oracles/status.ts';
import type { Procedure, Sending } from '../procedure.ts';
import { acceptedControl, ask, makeReady } from '../readiness.ts';
import { settle } from '../settle.ts';
import { countAll, type RelationProcedure, refusedControl } from './relation.ts';

/** Steps of a walk. */
const steps = 8;
/** Walks of the fixed plan; generated ones follow, one for so many runs. */
const fixedWalks = 1;
const runsPerWalk = 10;
const mostWalks = 12;

/** A step: a valid request, or the most telling case of a row, judged as that row says. */
interface Step {
  readonly row: Requirement | undefined;
  readonly play: Play;
}

/**
 * Random walks of accepted, rejected and unauthorised requests on one connection: each step is answered as its own row
 * says, whatever came before it. A step that is answered so when it comes alone, too, is told by its own row.
 */
export const walk: RelationProcedure = function* (core, row) {
  const all = stepsOf(core);
  const count = Math.min(mostWalks, fixedWalks + Math.floor(core.options.runs / runsPerWalk));
  const seen: Observation[] = [];
  for (let n = 0; n < count; n += 1) {
    // One rebuild where those are dear, and some more to tell what is wrong.
    if (core.room < (core.isSparing ? 1 : 4) || (core.target.goesBusy && !core.target.hasHandler && n >= fixedWalks))
      break;
    const chosen = chooseSteps(core, all, n);
    const walked = yield* take(core, chosen);
    if (walked === undefined) return seen.length > 0 ? { done: true } : refusedControl;
    seen.push(...walked);
    const wrong = walked.find((observation, i) => isWrong(core, observation, chosen[i]));
    if (wrong === undefined) continue;
    const at = walked.indexOf(wrong);
    const step = chosen[at];
    if (step === undefined || !(yield* isRightAlone(core, step))) continue;
    yield* tell(core, row, chosen.slice(0, at + 1));
    break;
  }
  if (seen.length === 0) return { untested: 'the limit on rebuilds is reached' };
  countAll(core, row, seen);
  return { done: true };
};

function stepsOf(core: Core): readonly Step[] {
  const setting = core.setting('pool is ready');
  if (setting === undefined) return [];
  const rejected = core.requirements.flatMap((row): Step[] => {
    const { send } = row;
    if (row.given !== 'pool is ready' || row.level !== 'MUST' || send.kind !== 'deviation' || send.second) return [];
    if (traitsOf(send.of).accepted !== 'never' || traitsOf(send.of).phase === 'harsh') return [];
    const play = canonicalPlay(send, setting);
    return play === undefined ? [] : [{ row, play: { ...play, context: core.fitting(play.context) } }];
  });
  return rejected;
}

function chooseSteps(core: Core, all: readonly Step[], n: number): readonly Step[] {
  const random = randomOf(n < fixedWalks ? 0 : core.options.seed, 0x77a1 + n);
  const valid: Step = { row: undefined, play: { context: core.control, deviation: undefined } };
  return Array.from({ length: steps }, (_, i): Step => {
    // An acceptance at the start and one at the end: what is between must change neither.
    if (i === 0 || (i === steps - 1 && !core.isSparing)) return valid;
    return all[random.nextInt(0, all.length - 1)] ?? valid;
  });
}

/** Walks; a valid step waits for a busy pool. Undefined: the pool could not be had. */
function* take(core: Core, chosen: readonly Step[]): Procedure<readonly Observation[] | undefined> {
  if (!core.isSparing) {
    const first = yield* acceptedControl(core);
    if (first === undefined || !isAccepted(first)) return undefined;
  }
  const seen: Observation[] = [];
  const trains: Sending[][] = [[]];
  for (const { row, play } of chosen) {
    if (row === undefined && core.target.goesBusy && trains.at(-1)?.length) trains.push([]);
    trains.at(-1)?.push(core.sending(play, 'pool is ready', row === undefined ? [] : [row]));
  }
  for (const train of trains) {
    yield* makeReady(core);
    const settled = yield* settle(core, [train.map((s) => core.sending(s.play, s.given, s.rows))]);
    for (const { observation, error } of settled) {
      if (observation === undefined || error !== undefined) return undefined;
      seen.push(observation);
    }
  }
  return seen;
}

function isWrong({ target }: Core, observation: Observation, step: Step | undefined): boolean {
  if (step === undefined || target.saysBusy(observation) || 'unsent' in observation.result) return false;
  return step.row === undefined ? !isAccepted(observation) : statusFlaw(observation, step.row) !== undefined;
}

function* isRightAlone(core: Core, { row, play }: Step): Procedure<boolean> {
  if (core.room < (core.isSparing ? 1 : 2)) return false;
  yield* makeReady(core);
  const alone = yield* ask(core, core.sending(play, 'pool is ready', row === undefined ? [] : [row], true));
  return alone !== undefined && !isWrong(core, alone, { row, play });
}

/** Leaves out step after step, as long as the last one is still answered wrongly, and tells what is left. */
function* tell(core: Core, row: Requirement, chosen: readonly Step[]): Procedure<void> {
  let current = chosen;
  let walked = yield* wrongly(core, current);
  const isFlaky = walked === undefined;
  for (let at = current.length - 2; at >= 0 && !isFlaky; at -= 1) {
    const without = current.filter((_, i) => i !== at);
    const still = yield* wrongly(core, without);
    if (still !== undefined) [current, walked] = [without, still];
  }
  const last = walked?.at(-1);
  if (walked === undefined || last === undefined) return;
  const words = current.map(({ play }) => play.deviation?.what ?? 'a valid request').join('; ');
  const flaw = {
    expected: 'each step answered as by its own requirement',
    actual: `${outcomeOf(last)}, after the walk: ${words}`,
  };
  const before = walked.slice(0, -1).map(({ sending }) => sending);
  core.ledger.add({ row, check: 'walk', flaw, before }, last, 2, 2);
}

/** Walks; undefined: the last step is not answered wrongly, or the pool could not be had. */
function* wrongly(core: Core, chosen: readonly Step[]): Procedure<readonly Observation[] | undefined> {
  if (core.room < (core.isSparing ? 1 : 4)) return undefined;
  const walked = yield* take(core, chosen);
  const last = walked?.at(-1);
  return last !== undefined && isWrong(core, last, chosen.at(-1)) ? walked : undefined;
}

/** What is wrong with the last step of a walk on record; `right`: nothing. Undefined: it could not be walked. */
export function* walkAgain(core: Core, plays: readonly Play[]): Procedure<Observation | 'right' | undefined> {
  const all = stepsOf(core);
  const chosen = plays.flatMap((play): Step[] => {
    if (play.deviation === undefined) return [{ row: undefined, play }];
    const known = all.find((step) => playKey({ ...step.play, context: play.context }) === playKey(play));
    return known === undefined ? [] : [{ row: known.row, play }];
  });
  if (chosen.length < plays.length || core.room < (core.isSparing ? 1 : 2)) return undefined;
  const last = (yield* take(core, chosen))?.at(-1);
  if (last === undefined || core.target.saysBusy(last) || 'unsent' in last.result) return undefined;
  return isWrong(core, last, chosen.at(-1)) ? last : 'right';
}
