import { playKey } from '../../generators/cases.ts';
import type { EditionName } from '../../specs/editions.ts';
import type { Result } from '../../specs/report.ts';
import type { AnswerAspect, Requirement } from '../../specs/requirement.ts';
import { hungUp, isAccepted, isRejected, type Observation } from './observation.ts';
import { aspectFlaw, type Memory } from './oracles/aspects.ts';
import { type Flaw, statusFlaw } from './oracles/status.ts';
import type { Sending } from './procedure.ts';

/** What failed: a row, by which check, and how. */
export interface Failure {
  readonly row: Requirement;
  readonly check: string;
  readonly flaw: Flaw;
  /** What was sent right before the example, where one request alone does not show it. */
  readonly before?: readonly Sending[];
}

/** One cause of failures of a row: an example, and how often it was seen. */
export interface Cause extends Omit<Failure, 'before'> {
  example: Observation;
  before?: readonly Sending[];
  /** Cases that failed this way. */
  count: number;
  /** Of the example: how often it failed, and how often it was sent. */
  failed: number;
  sent: number;
}

/** What the verdict on a row rests on. */
export interface Tally {
  judged: number;
  accepted: number;
  rejected: number;
  /** Accepted valid requests right behind its rejected cases. */
  baselines: number;
  /** Milliseconds that the judged requests took. */
  spent: number;
  readonly causes: Map<string, Cause>;
  /** Answers that look wrong, and are still to be looked into. */
  open: number;
  /** Something that may be wrong was seen, and there were no rebuilds left to find out. */
  isUnproved: boolean;
  cut: Result['cut_by'] | undefined;
  /** Why cases could not be judged, by what happened. */
  errors: number;
  error: string | undefined;
  untested: string | undefined;
}

/** Causes of one row, at most: a hostile target could make every flaw look new. */
const mostCauses = 12;

/** Names a cause; what changes from answer to answer is left out. */
export function causeKey({ check, flaw }: Failure): string {
  return `${check}\n${flaw.expected}\n${flaw.actual.replace(/[0-9a-f-]{8,}/g, '#')}\n${flaw.where ?? ''}`;
}

/** Tells failures apart: of one row, for one cause. */
export function nameOf(failure: Failure): string {
  return `${failure.row.id}\n${causeKey(failure)}`;
}

/** Keeps what a run has judged: counts and causes a row, never the observations. */
export class Ledger {
  readonly #tallies = new Map<string, Tally>();
  readonly #aspects: readonly { readonly row: Requirement; readonly aspect: AnswerAspect }[];
  readonly #memory: Memory;
  readonly #looked = new WeakMap<Observation, readonly Failure[]>();
  observations = 0;
  accepted = 0;
  rejected = 0;

  constructor(rows: readonly Requirement[], edition: EditionName) {
    this.#memory = { edition, jobIds: new Set() };
    this.#aspects = rows.flatMap((row) => (row.send.kind === 'answers' ? [{ row, aspect: row.send.aspect }] : []));
  }

  tally({ id }: Requirement): Tally {
    const known = this.#tallies.get(id);
    if (known !== undefined) return known;
    const fresh: Tally = {
      judged: 0,
      accepted: 0,
      rejected: 0,
      baselines: 0,
      spent: 0,
      causes: new Map(),
      open: 0,
      isUnproved: false,
      cut: undefined,
      errors: 0,
      error: undefined,
      untested: undefined,
    };
    this.#tallies.set(id, fresh);
    return fresh;
  }

  /** Counts a judged observation for a row. */
  count(row: Requirement, observation: Observation): void {
    const tally = this.tally(row);
    tally.judged += 1;
    tally.spent += observation.ended - observation.started;
    if (isAccepted(observation)) tally.accepted += 1;
    else if (isRejected(observation) || hungUp(observation)) tally.rejected += 1;
  }

  /** What is wrong with an observation by the rows that it was sent for. */
  ofRows(observation: Observation): readonly Failure[] {
    return observation.sending.rows.flatMap((row): Failure[] => {
      const flaw = statusFlaw(observation, row);
      return flaw === undefined ? [] : [{ row, check: 'status', flaw }];
    });
  }

  /** What is wrong with an observation by the rows about every answer; each answer is looked at and counted once. */
  ofAspects(observation: Observation): readonly Failure[] {
    const known = this.#looked.get(observation);
    if (known !== undefined) return known;
    const failures = this.#look(observation);
    this.#looked.set(observation, failures);
    return failures;
  }

  #look(observation: Observation): readonly Failure[] {
    this.observations += 1;
    if (isAccepted(observation)) this.accepted += 1;
    else if (isRejected(observation)) this.rejected += 1;
    return this.#aspects.flatMap(({ row, aspect }): Failure[] => {
      const flaw = aspectFlaw(aspect, observation, this.#memory);
      return flaw === undefined ? [] : [{ row, check: aspect, flaw }];
    });
  }

  /** Whether the cause is known: a case more only adds to its count. */
  knows(failure: Failure): boolean {
    const { causes } = this.tally(failure.row);
    return causes.has(causeKey(failure)) || causes.size >= mostCauses;
  }

  add(failure: Failure, example: Observation, failed = 1, sent = 1): void {
    const { causes } = this.tally(failure.row);
    const key = causeKey(failure);
    // Beyond the limit they count for the first.
    const known = causes.get(key) ?? (causes.size < mostCauses ? undefined : [...causes.values()][0]);
    if (known === undefined) {
      causes.set(key, { ...failure, example, count: 1, failed, sent });
      return;
    }
    known.count += 1;
    if (rank(example) < rank(known.example)) {
      known.example = example;
      if (failure.before === undefined) delete known.before;
      else known.before = failure.before;
      if (failed > 1 || sent > 1) Object.assign(known, { failed, sent });
    }
  }

  /** The failures of a row. */
  causes(row: Requirement): readonly Cause[] {
    return [...this.tally(row).causes.values()];
  }
}

/** Orders examples: the shorter body first, then the plainer context, and the same choice in every run. */
function rank({ sending }: Observation): string {
  const { body } = sending.case.request;
  return `${String(body?.length ?? 0).padStart(12, '0')} ${playKey(sending.play)}`;
}
