import { canonicalCaseIn } from '../../generators/canonical.ts';
import { lawfulPlay, type Play, playKey } from '../../generators/cases.ts';
import { keepsItsClaim } from '../../generators/claim.ts';
import { likeIn, plain } from '../../generators/contexts.ts';
import type { Setting } from '../../generators/deviations/source.ts';
import type { AuthKind, Context, Fixture } from '../../generators/model.ts';
import { render } from '../../generators/render.ts';
import { type Dimension, isField } from '../../specs/contexts.ts';
import { type DeviationKind, traitsOf } from '../../specs/deviations.ts';
import { type EditionName, edition } from '../../specs/editions.ts';
import type { Requirement, State } from '../../specs/requirement.ts';
import type { RequirementId } from '../../specs/requirements.ts';
import { type Failure, type Ledger, nameOf } from './ledger.ts';
import { canAct, isAccepted, isPossiblyAccepted, isThrottled, type Observation } from './observation.ts';
import { statusFlaw } from './oracles/status.ts';
import { Patience } from './patience.ts';
import { type Procedure, type Provided, provide, type Sending } from './procedure.ts';
import { Tallies } from './statistics.ts';
import { Target } from './target.ts';

/** What a run may spend, and on what. Times in milliseconds. */
export interface CoreOptions {
  /** The revision of the page that the target is held to. */
  readonly edition: EditionName;
  readonly auth: AuthKind;
  readonly seed: number;
  /** Generated cases for each property. */
  readonly runs: number;
  readonly concurrency: number;
  readonly hasHandler: boolean;
  /** The pools of the state `pool is ready`, where the configuration names them. */
  readonly pools: readonly string[];
  /** Whether requests may be sent that a target can act on. */
  readonly consent: boolean;
  readonly limits: { readonly rebuilds: number; readonly ready_wait: number; readonly timeout: number };
  /** Told as the run goes on, for people who watch. */
  readonly onStep?: (what: string, part?: Part) => void;
}

/** How far a part of a run is: so many of so many, of whatever it counts. */
export interface Part {
  readonly done: number;
  readonly total: number;
}

/** Rebuilds left, below which they are spared. */
export const fewRebuilds = 20;
/** Observations that are kept for evidence. */
const mostRemembered = 200;

/** Bytes of a body that is held against what its case says of it; of larger ones there are few, and a test holds each. */
const mostJudged = 512 * 1024;

/** What all procedures of a run share: what was learnt, what was judged, and the states as they are now. */
export class Core {
  readonly options: CoreOptions;
  readonly ledger: Ledger;
  readonly target: Target;
  /** The valid request that was accepted first: every other context is compared with it. */
  control: Context = plain;
  /** Accepted rebuilds so far, those that may have been counted in. */
  rebuilds = 0;
  /** Kinds of requests that the target is known to leave without an answer, or to answer like a gateway by itself. */
  readonly known = new Set<string>();
  /** Of those, the kinds after which the target was gone, twice: they are not sent again. */
  readonly deadly = new Set<string>();
  /** What may be spent on what brings no answer. */
  readonly patience: Patience;
  /** The target left a request to a pool that nobody has without an answer, though it answers valid ones. */
  hailIsIgnored = false;
  /** The id of the request that the cap on rebuilds held back last. */
  heldBack: number | undefined;
  /** Retries, for the report. */
  retries = 0;
  /** Milliseconds that were spent waiting for a target to come back. */
  away = 0;
  /** Rejections behind which a valid request was accepted at once. */
  cleared = 0;
  /** Milliseconds that were spent in searches for what started something. */
  searched = 0;
  /** How often was looked whether the pool goes busy now and then. */
  wondered = 0;
  /** Searches for what started something that found nothing. */
  fruitless = 0;
  /** Kinds of rejections that are known to start something. */
  readonly starting = new Set<string>();
  /** Fields of which the target refuses every plausible value: they need a pin. */
  readonly pinless = new Set<Dimension>();
  /** Failures that are being looked into: the requests that this takes raise no new doubt about them. */
  readonly probing = new Set<string>();
  /** What is wrong with answers that nobody has looked into yet. */
  readonly doubts: { readonly observation: Observation; readonly failures: readonly Failure[] }[] = [];
  readonly #provided = new Map<State, Provided>();
  #ids = 0;

  constructor(options: CoreOptions, ledger: Ledger) {
    this.options = options;
    this.ledger = ledger;
    this.target = new Target(options.hasHandler);
    this.patience = new Patience(options.limits.timeout);
  }

  /** The values of a state, asked for once, or again with `anew`. */
  *state(state: State, anew = false): Procedure<Provided> {
    const known = this.#provided.get(state);
    if (known !== undefined && !anew) return known;
    const { provided, now } = yield* provide(state);
    this.target.now = Math.max(this.target.now, now);
    this.#provided.set(state, provided);
    if (state === 'pool is ready' && 'fixture' in provided) this.target.turnTo(provided.fixture);
    return provided;
  }

  /** The values of a state that was asked for before; one that names no pool of its own has that which is ready. */
  fixture(state: State): Fixture | undefined {
    const known = this.#provided.get(state);
    if (known === undefined || !('fixture' in known)) return undefined;
    const ready = this.#provided.get('pool is ready');
    const isOwn = this.options.hasHandler || known.fixture.pool_id !== this.options.pools[0];
    if (isOwn || ready === undefined || !('fixture' in ready)) return known.fixture;
    return { ...known.fixture, pool_id: ready.fixture.pool_id };
  }

  provided(state: State): Provided | undefined {
    return this.#provided.get(state);
  }

  /** What deviations are made for in a state, to be sent to the pool of another one. */
  setting(state: State, at: State = state): Setting | undefined {
    const { auth, seed, edition: name } = this.options;
    if (this.fixture(state) === undefined || this.fixture(at) === undefined) return undefined;
    return { fixture: this.#fixtureAt(state, at), auth, seed, edition: name };
  }

  /** The rows that hold in the edition of the run. */
  get requirements(): readonly Requirement<RequirementId>[] {
    return edition(this.options.edition).requirements;
  }

  /** The context of a play as the target takes it. */
  fitting(context: Context): Context {
    let result = this.target.fitting(context);
    for (const dimension of edition(this.options.edition).dimensions.filter(isField)) {
      const isNeeded = this.control.levels[dimension] !== 'absent' && result.levels[dimension] === 'absent';
      if (isNeeded) result = likeIn(result, dimension, this.control);
    }
    return result;
  }

  /** One request, rendered for the values that the state has now, or with those of `at` in its path. */
  sending(wanted: Play, given: State, rows: readonly Requirement[], fresh = false, at: State = given): Sending {
    const name = this.options.edition;
    const play = lawfulPlay(wanted, name);
    const fixture = this.#fixtureAt(given, at);
    const rendered = render({ fixture, edition: name }, play.context, play.deviation);
    const { body } = rendered.request;
    const isJudged = body === undefined || body.length <= mostJudged;
    if (isJudged && !keepsItsClaim(rendered, name))
      throw new Error(`the suite made a case that is not what it says: ${play.deviation?.what ?? 'a valid request'}`);
    this.#ids += 1;
    const { deviation } = play;
    return {
      id: this.#ids,
      play,
      case: rendered,
      fixture,
      given,
      at,
      rows,
      mayAct:
        isActedOnIn(at) &&
        (deviation === undefined ? isActedOnIn(given) : traitsOf(deviation.kind).accepted !== 'never'),
      ...(fresh ? { fresh: true as const } : {}),
    };
  }

  #fixtureAt(given: State, at: State): Fixture {
    const [own, there] = [this.fixture(given), this.fixture(at)];
    if (own === undefined || there === undefined) throw new Error(`no values for "${given}"`);
    return at === given ? own : { ...own, project_id: there.project_id, pool_id: there.pool_id };
  }

  /** The control: a valid request to the pool that is ready. */
  plain(rows: readonly Requirement[] = [], fresh = false): Sending {
    return this.sending({ context: this.control, deviation: undefined }, 'pool is ready', rows, fresh);
  }

  readonly #latest = new Map<string, Observation>();

  /** Keeps the latest observation of a play, for evidence that takes several requests; a few hundred at most. */
  remember(observation: Observation): void {
    keep(this.#latest, observation);
  }

  readonly #accepted = new Map<string, Observation>();

  /** The latest accepted request in the same context without the deviation, if it is remembered. */
  acceptedBeside({ sending: { play } }: Observation): Observation | undefined {
    return [play.context, this.fitting(play.context)]
      .map((context) => this.#accepted.get(playKey({ context, deviation: undefined })))
      .find((known) => known !== undefined);
  }

  latestOf({ play }: Sending): Observation | undefined {
    return this.#latest.get(playKey(play));
  }

  /** What answers were like. */
  readonly tallies = new Tallies();

  /** Takes in whatever the target answered, whoever asked. */
  note(observation: Observation): void {
    this.tallies.add(observation);
    this.target.see(observation);
    const { sending, result } = observation;
    const { method } = sending.case.request;
    if ('unsent' in result && result.unsent === 'cap') this.heldBack = sending.id;
    if (canAct(method) && (isAccepted(observation) || isPossiblyAccepted(observation))) this.rebuilds += 1;
    if (isAccepted(observation) && sending.play.deviation === undefined) keep(this.#accepted, observation);
    // What may pass by itself is looked at once it has not.
    if (observation.silence === undefined && !isThrottled(observation)) this.look(observation);
  }

  /** Holds an answer, or that there is none, against the rows about every answer. */
  look(observation: Observation): void {
    if ('unsent' in observation.result) return;
    const failures = this.ledger.ofAspects(observation).filter((failure) => !this.probing.has(nameOf(failure)));
    if (failures.length > 0) this.doubts.push({ observation, failures });
  }

  /** What stands for rows that have a contract, as it was sent and answered. */
  readonly contracts = new Map<string, { readonly observation: Observation; readonly fixture: Fixture }>();
  /** Without consent: a request with a credential and one without are answered alike. */
  consentProvesNothing = false;

  /** Keeps the observation of the request that stands for a row with a contract; a 409 only where it is the case's `own`. */
  recordContract(row: Requirement, observation: Observation, own = false): void {
    if (!row.techniques.includes('contract') || observation.answer === undefined) return;
    if (this.target.isUnexpectedConflict(observation) && !own) return;
    const fixture = this.fixture(row.given);
    const setting = this.setting(row.given);
    const known = this.contracts.get(row.id)?.observation;
    // One that failed is replaced by what came when it was sent again.
    const isRight = known !== undefined && statusFlaw(known, row) === undefined;
    if (fixture === undefined || setting === undefined || isRight) return;
    const canonical = canonicalCaseIn(row, setting);
    if (canonical === undefined || playKey(canonical) !== playKey(observation.sending.play)) return;
    this.contracts.set(row.id, { observation, fixture });
  }

  /** Whether the target is known to leave requests with such a deviation without an answer. */
  isSilentOn(kind: DeviationKind): boolean {
    return this.known.has(silenceOn(kind));
  }

  needsPin(dimension: Dimension): void {
    this.pinless.add(dimension);
  }

  /** Whether each rebuild counts: few are left, or each has to be waited for. */
  get isSparing(): boolean {
    return this.target.isSlow || this.room < fewRebuilds;
  }

  /** Rebuilds that the cap still allows. */
  get room(): number {
    return this.options.limits.rebuilds - this.rebuilds;
  }
}

/** Keeps the latest observation of each play. */
function keep(observations: Map<string, Observation>, observation: Observation): void {
  const key = playKey(observation.sending.play);
  observations.delete(key);
  observations.set(key, observation);
  const [oldest] = observations.keys();
  if (observations.size > mostRemembered && oldest !== undefined) observations.delete(oldest);
}

/** How silence to a kind of request is remembered. */
export function silenceOn(kind: DeviationKind | 'valid'): string {
  return `silence on ${kind}`;
}

/** Whether a correct target starts a rebuild for a valid request in this state. */
export function isActedOnIn(given: State): boolean {
  return given === 'pool is ready' || given === 'image is billed';
}
