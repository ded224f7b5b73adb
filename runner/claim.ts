import type { Claim } from '../specs/report.ts';
import { states } from '../specs/requirement.ts';
import type { RunLine } from '../specs/trace.ts';
import type { Core } from './decide/core.ts';

/** What a stranger must know to do the run again. Names alone of what is secret. */
export function claimOf({ set, node, only, shard, settings }: RunLine, core: Core, evidence: Claim['evidence']): Claim {
  const { limits, waivers, auth, has_handler, allow_rebuild, pins } = settings;
  const isProvided = (state: (typeof states)[number]): boolean => {
    const provided = core.provided(state);
    return provided !== undefined && 'fixture' in provided;
  };
  const { rate, ...others } = limits;
  return {
    evidence,
    set_hash: set,
    node: `v${node}`,
    auth,
    states: {
      provided: states.filter(isProvided),
      missing: states.filter((state) => !isProvided(state)),
      handler: has_handler,
    },
    pins,
    consent: allow_rebuild,
    limits: { ...others, ...(rate === undefined ? {} : { rate }) },
    waivers: [...waivers],
    ...(only.length === 0 ? {} : { only: [...only] }),
    ...(shard === undefined ? {} : { shard }),
  };
}
