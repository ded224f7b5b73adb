import { parseForeign } from '../../specs/foreign-json.ts';
import type { Answer, Exchange, Silence } from './procedure.ts';

/** An exchange with its body read once. */
export interface Observation extends Exchange {
  readonly answer: Answer | undefined;
  readonly silence: Silence | undefined;
  readonly status: number | undefined;
  readonly text: string;
  /** The body as JSON; `undefined` is no JSON value, so it says that the body is none. */
  readonly value: unknown;
}

const decoder = new TextDecoder();

/** Bytes that are kept of a body that is no JSON: more is never looked at, and a run keeps many. */
const mostKept = 16 * 1024;

export function observe(exchange: Exchange): Observation {
  const { result } = exchange;
  if ('status' in result) {
    const { body, status } = result;
    const whole = decoder.decode(body);
    const value = result.truncated ? undefined : parseForeign(whole);
    if (value !== undefined || body.length <= mostKept)
      return { ...exchange, answer: result, silence: undefined, status, text: whole, value };
    const answer = { ...result, body: body.slice(0, mostKept), truncated: true };
    const text = decoder.decode(answer.body);
    return { ...exchange, result: answer, answer, silence: undefined, status, text, value };
  }
  const silence = 'silence' in result ? result : undefined;
  return { ...exchange, answer: undefined, silence, status: undefined, text: '', value: undefined };
}

/** A member of the body, if that is an object. */
export function member({ value }: Observation, name: string): unknown {
  return typeof value === 'object' && value !== null && Object.hasOwn(value, name)
    ? (value as Readonly<Record<string, unknown>>)[name]
    : undefined;
}

export function isAccepted({ status }: Observation): boolean {
  return status !== undefined && status >= 200 && status < 300;
}

/** Whether a target may start something by this method: on GET, too, as wrong as that is. */
export function canAct(method: string): boolean {
  return method !== 'OPTIONS';
}

/** It may have been acted on, and no answer came that would tell. */
export function isPossiblyAccepted({ sending, silence }: Observation): boolean {
  return sending.mayAct && silence !== undefined && silence.silence !== 'refused';
}

/** A rejection that a client can read: whatever is no 2xx. */
export function isRejected({ status }: Observation): boolean {
  return status !== undefined && status >= 300;
}

/** Statuses that a gateway gives for a moment. */
const passing = new Set([429, 502, 503, 504]);

export function isThrottled({ status }: Observation): boolean {
  return status !== undefined && passing.has(status);
}

/** Whether the target hung up while a large body was being sent: that is a way of refusing it. */
export function hungUp({ silence }: Observation): boolean {
  return silence?.whileSending ?? false;
}

/** One word for what came, fit for comparing and for a report. */
export function outcomeOf({ status, silence, result }: Observation): string {
  if (status !== undefined) return String(status);
  if (silence !== undefined) return `no answer (${silence.silence})`;
  return 'unsent' in result ? `not sent: ${result.unsent}` : 'nothing';
}
