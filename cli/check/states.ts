import { canonicalPlay, type Play } from '../../generators/cases.ts';
import { full, lawful, onlyIn, plain, unusual, withLevel } from '../../generators/contexts.ts';
import type { Setting } from '../../generators/deviations/source.ts';
import { CredentialError } from '../../runner/credentials/credentials.ts';
import type { Core } from '../../runner/decide/core.ts';
import { isAccepted, type Observation, outcomeOf } from '../../runner/decide/observation.ts';
import { type Procedure, RunEnded, wait } from '../../runner/decide/procedure.ts';
import { settle } from '../../runner/decide/settle.ts';
import { isGuessed } from '../../runner/decide/target.ts';
import type { State } from '../../specs/requirement.ts';
import { learnBusy } from './busy.ts';
import type { Findings } from './findings.ts';
import { missingInWords } from './missing.ts';
import type { Probe } from './probe.ts';
import { said } from './said.ts';
import { refusals, shows, signs } from './signs.ts';

/** Milliseconds between two looks at a busy pool. */
const look = 500;

/** Whether requirements of the state can be tested. */
export type Tried = 'shown' | 'not shown' | 'not provided' | 'not tried';

/** Tries one state, and says how it went. */
export async function tryState(probe: Probe, state: State, findings: Findings): Promise<Tried> {
  const { core } = probe;
  const provided = await probe.play(core.state(state));
  if ('error' in provided) {
    findings.mend(state, `${provided.error}; mend the state handler, or remove state_handler.`);
    return 'not shown';
  }
  if ('untested' in provided) {
    if (provided.untested.why === 'consent') {
      findings.line(state, 'not tried: consent');
      return 'not tried';
    }
    const text = missingInWords(provided.untested);
    const count = core.requirements.filter(({ given }) => given === state).length;
    if (state === 'pool is ready') findings.mend(state, `nothing can be tested: ${text}`);
    else findings.line(state, `untested (${counted(count)}), ${text}`);
    return 'not provided';
  }
  try {
    const tried = judge(probe, state, await probe.play(showing(core, state)), findings);
    if (state !== 'pool is ready' || tried !== 'shown') return tried;
    const others = await tryOtherPools(probe, findings);
    if (others === 'shown') await probe.play(learnBusy(core));
    return others;
  } catch (error) {
    if (!(error instanceof RunEnded || error instanceof CredentialError)) throw error;
    findings.mend(state, `the state could not be tried: ${error.message}.`);
    return 'not shown';
  }
}

/** A configuration may name several pools that are ready: each must be. */
async function tryOtherPools(probe: Probe, findings: Findings): Promise<Tried> {
  const { core } = probe;
  const { hasHandler, pools } = core.options;
  for (const pool of hasHandler ? [] : pools.slice(1)) {
    await probe.play(core.state('pool is ready', true));
    const seen = await probe.play(showing(core, 'pool is ready'));
    const tried = judge(probe, 'pool is ready', seen, findings, `pool is ready, ${pool}`);
    if (tried !== 'shown') return tried;
  }
  return 'shown';
}

/** `1 requirement`, `2 requirements`. */
export const counted = (count: number): string => `${count} requirement${count === 1 ? '' : 's'}`;

function judge(probe: Probe, state: State, seen: Observation, findings: Findings, topic: string = state): Tried {
  const sign = signs[state];
  const { status, result } = seen;
  if ('unsent' in result) {
    if (result.unsent === 'cap') findings.line(topic, 'not tried: limits.rebuilds leaves no room; raise it');
    else findings.mend(topic, 'the state could not be tried: the credential cannot be sent there.');
    return result.unsent === 'cap' ? 'not tried' : 'not shown';
  }
  const came = outcomeOf(seen);
  if (status !== undefined && shows(sign, status)) {
    findings.line(topic, `ok, ${came}`);
    return 'shown';
  }
  const wanted = sign.expects.map((one) => (one === '2xx' ? '200' : String(one))).join(' or ');
  // A random pool does not exist, whatever the target says: that is for the run to report.
  const { states, state_handler } = probe.configuration;
  const isNamed = states[state] !== undefined || state_handler !== undefined;
  if (state === 'pool does not exist' && !(isNamed && isAccepted(seen))) {
    findings.warn(topic, `answered with ${came} instead of ${wanted}; the run will report it`);
    return 'shown';
  }
  const advice = (state === 'pool is ready' && status !== undefined && refusals[status]) || sign.advice;
  findings.mend(
    topic,
    `"${topic}" is answered with ${came}${said(seen)} instead of ${wanted}: ${advice}${state === 'pool is ready' ? '' : ', or mend the target'}.`,
  );
  return 'not shown';
}

/** What shows a state, the plainest first; another one is sent only when a body is refused. */
function playsFor(core: Core, state: State, setting: Setting): readonly Play[] {
  const valid = (context: Play['context']): Play => ({ context, deviation: undefined });
  if (state === 'image is billed') return [valid(withLevel(plain, 'order_id', 'given'))];
  if (state === 'pool is ready') {
    const { fixture, edition } = setting;
    const whole = full(edition);
    const certain = unusual(whole).filter((dimension) => !isGuessed(fixture, dimension, edition));
    return [plain, lawful(onlyIn(whole, certain), edition, unusual(whole)), whole].map(valid);
  }
  const hasToken = signs[state].names.includes('token');
  const own = hasToken ? canonicalPlay({ kind: 'deviation', of: 'credential of the state' }, setting) : undefined;
  return [own ?? valid(core.control)];
}

/** Sends what shows a state. The context that is accepted at the pool that is ready is the control from then on. */
function* showing(core: Core, state: State): Procedure<Observation> {
  const setting = core.setting(state);
  const [first = { context: plain, deviation: undefined }, ...others] = setting ? playsFor(core, state, setting) : [];
  let seen = yield* whenReady(core, state, first);
  for (const play of others) {
    if (seen.status !== 400 && seen.status !== 422) break;
    seen = yield* whenReady(core, state, play);
  }
  if (state === 'pool is ready' && isAccepted(seen)) core.control = seen.sending.play.context;
  return seen;
}

/** Waits for a pool that an earlier rebuild keeps busy, where the state is not a busy one; a handler may give another. */
export function* whenReady(core: Core, state: State, play: Play): Procedure<Observation> {
  const { target, options } = core;
  const start = target.now;
  for (;;) {
    // Whatever the state is said to be, the target may act on it.
    const sending = { ...core.sending(play, state, []), mayAct: true };
    const [settled] = yield* settle(core, [[sending]]);
    const seen = settled?.observation;
    if (seen === undefined || settled?.error !== undefined)
      throw new RunEnded(settled?.error ?? 'nothing was answered');
    const isOver = target.now - start + look > options.limits.ready_wait;
    if (seen.status !== 409 || shows(signs[state], 409) || isOver) return seen;
    target.now = yield* wait(look, 'the pool is busy');
    if (!options.hasHandler) continue;
    const provided = yield* core.state(state, true);
    if (!('fixture' in provided))
      throw new RunEnded('error' in provided ? provided.error : 'the state handler does not provide it any more');
  }
}
