import {
  areTied,
  contextKey,
  forAuth,
  lawful,
  likeIn,
  onlyIn,
  plain,
  plainIn,
  unlikePlain,
  unusual,
} from '../../generators/contexts.ts';
import type { Context } from '../../generators/model.ts';
import { type Dimension, dimensionNames, rowOfLevel } from '../../specs/contexts.ts';
import type { Requirement, State } from '../../specs/requirement.ts';
import { type RequirementId, requirement } from '../../specs/requirements.ts';
import type { Core } from './core.ts';
import { isAccepted, type Observation, outcomeOf } from './observation.ts';
import { statusFlaw } from './oracles/status.ts';
import type { Procedure } from './procedure.ts';
import { acceptedControl, askUntilReady, makeReady } from './readiness.ts';
import { isGuessed } from './target.ts';

/** Requests that the search for what is refused may take. */
const mostTries = 14;

/** The fewest unusual dimensions that a context needs to be refused. */
interface Culprit {
  readonly context: Context;
  readonly example: Observation;
  readonly failed: number;
  readonly sent: number;
}

/**
 * A valid request in an unusual context was refused. Finds what of the context is refused, by leaving out (delta
 * debugging), and blames the row that says it must be accepted. From then on contexts do without it.
 */
export function* blameContext(core: Core, refused: Observation, given: State = 'pool is ready'): Procedure<void> {
  const control = yield* acceptedControl(core);
  // A target that takes nothing any more says nothing about the context.
  if (control === undefined || !isAccepted(control)) return;
  const { context: smallest, example, failed, sent } = yield* reduce(core, refused, given);
  const dimensions = different(smallest, core.control);
  if (dimensions.length === 0) {
    // Refused once and never again: the same request has two statuses.
    const row = requirement('state/same-request-same-status');
    const flaw = { expected: '200 each time', actual: `${outcomeOf(refused)} at first` };
    core.ledger.add({ row, check: 'same status', flaw }, refused, 1, 2);
    return;
  }
  const guess = guessIn(core, smallest, dimensions, given);
  const isPinless =
    guess !== undefined &&
    example.status !== undefined &&
    example.status < 500 &&
    !(yield* isTakenElsewhere(core, smallest, guess, given));
  if (isPinless || dimensions.length === 1)
    for (const dimension of dimensions) core.target.withhold(smallest, dimension);
  if (isPinless) {
    core.needsPin(guess);
    return;
  }
  for (const row of rowsOf(smallest, dimensions)) {
    // A level that a target may refuse is no failure of its row.
    if (row.level === 'MAY') core.ledger.count(row, example);
    const flaw = statusFlaw(example, row);
    if (flaw !== undefined) core.ledger.add({ row, check: 'status', flaw }, example, failed, sent);
  }
}

/** The field whose value was guessed, where nothing is unusual but that, and levels that the schema ties to it. */
function guessIn(
  core: Core,
  { levels }: Context,
  dimensions: readonly Dimension[],
  given: State,
): Dimension | undefined {
  const { edition } = core.options;
  const fixture = core.fixture(given);
  const guess = dimensions.find(
    (dimension) =>
      fixture !== undefined &&
      isGuessed(fixture, dimension, edition) &&
      ['given', 'one', 'several'].includes(levels[dimension]),
  );
  const isAlone = dimensions.every((one) => one === guess || (guess !== undefined && areTied(edition, one, guess)));
  return isAlone ? guess : undefined;
}

/**
 * Whether the target takes a guessed value where all else is another way: then it is not the value that it refuses. What
 * the schema ties to it stays as it was, for it may be what makes the value count; other guesses and what is tied to
 * them are left out, for values that name things of the target may have to fit each other.
 */
function* isTakenElsewhere(core: Core, refused: Context, guess: Dimension, given: State): Procedure<boolean> {
  const { edition, auth } = core.options;
  const fixture = core.fixture(given);
  if (fixture === undefined || core.room < 1) return false;
  const unlike = forAuth(unlikePlain(edition), auth);
  const belongsTo = (some: readonly Dimension[]) => (dimension: Dimension) =>
    some.some((one) => one === dimension || areTied(edition, one, dimension));
  const kept = dimensionNames.filter(belongsTo([guess]));
  const others = dimensionNames.filter((one) => !kept.includes(one) && isGuessed(fixture, one, edition));
  const alike = kept.reduce((context, dimension) => likeIn(context, dimension, refused), unlike);
  const gone = dimensionNames.filter((one) => !kept.includes(one) && belongsTo(others)(one));
  const context = lawful(plainIn(alike, gone), edition, kept);
  yield* makeReady(core);
  const seen = yield* askUntilReady(core, () =>
    core.sending({ context: core.fitting(context), deviation: undefined }, given, []),
  );
  return seen !== undefined && isAccepted(seen);
}

/** Where two contexts differ. */
function different(context: Context, other: Context): readonly Dimension[] {
  return dimensionNames.filter((dimension) => context.levels[dimension] !== other.levels[dimension]);
}

/** The row to blame for a combination: of the levels' rows the one that binds least, for without it all is well. */
function rowsOf(context: Context, dimensions: readonly Dimension[]): readonly Requirement[] {
  const ids = dimensions.flatMap((dimension): RequirementId[] => {
    const id = rowOfLevel(dimension, context.levels[dimension]);
    return id === undefined ? [] : [id];
  });
  const rows = [...new Set(ids)].map((id) => requirement(id));
  const fields: RequirementId = 'body/optional-fields-combine';
  const weakest = ['MAY', 'SHOULD', 'MUST'].find((level) => rows.some((row) => row.level === level));
  const candidates = rows.filter(({ level }) => level === weakest);
  // Something absent is needed: the fields do not combine.
  if (candidates.length === 0) return [requirement(fields)];
  return candidates.slice(-1);
}

function* reduce(core: Core, refused: Observation, given: State): Procedure<Culprit> {
  const whole = refused.sending.play.context;
  let current = whole;
  let example = refused;
  let tries = 0;
  let failed = 1;
  let sent = 1;
  const isRefused = function* (context: Context): Procedure<Observation | undefined> {
    tries += 1;
    if (core.room < 1) return undefined;
    yield* makeReady(core);
    const rows = refused.sending.rows;
    const observation = yield* askUntilReady(core, () => core.sending({ context, deviation: undefined }, given, rows));
    const isBad = observation !== undefined && !isAccepted(observation) && observation.status !== 409;
    return isBad ? observation : undefined;
  };
  const take = (observation: Observation): void => {
    // What the schema forbids beside each other was made plainer where it was sent.
    current = observation.sending.play.context;
    example = observation;
    failed = 1;
    sent = 1;
  };
  // One level alone explains most refusals: those that were never accepted come first.
  const all = unusual(whole).filter((dimension) => whole.levels[dimension] !== core.control.levels[dimension]);
  const suspicious = all.filter((dimension) => !core.target.hasAcceptedLevel(whole, dimension));
  for (const dimension of suspicious) {
    if (tries >= mostTries / 2) break;
    const alone = core.fitting(onlyIn(whole, [dimension]));
    const observation = yield* isRefused(alone);
    if (observation === undefined) continue;
    take(observation);
    break;
  }
  // Otherwise levels are left out one after the other, as long as it is still refused.
  if (different(current, core.control).length > 1) {
    for (const dimension of all) {
      const left = different(current, core.control).filter((one) => one !== dimension);
      if (tries >= 2 * mostTries || left.length === 0) break;
      if (!different(current, core.control).includes(dimension)) continue;
      const without = core.fitting(onlyIn(current, left));
      if (contextKey(without) === contextKey(current) || contextKey(without) === contextKey(plain)) continue;
      const observation = yield* isRefused(without);
      if (observation !== undefined) take(observation);
    }
  }
  const again = yield* isRefused(current);
  sent += 1;
  if (again !== undefined) failed += 1;
  else if (contextKey(current) === contextKey(whole)) return { context: core.control, example, failed, sent };
  return { context: current, example: again ?? example, failed, sent };
}
