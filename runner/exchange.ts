import type { Case } from '../generators/case.ts';
import type { Requirement } from '../specs/requirement.ts';
import type { Answer, Silence, WireRequest } from './http.ts';
import { reset_while_sending } from './transport.ts';

/** A case and what came of it. */
export interface Exchange {
  readonly case: Case;
  readonly request: WireRequest;
  readonly result: Answer | Silence;
  /** An earlier try got no answer, yet may have been acted on: a busy pool may be the doing of this request itself. */
  readonly uncertain?: true;
}

/** An exchange that can be judged, and the requirements it was sent for. */
export interface Judged extends Exchange {
  readonly plays: readonly Requirement[];
}

export function isSilence(result: Answer | Silence): result is Silence {
  return 'silence' in result;
}

/** Whether the target hung up on a large body: that is a way of refusing it. */
export function hungUpOnBody(result: Answer | Silence): boolean {
  return isSilence(result) && result.reason.startsWith(reset_while_sending);
}

/** Whether an answer began and was no whole one: that is the target's doing, whatever the network does. */
export function isBroken(result: Answer | Silence): boolean {
  return isSilence(result) && result.silence === 'broken';
}

/** The status of an answer; undefined when there was none. */
export function statusOf(exchange: Exchange): number | undefined {
  return isSilence(exchange.result) ? undefined : exchange.result.status;
}

export function isAccepted(exchange: Exchange): boolean {
  const status = statusOf(exchange);
  return status !== undefined && status >= 200 && status < 300;
}

/** One word for what came, fit for comparing and for a report. */
export function outcomeOf(exchange: Exchange): string {
  return isSilence(exchange.result) ? `no answer (${exchange.result.silence})` : String(exchange.result.status);
}
