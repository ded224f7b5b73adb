import type { Requirement } from '../../specs/requirement.ts';
import { conduct, rowsToPlay, SetupRefused } from '../decide/conduct.ts';
import { ControlLost } from '../decide/conflict.ts';
import { Core } from '../decide/core.ts';
import { Ledger } from '../decide/ledger.ts';
import { RunEnded } from '../decide/procedure.ts';
import { ImaginedTarget, type Pace } from './imagined.ts';

/** What a run takes. */
export interface Cost {
  readonly requests: number;
  /** Those that a correct target accepts. */
  readonly rebuilds: number;
  /** Milliseconds. */
  readonly duration: number;
}

/** Generated cases of a rehearsal; more of them cost as much each. */
const mostRehearsed = 100;

/**
 * What a run of these rows takes at a correct target, about which the core knows what there is to know: it is played
 * against one that is only imagined.
 */
export function costOf(core: Core, rows: readonly Requirement[], runs: number, pace: Pace): Cost {
  if (runs <= mostRehearsed) return rehearse(core, rows, runs, pace);
  const [half, whole] = [rehearse(core, rows, mostRehearsed / 2, pace), rehearse(core, rows, mostRehearsed, pace)];
  const beyond = (of: keyof Cost): number =>
    Math.round(whole[of] + ((whole[of] - half[of]) * (runs - mostRehearsed)) / (mostRehearsed / 2));
  return {
    requests: beyond('requests'),
    rebuilds: Math.min(core.options.limits.rebuilds, beyond('rebuilds')),
    duration: beyond('duration'),
  };
}

function rehearse(known: Core, rows: readonly Requirement[], runs: number, pace: Pace): Cost {
  const { onStep: _, ...options } = known.options;
  const core = new Core({ ...options, runs }, new Ledger(rows, options.edition));
  const target = new ImaginedTarget(known, pace);
  const procedure = conduct(core, rowsToPlay(rows, options.edition));
  try {
    for (let step = procedure.next(); !step.done; ) step = procedure.next(target.perform(step.value));
  } catch (error) {
    // What a run cannot go on from is the end of its rehearsal, too.
    if (![RunEnded, SetupRefused, ControlLost].some((kind) => error instanceof kind)) throw error;
  }
  return { requests: target.requests, rebuilds: target.rebuilds, duration: target.now };
}
