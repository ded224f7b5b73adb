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
  const culprit = yield* reduce(core, refused, given);
  if (culprit === undefined) {
    // It could not be asked again. Nobody is blamed for that, and no row passes that forbids the refusal.
    for (const row of refused.sending.rows) if (row.level !== 'MAY') core.ledger.tally(row).open += 1;
    return;
  }
  const { context: smallest, example, failed, sent } = culprit;
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

/** Undefined: the refusal was seen once, and whether it comes again could not be seen. */
function* reduce(core: Core, refused: Observation, given: State): Procedure<Culprit | undefined> {
  const whole = refused.sending.play.context;
  let current = whole;
  let example = refused;
  let tries = 0;
  let failed = 1;
  let sent = 1;
  /** The refusal, if it is refused; undefined: that could not be seen. */
  const attempt = function* (context: Context): Procedure<Observation | 'accepted' | undefined> {
    tries += 1;
    if (core.room < 1) return undefined;
    yield* makeReady(core);
    const rows = refused.sending.rows;
    const observation = yield* askUntilReady(core, () => core.sending({ context, deviation: undefined }, given, rows));
    if (observation === undefined || core.target.saysBusy(observation)) return undefined;
    return isAccepted(observation) ? 'accepted' : observation;
  };
  const isTaken = function* (context: Context): Procedure<boolean> {
    const seen = yield* attempt(context);
    if (seen === undefined || seen === 'accepted') return false;
    // What the schema forbids beside each other was made plainer where it was sent.
    const taken = seen.sending.play.context;
    const isSame = contextKey(taken) === contextKey(current);
    [failed, sent] = isSame ? [failed + 1, sent + 1] : [1, 1];
    [current, example] = [taken, seen];
    return true;
  };
  // One level alone explains most refusals: those that were never accepted come first.
  const all = unusual(whole).filter((dimension) => whole.levels[dimension] !== core.control.levels[dimension]);
  const suspicious = all.filter((dimension) => !core.target.hasAcceptedLevel(whole, dimension));
  for (const dimension of suspicious) {
    if (tries >= mostTries / 2) break;
    const alone = core.fitting(onlyIn(whole, [dimension]));
    if (yield* isTaken(alone)) break;
  }
  // Otherwise levels are left out one after the other, as long as it is still refused.
  if (different(current, core.control).length > 1) {
    for (const dimension of all) {
      const left = different(current, core.control).filter((one) => one !== dimension);
      if (tries >= 2 * mostTries || left.length === 0) break;
      if (!different(current, core.control).includes(dimension)) continue;
      const without = core.fitting(onlyIn(current, left));
      if (contextKey(without) === contextKey(current) || contextKey(without) === contextKey(plain)) continue;
      yield* isTaken(without);
    }
  }
  const again = yield* attempt(current);
  const isWhole = contextKey(current) === contextKey(whole);
  if (again === undefined) return isWhole && sent === 1 ? undefined : { context: current, example, failed, sent };
  sent += 1;
  if (again !== 'accepted') return { context: current, example: again, failed: failed + 1, sent };
  return { context: isWhole ? core.control : current, example, failed, sent };
}
