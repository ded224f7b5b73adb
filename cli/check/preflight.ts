import { createRedaction } from '../../runner/redaction.ts';
import type { Configuration } from '../../specs/configuration.ts';
import type { State } from '../../specs/requirement.ts';
import { requirements } from '../../specs/requirements.ts';
import { judgeClock } from './clock.ts';
import { judgeCredential, sendCredential } from './credentials.ts';
import { Findings } from './findings.ts';
import { Probe } from './probe.ts';
import { sayProspect } from './prospect.ts';
import { checkReach } from './reach.ts';
import { signs } from './signs.ts';
import { type Tried, tryState } from './states.ts';

/** Looks at everything that a run needs, in the order in which it must be mended. Resolves to the first thing to mend. */
export async function preflight(
  configuration: Configuration,
  say: (line: string) => void,
): Promise<string | undefined> {
  const probe = new Probe(configuration);
  const findings = new Findings(
    say,
    createRedaction(() => probe.secrets()),
  );
  try {
    findings.line('target', configuration.target.url);
    const yes = 'yes, the configured pools are rebuilt';
    findings.line('consent', configuration.allow_rebuild ? yes : 'no, only a random pool is addressed');
    if (await checkAccess(probe, findings)) await checkStates(probe, findings);
    return findings.first;
  } finally {
    await probe.session.close();
  }
}

/** Connection, clock and credential: without them no state can be tried. */
async function checkAccess(probe: Probe, findings: Findings): Promise<boolean> {
  const without = await checkReach(probe, findings);
  if (without === undefined) return false;
  const exchange = await sendCredential(probe, findings);
  const { verdict, text } = judgeClock(probe.skew, probe.configuration.auth?.kind === 'aksk');
  if (verdict === 'mend') findings.mend('clock', text);
  else if (verdict === 'warning') findings.warn('clock', text);
  else findings.line('clock', text);
  if (exchange === undefined) return false;
  const goOn = judgeCredential(probe, exchange, without, findings);
  return goOn && verdict !== 'mend';
}

/** In the order of the signs: what needs a pool that is not being rebuilt comes first and last. */
async function checkStates(probe: Probe, findings: Findings): Promise<void> {
  const tried = new Map<State, Tried>();
  for (const state of Object.keys(signs) as State[]) {
    const count = requirements.filter(({ given }) => given === state).length;
    tried.set(state, await tryState(probe, state, count, findings));
  }
  await sayProspect(probe, tried, findings);
}
