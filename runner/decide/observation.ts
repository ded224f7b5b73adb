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

/** Nesting up to which a body is parsed: what is deeper is no answer that anybody could mean. */
const deepest = 200;

export function observe(exchange: Exchange): Observation {
  const { result } = exchange;
  if ('status' in result) {
    const text = new TextDecoder().decode(result.body);
    return { ...exchange, answer: result, silence: undefined, status: result.status, text, value: parse(text) };
  }
  const silence = 'silence' in result ? result : undefined;
  return { ...exchange, answer: undefined, silence, status: undefined, text: '', value: undefined };
}

function parse(text: string): unknown {
  if (nesting(text) > deepest) return undefined;
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

function nesting(text: string): number {
  let depth = 0;
  let most = 0;
  for (const character of text) {
    if (character === '[' || character === '{') most = Math.max(most, ++depth);
    else if (character === ']' || character === '}') depth -= 1;
    if (most > deepest) break;
  }
  return most;
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

/** 409 where a row does not expect it: the pool may be busy for another reason. */
export function isUnexpectedConflict({ status, sending }: Observation): boolean {
  if (status !== 409 || sending.given === 'pool is busy' || sending.given === 'service is failing') return false;
  return sending.rows.length === 0 || !sending.rows.every(({ expect }) => expect.statuses.includes(409));
}
