import { randomInt } from 'node:crypto';
import { createCredentials } from '../../runner/credentials/credentials.ts';
import { createRedaction } from '../../runner/credentials/redaction.ts';
import { RunEnded } from '../../runner/decide/procedure.ts';
import { createLane, transportOptions } from '../../runner/wire/connection.ts';
import type { Configuration } from '../../specs/configuration.ts';
import type { State } from '../../specs/requirement.ts';
import { judgeClock } from './clock.ts';
import { judgeCredential, sendCredential } from './credentials.ts';
import { Findings } from './findings.ts';
import { sendHarmless } from './harmless.ts';
import { Probe } from './probe.ts';
import { sayProspect } from './prospect.ts';
import { judgeReach } from './reach.ts';
import { signs } from './signs.ts';
import { type Tried, tryState } from './states.ts';

/** Looks at everything that a run needs, in the order in which it must be mended. Resolves to the first thing to mend. */
export async function preflight(
  configuration: Configuration,
  say: (line: string) => void,
): Promise<string | undefined> {
  const seed = randomInt(0x7fff_ffff);
  const { auth, target, states, allow_rebuild } = configuration;
  const credentials = createCredentials(auth, (origin) => createLane(origin, transportOptions(configuration)), {
    seed,
  });
  const tokens = Object.values(states).flatMap(({ token }) => token ?? []);
  const findings = new Findings(
    say,
    createRedaction(() => [...credentials.secrets(), ...tokens]),
  );
  const harmless = new Probe({ ...configuration, allow_rebuild: false }, credentials, seed);
  const probe = new Probe(configuration, credentials, seed);
  try {
    findings.line('target', target.url);
    findings.line(
      'consent',
      allow_rebuild ? 'yes, the configured pools are rebuilt' : 'no, only a random pool is addressed',
    );
    if (await checkAccess(harmless, findings)) await checkStates(probe, findings);
  } catch (error) {
    if (!(error instanceof RunEnded)) throw error;
    findings.mend('reachable', error.message);
  } finally {
    await Promise.all([harmless.close(), probe.close()]);
  }
  return findings.first;
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
async function checkStates(probe: Probe, findings: Findings): Promise<void> {
  const tried = new Map<State, Tried>();
  for (const state of Object.keys(signs) as State[]) tried.set(state, await tryState(probe, state, findings));
  await sayProspect(probe, tried, findings);
}
