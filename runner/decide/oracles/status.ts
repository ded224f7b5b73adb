import type { Requirement, StatusPattern } from '../../../specs/requirement.ts';
import { hungUp, isAccepted, member, type Observation } from '../observation.ts';

/** What an oracle says of one observation; undefined: nothing is wrong. */
export interface Flaw {
  readonly expected: string;
  readonly actual: string;
  /** JSON pointer or header name. */
  readonly where?: string;
}

export function matchesStatus(status: number, patterns: readonly StatusPattern[]): boolean {
  return patterns.some((p) => (typeof p === 'number' ? p === status : Number(p[0]) === Math.floor(status / 100)));
}

export function expectedStatus(patterns: readonly StatusPattern[]): string {
  return patterns.join(', ').replace(/, ([^,]+)$/, ' or $1');
}

/** Whether a status is one that the row allows; OPTIONS may succeed as long as no job comes of it. */
export function statusFlaw(observation: Observation, { expect }: Pick<Requirement, 'expect'>): Flaw | undefined {
  const { statuses } = expect;
  if (statuses.length === 0 || hungUp(observation)) return undefined;
  const { status, silence, sending } = observation;
  if (status === undefined)
    return silence === undefined ? undefined : { expected: expectedStatus(statuses), actual: silence.reason };
  if (matchesStatus(status, statuses)) return undefined;
  if (sending.case.request.method === 'OPTIONS' && isAccepted(observation)) {
    return member(observation, 'job_id') === undefined
      ? undefined
      : { expected: `${expectedStatus(statuses)}, or no job`, actual: `${status} with a job_id` };
  }
  return { expected: expectedStatus(statuses), actual: String(status) };
}
