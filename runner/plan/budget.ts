/** What the rest of a run may spend on requests that are accepted. */
export interface Budget {
  /** Valid and doubtful cases of the fixed plan. */
  readonly dear: number;
  /** Generated ones. */
  readonly generatedDear: number;
  /** Which of the two is the smaller: what the cap leaves, or what the pool's time does. */
  readonly cutBy: 'rebuilds' | 'busy_pool';
}

/** What is left, and what was learnt of the pool. */
export interface Means {
  /** Rebuilds that the cap still allows. */
  readonly room: number;
  readonly target: {
    readonly goesBusy: boolean;
    /** Milliseconds from an acceptance until the next. */
    readonly readyIn: number;
  };
}

/** Rebuilds that relations and proofs need, of those that are left: a share, and a number at most. */
const reservedShare = 0.3;
const reservedMost = 40;
/** What it takes to prove that several requests show something wrong; below so many rebuilds the rows come first. */
const proofs = 2;
const enoughForProofs = 15;
/** Rounds that even a slow pool is given, and milliseconds of waiting for which more are played. */
const fewestRounds = 11;
const fixedWait = 8_000;
const generatedWait = 4_000;

/** Rebuilds are scarce when few are left or each takes long; that there is a cap at all says nothing. */
export function budgetOf({ room, target }: Means): Budget {
  const share = Math.floor(room * reservedShare) + (room < enoughForProofs ? 0 : proofs);
  const reserve = Math.min(reservedMost, share);
  const byCap = Math.max(0, room - reserve);
  const each = Math.max(1, target.readyIn);
  const byTime = target.goesBusy ? Math.max(fewestRounds, Math.floor(fixedWait / each)) : Number.POSITIVE_INFINITY;
  const generatedByTime = target.goesBusy ? Math.floor(generatedWait / each) : Number.POSITIVE_INFINITY;
  return {
    dear: Math.min(byCap, byTime),
    generatedDear: Math.min(byCap, generatedByTime),
    cutBy: byTime < byCap ? 'busy_pool' : 'rebuilds',
  };
}
