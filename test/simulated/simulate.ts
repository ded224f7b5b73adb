import { readConfiguration } from '../../runner/configuration/configuration.ts';
import { type ContractJudge, noJudge } from '../../runner/contracts.ts';
import type { Core } from '../../runner/decide/core.ts';
import { statusFlaw } from '../../runner/decide/oracles/status.ts';
import type { ContractResult } from '../../runner/decide/results.ts';
import { type RunEvents, type RunOptions, runWith } from '../../runner/run.ts';
import type { Configuration } from '../../specs/configuration.ts';
import type { Report, Result } from '../../specs/report.ts';
import { type RequirementId, requirement } from '../../specs/requirements.ts';
import { SimulatedDriver, type Witness } from './driver.ts';
import { type Nature, plainNature } from './nature.ts';
import { SimulatedTarget, tokens } from './target.ts';

/** What is asked of a simulated run. Limits as in a configuration; on what is not given the defaults of a real target hold. */
export interface Asking {
  readonly limits?: Partial<Configuration['limits']>;
  readonly options?: Partial<Pick<RunOptions, 'seed' | 'runs' | 'only' | 'strict'>>;
  readonly data?: Readonly<Record<string, unknown>>;
  readonly witness?: Witness;
  readonly events?: RunEvents;
}

export interface Simulation {
  readonly report: Report;
  readonly target: SimulatedTarget;
  /** Milliseconds of the simulation: all in all, and spent on commands to wait. */
  readonly took: number;
  readonly waited: number;
}

/** A whole run, from the plan to the report, against a simulated target. Pact is not asked: contracts go by the status. */
export async function simulate(nature: Partial<Nature>, asking: Asking = {}): Promise<Simulation> {
  const whole: Nature = { ...plainNature, ...nature };
  const target = new SimulatedTarget(whole);
  const configuration = configurationFor(target, asking);
  const { seed = 1, runs = 0, only = [], strict = true } = asking.options ?? {};
  const driver = new SimulatedDriver(target, configuration, seed, asking.witness);
  const options: RunOptions = { configuration, seed, runs, only, strict, edition: '2025-11' };
  const report = await runWith({ driver, auth: 'token', contracts: byStatus }, options, asking.events);
  return { report, target, took: driver.now, waited: driver.waited };
}

/** The configuration that tests a target. */
export function configurationFor(target: SimulatedTarget, { limits, data }: Asking): Configuration {
  const { pools, handler } = target.nature;
  const ready = { ...target.ready, pool_id: [...pools] };
  return readConfiguration({
    data: {
      target: { url: 'http://simulated.example' },
      auth: { token: tokens.valid },
      states: { ...target.states, 'pool is ready': ready },
      ...(handler ? { state_handler: 'http://simulated.example/_states' } : {}),
      allow_rebuild: true,
      limits: { ...limits },
      ...data,
    },
    env: {},
  });
}

/** Judges contracts by the status alone. */
export const byStatus: ContractJudge = { ...noJudge, judge: judgeByStatus };

function judgeByStatus(core: Core): Promise<ReadonlyMap<string, ContractResult>> {
  const results = [...core.contracts].map(([id, { observation }]): readonly [string, ContractResult] => {
    const row = requirement(id as RequirementId);
    const flaw = statusFlaw(observation, row);
    if (flaw === undefined) return [id, { verdict: 'pass' }];
    const cause = { row, check: 'contract', flaw, example: observation, count: 1, failed: 1, sent: 1 };
    return [id, { verdict: 'fail', cause }];
  });
  return Promise.resolve(new Map(results));
}

/**
 * What is wrong with a report on a target that is right: rows of the levels that fail, and whatever is an error.
 * Default: the levels that count.
 */
export function alarms(
  { results, incomplete, notes }: Report,
  ...levels: readonly Result['level'][]
): readonly string[] {
  const counts = levels.length === 0 ? ['MUST', 'SHOULD'] : levels;
  const bad = results.filter(
    ({ verdict, level }) => verdict === 'error' || (verdict === 'fail' && counts.includes(level)),
  );
  return [...bad.map(inWords), ...(incomplete ? [`incomplete: ${notes.join(' ')}`] : [])];
}

/** Rows of these levels that have no verdict. */
export function untested({ results }: Report, ...levels: readonly Result['level'][]): readonly string[] {
  return results.filter(({ verdict, level }) => verdict === 'untested' && levels.includes(level)).map(inWords);
}

export function inWords({ requirement: id, technique, verdict, reason, findings }: Result): string {
  const found = findings.map(({ expected, actual, stimulus }) => `${stimulus}: ${actual}, not ${expected}`);
  return `${id} by ${technique}: ${verdict} ${[reason ?? '', ...found].join('; ')}`;
}
