import type { Requirement, State } from '../../specs/requirement.ts';
import { requirements } from '../../specs/requirements.ts';
import type { Findings } from './findings.ts';
import type { Probe } from './probe.ts';
import { type Tried, requirements as words } from './states.ts';

/** Says how much of the catalogue can be tested, and which line of the configuration would change the rest. */
export async function sayProspect(probe: Probe, tried: ReadonlyMap<State, Tried>, findings: Findings): Promise<void> {
  const total = requirements.length;
  if (!probe.configuration.allow_rebuild) {
    const few = requirements.filter(({ send }) => send.kind === 'unknown pool').length;
    findings.line('can be tested', `${few} of ${words(total)}`);
    findings.line('would change it', 'allow_rebuild: true, or --allow-rebuild; the pool named is rebuilt then');
    return;
  }
  const ready = tried.get('pool is ready') === 'shown';
  const reached = ready ? requirements.filter(({ given }) => tried.get(given) === 'shown') : [];
  const without = await notApplicable(probe, reached);
  findings.line('can be tested', `${reached.length - without.length} of ${words(total)}`);
  if (without.length > 0) {
    const ids = without.map(({ id }) => id).join(', ');
    findings.line('untested', `${ids}: this credential has no such form; auth: {token: …} would change it`);
  }
  const pins = (['image_type', 'os_type', 'order_id'] as const).filter(
    (name) => probe.configuration.states['pool is ready']?.[name] === undefined,
  );
  if (ready && !probe.fixtures.hasHandler && pins.length > 0)
    findings.line('not pinned', `${pins.join(', ')}; name them in "pool is ready" if only certain values are taken`);
}

/** The rows about a form of credential that the configured kind does not have. */
async function notApplicable(probe: Probe, rows: readonly Requirement[]): Promise<readonly Requirement[]> {
  const request = { method: 'POST', origin: probe.session.origin, path: '/', headers: {}, body: undefined };
  const found: Requirement[] = [];
  for (const row of rows) {
    if (row.send.kind !== 'credential' || row.send.credential === 'configured') continue;
    if ((await probe.credentials.headers(request, row.send.credential)) === undefined) found.push(row);
  }
  return found;
}
