import { randomInt } from 'node:crypto';
import { createCredentials } from '../../runner/credentials/credentials.ts';
import { RunEnded } from '../../runner/decide/procedure.ts';
import { createLane, transportOptions } from '../../runner/wire/connection.ts';
import type { Configuration } from '../../specs/configuration.ts';
import type { State } from '../../specs/requirement.ts';
import { judgeClock } from './clock.ts';
import { judgeCredential, sendCredential } from './credentials.ts';
import { Findings } from './findings.ts';
import { sendHarmless } from './harmless.ts';
import { type Pin, tryPins } from './pins.ts';
import { Probe } from './probe.ts';
import { sayProspect } from './prospect.ts';
import { judgeReach } from './reach.ts';
import { signs } from './signs.ts';
import { type Tried, tryState } from './states.ts';

/** What was learnt of a target. */
export interface Learnt {
  /** The first thing to mend, as one sentence. */
  readonly mend: string | undefined;
  /** Whether the credential was not refused, and so states could be tried. */
  readonly hasAccess: boolean;
  readonly states: ReadonlyMap<State, Tried>;
  /** Milliseconds that the pool is busy after a rebuild; 0: it is not, or that was not tried. */
  readonly busyFor: number;
  /** Fields that must be pinned. */
  readonly pins: readonly Pin[];
}

/** Looks at everything that a run needs, in the order in which it must be mended. */
export async function preflight(configuration: Configuration, say: (line: string) => void): Promise<Learnt> {
  const seed = randomInt(0x7fff_ffff);
  const { auth, target, allow_rebuild } = configuration;
  const credentials = createCredentials(auth, (origin) => createLane(origin, transportOptions(configuration)), {
    seed,
  });
  const findings = new Findings(say);
  const harmless = new Probe({ ...configuration, allow_rebuild: false }, credentials, seed);
  const probe = new Probe(configuration, credentials, seed);
  const tried = new Map<State, Tried>();
  let hasAccess = false;
  let pins: readonly Pin[] = [];
  try {
    findings.line('target', target.url);
    findings.line('edition', configuration.edition);
    findings.line(
      'consent',
      allow_rebuild ? 'yes, the configured pools are rebuilt' : 'no, only a random pool is addressed',
    );
    hasAccess = await checkAccess(harmless, findings);
    if (hasAccess) pins = await checkStates(probe, tried, findings);
  } catch (error) {
    if (!(error instanceof RunEnded)) throw error;
    findings.mend('reachable', error.message);
  } finally {
    await Promise.all([harmless.close(), probe.close()]);
  }
  return { mend: findings.first, hasAccess, states: tried, busyFor: probe.core.target.busyFor, pins };
}

/** Connection, clock and credential: without them no state can be tried. */
async function checkAccess(harmless: Probe, findings: Findings): Promise<boolean> {
  const { auth, target } = harmless.configuration;
  const without = judgeReach(target, await harmless.play(sendHarmless(harmless.core, 'absent')), findings);
  if (without === undefined) return false;
  const seen = await sendCredential(harmless, findings);
  const { verdict, text } = judgeClock(harmless.skew, auth?.kind === 'aksk');
  if (verdict === 'mend') findings.mend('clock', text);
  else if (verdict === 'warning') findings.warn('clock', text);
  else findings.line('clock', text);
  if (seen === undefined) return false;
  const goOn = judgeCredential(auth, seen, without, findings);
  return goOn && verdict !== 'mend';
}

/** In the order of the signs: what needs a pool that is not being rebuilt comes first and last. */
async function checkStates(probe: Probe, tried: Map<State, Tried>, findings: Findings): Promise<readonly Pin[]> {
  let pins: readonly Pin[] = [];
  const needed = (Object.keys(signs) as State[]).filter((state) =>
    probe.core.requirements.some(({ given }) => given === state),
  );
  for (const state of needed) {
    tried.set(state, await tryState(probe, state, findings));
    if (state === 'pool is ready' && tried.get(state) === 'shown') pins = await tryPins(probe, findings);
  }
  await sayProspect(probe, tried, findings);
  return pins;
}
