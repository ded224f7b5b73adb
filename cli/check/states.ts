import { minimalCase, typicalCase } from '../../generators/cases.ts';
import { CredentialError } from '../../runner/credentials.ts';
import { type Draft, firstOf } from '../../runner/drafts.ts';
import { type Exchange, isAccepted, outcomeOf, statusOf } from '../../runner/exchange.ts';
import { CapReached, NotApplicable, RunEnded } from '../../runner/session.ts';
import type { State } from '../../specs/requirement.ts';
import type { Findings } from './findings.ts';
import type { Probe } from './probe.ts';
import { refusals, shows, signs } from './signs.ts';

/** Milliseconds between two looks at a busy pool. */
const look = 500;

/** Whether requirements of the state can be tested. */
export type Tried = 'shown' | 'not shown' | 'not provided' | 'not tried';

/** Tries one state with a valid request, and says how it went. `count`: the requirements that depend on it. */
export async function tryState(probe: Probe, state: State, count: number, findings: Findings): Promise<Tried> {
  const sign = signs[state];
  const provided = await probe.fixtures.provide(state);
  if ('error' in provided) {
    findings.mend(state, `${provided.error}; mend the state handler, or remove state_handler.`);
    return 'not shown';
  }
  if ('untested' in provided) {
    if (provided.untested === 'consent') {
      findings.line(state, 'not tried: consent');
      return 'not tried';
    }
    // Values that a state does not name come from the ready pool: what is missing there is named there.
    const { line } = provided.untested.includes('lacks') ? signs['pool is ready'] : sign;
    const text = `${provided.untested}; under states, give   ${line}`;
    if (state === 'pool is ready') findings.mend(state, `nothing can be tested: ${text}`);
    else findings.line(state, `untested (${requirements(count)}), ${text}`);
    return 'not provided';
  }
  try {
    return judge(probe, state, await send(probe, state), findings);
  } catch (error) {
    if (error instanceof CapReached) {
      findings.line(state, 'not tried: limits.rebuilds leaves no room; raise it');
      return 'not tried';
    }
    if (!(error instanceof RunEnded || error instanceof CredentialError || error instanceof NotApplicable)) throw error;
    findings.mend(state, `the state could not be tried: ${error.message}.`);
    return 'not shown';
  }
}

export const requirements = (count: number): string => `${count} requirement${count === 1 ? '' : 's'}`;

function judge(probe: Probe, state: State, exchange: Exchange, findings: Findings): Tried {
  const sign = signs[state];
  const status = statusOf(exchange);
  const came = outcomeOf(exchange);
  if (status !== undefined && shows(sign, status)) {
    findings.line(state, `ok, ${came}`);
    return 'shown';
  }
  const wanted = sign.expects.map((one) => (one === '2xx' ? '200' : String(one))).join(' or ');
  // A random pool does not exist, whatever the target says: that is for the run to report.
  const named = probe.configuration.states[state] !== undefined || probe.fixtures.hasHandler;
  if (state === 'pool does not exist' && !(named && isAccepted(exchange))) {
    findings.warn(state, `answered with ${came} instead of ${wanted}; the run will report it`);
    return 'shown';
  }
  const advice = (state === 'pool is ready' && status !== undefined && refusals[status]) || sign.advice;
  findings.mend(
    state,
    `"${state}" is answered with ${came} instead of ${wanted}: ${advice}${state === 'pool is ready' ? '' : ', or mend the target'}.`,
  );
  return 'not shown';
}

async function send(probe: Probe, state: State): Promise<Exchange> {
  const [first, ...others] = makers(state);
  let exchange = await sendWhenReady(probe, state, first);
  for (const maker of others) {
    if (statusOf(exchange) !== 400 && statusOf(exchange) !== 422) break;
    exchange = await sendWhenReady(probe, state, maker);
  }
  return exchange;
}

/** The requests that show a state, the plainest first; another one is sent only when a body is refused. */
function makers(state: State): readonly [Draft, ...Draft[]] {
  if (state === 'image is billed') return [firstOf({ kind: 'billed image', order: true })];
  if (state !== 'pool is ready') return [minimalCase];
  return [minimalCase, typicalCase, firstOf({ kind: 'valid body', vary: 'full' })];
}

/** Waits for a pool that an earlier rebuild keeps busy, where the state is not a busy one. */
async function sendWhenReady(probe: Probe, state: State, maker: Draft): Promise<Exchange> {
  const deadline = Date.now() + probe.configuration.limits.ready_wait;
  for (;;) {
    const provided = await probe.fixtures.provide(state);
    if (!('fixture' in provided))
      throw new RunEnded('error' in provided ? provided.error : 'the state handler does not provide it any more');
    const exchange = await probe.send(maker(provided.fixture), { token: provided.token, mayRebuild: 'expected' });
    if (statusOf(exchange) !== 409 || shows(signs[state], 409) || Date.now() + look > deadline) return exchange;
    await probe.session.pause(look);
  }
}
