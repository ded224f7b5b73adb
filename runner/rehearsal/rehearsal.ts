import type { Requirement } from '../../specs/requirement.ts';
import { conduct, rowsToPlay } from '../decide/conduct.ts';
import { Core } from '../decide/core.ts';
import { Ledger } from '../decide/ledger.ts';
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
  for (let step = procedure.next(); !step.done; ) step = procedure.next(target.perform(step.value));
  return { requests: target.requests, rebuilds: target.rebuilds, duration: target.now };
}

/** `599 requests, 34 rebuilds and 12 min`. */
export function inWords({ requests, rebuilds, duration }: Cost): string {
  return `${requests} requests, ${rebuilds} rebuilds and ${roughly(duration)}`;
}

/** A time in milliseconds: `8 s`, `3 min`, `2.5 h`. */
export function roughly(ms: number): string {
  const seconds = Math.max(1, Math.ceil(ms / 1000));
  if (seconds < 100) return `${seconds} s`;
  const minutes = Math.ceil(seconds / 60);
  return minutes < 100 ? `${minutes} min` : `${Math.ceil(minutes / 6) / 10} h`;
}
