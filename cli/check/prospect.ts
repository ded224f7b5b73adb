import { roughly } from '../../reports/text.ts';
import { type Cost, costOf } from '../../runner/rehearsal/rehearsal.ts';
import type { Requirement, State } from '../../specs/requirement.ts';
import type { Findings } from './findings.ts';
import { formless } from './forms.ts';
import type { Probe } from './probe.ts';
import { counted, type Tried } from './states.ts';

/** Generated cases for each property, of the two runs that are told of. */
const usualRuns = 100;

/** Says how much of the catalogue can be tested, which line of the configuration would change the rest, and what a run takes. */
export async function sayProspect(probe: Probe, tried: ReadonlyMap<State, Tried>, findings: Findings): Promise<void> {
  const { core, configuration } = probe;
  const hasConsent = configuration.allow_rebuild;
  if (!hasConsent) await probe.play(core.state('pool does not exist'));
  const isReady = tried.get('pool is ready') === 'shown';
  const { requirements } = core;
  const reached = hasConsent
    ? requirements.filter(({ given }) => isReady && tried.get(given) === 'shown')
    : requirements.filter(isHarmless);
  const without = formless(core, configuration, reached);
  const untested = new Set(without.flatMap(({ rows }) => rows));
  const rows = reached.filter((row) => !untested.has(row));
  findings.line('can be tested', `${rows.length} of ${counted(requirements.length)}`);
  if (!hasConsent)
    findings.line('would change it', 'allow_rebuild: true, or --allow-rebuild; the pool named is rebuilt then');
  for (const { rows: some, change } of without)
    findings.line('untested', `${some.map(({ id }) => id).join(', ')}: this credential has no such form; ${change}`);
  if (rows.length > 0) sayCost(probe, rows, findings);
}

/** What is tested without consent: requests to a random pool. */
function isHarmless({ given, send }: Requirement): boolean {
  return given === 'pool does not exist' && send.kind === 'deviation' && send.second === undefined;
}

function sayCost({ core, configuration }: Probe, rows: readonly Requirement[], findings: Findings): void {
  const { allow_rebuild, limits } = configuration;
  const { target, options } = core;
  const pace = { ...limits, answer: core.tallies.usualLatency };
  const [fixed, usual] = [costOf(core, rows, 0, pace), costOf(core, rows, allow_rebuild ? usualRuns : 0, pace)];
  const both = (words: (cost: Cost) => string | number): string =>
    `about ${words(fixed)} (fixed cases), ${words(usual)} (--runs ${usualRuns})`;
  const most = `at most ${limits.rebuilds}, as limits.rebuilds says`;
  findings.line(
    'requests',
    both(({ requests }) => requests),
  );
  findings.line('rebuilds', allow_rebuild ? `${most}; ${both(({ rebuilds }) => rebuilds)}` : 'none');
  const isWaitedFor = target.goesBusy && !options.hasHandler;
  const waits = isWaitedFor ? `, a pool being busy for about ${roughly(target.busyFor)} after a rebuild` : '';
  findings.line('duration', `${both(({ duration }) => roughly(duration))}${waits}`);
}
