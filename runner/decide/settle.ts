import { traitsOf } from '../../specs/deviations.ts';
import { type Core, silenceOn } from './core.ts';
import { hungUp, isThrottled, type Observation, observe } from './observation.ts';
import { type Procedure, RunEnded, type Sending, send, wait } from './procedure.ts';

/** How often a throttled request is tried. */
const throttledTries = 5;
/** Milliseconds of Retry-After honoured for one request, and in one run. */
const longestRetryAfter = 30_000;
const retryAfterBudget = 120_000;
/** Milliseconds that a run waits for a target that went away, all in all, and between two looks. */
const longestAway = 60_000;
const longestOnce = 20_000;
const looks = [250, 500, 1000, 2000] as const;
/** Silent cases of one batch that are asked about one by one; the others are like them. */
const mostAsked = 4;

/** An observation that may be judged, or why there is none. */
export interface Settled {
  readonly sending: Sending;
  readonly observation: Observation | undefined;
  readonly error: string | undefined;
  /** An earlier try got no answer, yet may have been acted on. */
  readonly uncertain: boolean;
}

/** What kind of request it is, for what is learnt of its kind. */
export function kindOf({ play: { deviation }, given }: Sending): string {
  return `${given} ${deviation?.kind ?? 'valid'} ${deviation?.field ?? ''}`;
}

/**
 * Sends trains of requests and tries again what may pass by itself: throttling, a gateway's failure, a connection that
 * was closed while idle. What stays strange is the target's only if the target answers others next to it.
 */
export function* settle(core: Core, trains: readonly (readonly Sending[])[]): Procedure<readonly Settled[]> {
  const sendings = trains.flat();
  const latest = new Map<number, Observation>();
  const uncertain = new Set<number>();
  const take = (observations: readonly Observation[]): void => {
    for (const observation of observations) {
      core.note(observation);
      latest.set(observation.sending.id, observation);
    }
  };
  const current = (): readonly Observation[] => sendings.flatMap(({ id }) => latest.get(id) ?? []);
  const again = function* (some: readonly Observation[], fresh: boolean): Procedure<void> {
    core.retries += some.length;
    for (const { sending, silence } of some)
      if (silence !== undefined && silence.silence !== 'refused') uncertain.add(sending.id);
    const alone = some.map(({ sending }) => [fresh ? { ...sending, fresh: true as const } : sending]);
    take((yield* send(alone)).flat().map(observe));
  };

  take((yield* send(trains)).flat().map(observe));
  yield* tryAgain(core, current, again);
  const strange = current().filter(
    (observation) => isDisturbed(observation) && !core.known.has(strangeness(observation)),
  );
  const errors = strange.length === 0 ? new Map<number, string>() : yield* judgeStrange(core, strange, take);
  return sendings.map((sending) => {
    const observation = latest.get(sending.id);
    if (observation !== undefined && !errors.has(sending.id)) core.look(observation);
    return { sending, observation, error: errors.get(sending.id), uncertain: uncertain.has(sending.id) };
  });
}

type Again = (some: readonly Observation[], fresh: boolean) => Procedure<void>;

/** The tries that need no question to anybody. */
function* tryAgain(core: Core, current: () => readonly Observation[], again: Again): Procedure<void> {
  // A reused connection may have been closed before the request came.
  const stale = current().filter(({ silence }) => silence?.reused === true);
  if (stale.length > 0) yield* again(stale, true);
  const silent = current().filter(
    (observation) =>
      observation.silence !== undefined && !hungUp(observation) && !core.known.has(strangeness(observation)),
  );
  if (silent.length > 0) yield* again(silent.slice(0, mostAsked), true);
  for (let attempt = 1; attempt < throttledTries; attempt += 1) {
    const throttled = current().filter(
      (observation) => isThrottled(observation) && isWorthATry(core, observation, attempt),
    );
    if (throttled.length === 0) return;
    yield* wait(pauseFor(core, throttled, attempt), 'the target asks for less traffic');
    yield* again(throttled, false);
  }
}

/** What is known to answer so by itself is tried once more only. */
function isWorthATry(core: Core, observation: Observation, attempt: number): boolean {
  return attempt === 1 || !core.known.has(strangeness(observation));
}

function pauseFor(core: Core, throttled: readonly Observation[], attempt: number): number {
  const asked = Math.max(...throttled.map((observation) => retryAfter(observation) ?? 0));
  const honoured = Math.max(0, Math.min(asked, longestRetryAfter, retryAfterBudget - core.honoured));
  core.honoured += honoured;
  // Whoever asks for less traffic often counts by the second; a gateway's failure passes sooner.
  const first = throttled.some(({ status }) => status === 429) ? 120 : 25;
  return Math.max(honoured, first * 2 ** (attempt - 1));
}

/** Milliseconds; a date is taken against the answer's own. */
function retryAfter({ answer }: Observation): number | undefined {
  const header = answer?.headers['retry-after'];
  if (header === undefined) return undefined;
  if (/^\d+$/.test(header.trim())) return Number(header) * 1000;
  const ms = Date.parse(header) - Date.parse(answer?.headers['date'] ?? '');
  return Number.isFinite(ms) ? ms : undefined;
}

/** Whether an observation may say more of the network than of the target. */
export function isDisturbed(observation: Observation): boolean {
  const { silence } = observation;
  if (silence !== undefined) return !hungUp(observation) && silence.silence !== 'broken';
  return isThrottled(observation);
}

/** What is strange, and about what kind of request: of two things that are wrong the second, for the first is known alone. */
function strangeness({ sending, silence, status }: Observation): string {
  if (silence === undefined) return `${kindOf(sending)}: ${status}`;
  const { deviation } = sending.play;
  return silenceOn(deviation?.second?.kind ?? deviation?.kind ?? 'valid');
}

/** Asks the target something else next to what is strange. Resolves to why some cannot be judged. */
function* judgeStrange(
  core: Core,
  strange: readonly Observation[],
  take: (observations: readonly Observation[]) => void,
): Procedure<Map<number, string>> {
  const errors = new Map<number, string>();
  const kinds = new Map(strange.map((observation) => [strangeness(observation), observation]));
  for (const [name, observation] of kinds) {
    if (yield* isAnswering(core)) {
      core.known.add(name);
      continue;
    }
    if (observation.silence === undefined) {
      // Everybody is throttled: that is no answer of the operation.
      for (const one of strange) errors.set(one.sending.id, `the target kept answering ${one.status}`);
      return errors;
    }
    if (!(yield* comesBack(core))) {
      throw new RunEnded(
        `The target gives no answer any more; the first request without one: ${whatOf(observation)}; ${observation.silence.reason}`,
      );
    }
    // It is back: whoever silences it again, alone, is to blame.
    const alone = observe((yield* send([[{ ...observation.sending, fresh: true }]])).flat()[0] ?? observation);
    core.retries += 1;
    take([alone]);
    if (alone.silence !== undefined) core.known.add(name);
    if (alone.silence !== undefined && !(yield* isAnswering(core)) && !(yield* comesBack(core)))
      throw new RunEnded(
        `The target went away at this request, twice: ${whatOf(observation)}; ${alone.silence.reason}`,
      );
  }
  const rest = strange.filter((one) => one.silence !== undefined && !core.known.has(strangeness(one)));
  if (rest.length > 0) {
    const once = (yield* send(rest.map(({ sending }) => [{ ...sending, fresh: true as const }]))).flat().map(observe);
    core.retries += rest.length;
    take(once);
  }
  return errors;
}

function whatOf({ sending }: Observation): string {
  const { deviation } = sending.play;
  return deviation?.what ?? 'a valid request';
}

/** Whether the target answers a request that it may not act on, or, if not, one that it must. */
function* isAnswering(core: Core): Procedure<boolean> {
  const nobody = yield* core.state('pool does not exist');
  if ('fixture' in nobody) {
    const hail = core.sending({ context: core.control, deviation: undefined }, 'pool does not exist', [], true);
    if (!isDisturbed(yield* once(core, hail))) return true;
  }
  if (!core.options.consent || core.fixture('pool is ready') === undefined || core.room < 1) return false;
  const control = yield* once(core, core.plain([], true));
  return !isDisturbed(control);
}

function* once(core: Core, sending: Sending): Procedure<Observation> {
  const [exchange] = (yield* send([[sending]])).flat();
  if (exchange === undefined) throw new Error('nothing came of a request');
  const observation = observe(exchange);
  core.note(observation);
  return observation;
}

/** Waits for a target that may be restarting. */
function* comesBack(core: Core): Procedure<boolean> {
  const start = core.target.now;
  for (let n = 0; core.target.now - start < longestOnce && core.away < longestAway; n += 1) {
    const ms = looks[Math.min(n, looks.length - 1)] ?? 1000;
    core.target.now = yield* wait(ms, 'the target is away');
    core.away += ms;
    if (yield* isAnswering(core)) return true;
  }
  return false;
}

/** Whether a correct target may accept the request. */
export function mayBeAccepted({ play: { deviation } }: Sending): boolean {
  return deviation === undefined || traitsOf(deviation.kind).accepted !== 'never';
}
