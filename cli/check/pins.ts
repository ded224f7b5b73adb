import type { Play } from '../../generators/cases.ts';
import { full, onlyIn } from '../../generators/contexts.ts';
import { isAccepted, outcomeOf } from '../../runner/decide/observation.ts';
import { isGuessed } from '../../runner/decide/target.ts';
import { type PinnedField, pinsOf } from '../../specs/editions.ts';
import type { Findings } from './findings.ts';
import type { Probe } from './probe.ts';
import { said } from './said.ts';
import { whenReady } from './states.ts';

/** A field of a body of which a service may take certain values alone: a state can pin it. */
export type Pin = PinnedField;

/** Rebuilds that are left for the states. */
const reserve = 3;
/** Milliseconds that a pool may be busy for the fields to be tried: each may cost a rebuild. */
const patience = 5_000;

/** Finds the fields whose plausible values the pool that is ready refuses: they must be pinned. */
export async function tryPins(probe: Probe, findings: Findings): Promise<readonly Pin[]> {
  const { core } = probe;
  const fixture = core.fixture('pool is ready');
  if (fixture === undefined) return [];
  const open = pinsOf(core.options.edition).filter((name) => isGuessed(fixture, name, core.options.edition));
  const isDear = core.target.goesBusy && !core.options.hasHandler && core.target.busyFor > patience;
  if (open.length === 0) return [];
  if (isDear || core.room < reserve + open.length) {
    findings.line('not pinned', `${open.join(', ')}; name them in "pool is ready" if only certain values are taken`);
    return [];
  }
  const refused: Pin[] = [];
  for (const name of open) {
    const play: Play = { context: onlyIn(full(core.options.edition), [name]), deviation: undefined };
    const seen = await probe.play(whenReady(core, 'pool is ready', play));
    if (isAccepted(seen) || seen.status === undefined) continue;
    refused.push(name);
    const { body } = seen.sending.case.request;
    const sent = body === undefined ? '' : ` with ${new TextDecoder().decode(body)}`;
    findings.warn(
      'pins',
      `${name}: a plausible value${sent} is answered with ${outcomeOf(seen)}${said(seen)}; name one that is taken in "pool is ready"`,
    );
  }
  if (refused.length === 0) findings.line('pins', `none needed, plausible values of ${open.join(', ')} are taken`);
  return refused;
}
