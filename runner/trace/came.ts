import { isUtf8 } from 'node:buffer';
import type { Came, ExchangeLine } from '../../specs/trace.ts';
import type { Answer, Exchange, Silence, Unsent } from '../decide/procedure.ts';

/** Exchanges that others may be like, and characters of all of them together, at most. */
const mostKept = 256;
const roomKept = 4 * 1024 * 1024;

/** The latest of some values, as many and as long as there is room for. */
class Latest<K, V> {
  readonly #values = new Map<K, { readonly value: V; readonly size: number }>();
  #size = 0;

  get(key: K): V | undefined {
    return this.#values.get(key)?.value;
  }

  add(key: K, value: V, size: number): void {
    this.#values.set(key, { value, size });
    this.#size += size;
    for (const [oldest, { size: freed }] of this.#values) {
      if (this.#values.size <= mostKept && this.#size <= roomKept) return;
      this.#values.delete(oldest);
      this.#size -= freed;
    }
  }
}

/** Writes exchanges shorter: answers are much alike. Needs no more memory for a longer run. */
export class Shortening {
  readonly #known = new Latest<string, number>();

  /** The n-th exchange as it is written: like an earlier one, or whole. */
  of(n: number, came: Came): ExchangeLine['came'] {
    if (came.answer === undefined) return came;
    const key = keyOf(came, came.answer);
    const like = this.#known.get(key);
    if (like !== undefined) return { like, ...momentary(came) };
    this.#known.add(key, n, key.length);
    return came;
  }
}

/** The reverse of `Shortening`: it forgets when that does, or later. */
export class Lengthening {
  readonly #known = new Latest<number, Came>();

  /** The n-th exchange as it came. Throws when the one that it is like is not there. */
  of(n: number, came: ExchangeLine['came']): Came {
    if (!('like' in came)) {
      if (came.answer !== undefined) this.#known.add(n, came, keyOf(came, came.answer).length);
      return came;
    }
    const known = this.#known.get(came.like);
    if (known === undefined) throw new Error(`exchange ${n} is like ${came.like}, which is not there`);
    const { answer } = known;
    if (answer === undefined) return known;
    const { date, duration_ms } = came;
    return {
      ...known,
      answer: { ...answer, headers: { ...answer.headers, ...(date === undefined ? {} : { date }) }, duration_ms },
    };
  }
}

/** The exchange without its sending, as data. */
export function cameOf({ credential, inShell = {}, result }: Exchange): Came {
  const shown = { credential, ...(Object.keys(inShell).length === 0 ? {} : { in_shell: inShell }) };
  if ('unsent' in result) return { ...shown, unsent: result.unsent };
  if ('silence' in result) {
    const { silence, reason, reused, whileSending } = result;
    return { ...shown, silence: { silence, reason, reused, whileSending } };
  }
  const { status, headers, body, truncated, duration_ms, echo } = result;
  return {
    ...shown,
    answer: {
      status,
      headers,
      ...written(body),
      ...(truncated ? { truncated } : {}),
      duration_ms,
      ...(echo === undefined ? {} : { echo }),
    },
  };
}

export function resultOf({ answer, silence, unsent }: Came): Exchange['result'] {
  if (answer !== undefined) {
    const { status, headers, text, base64, truncated = false, duration_ms, echo } = answer;
    const body = base64 === undefined ? Buffer.from(text ?? '') : Buffer.from(base64, 'base64');
    const whole = { status, headers, body: new Uint8Array(body), truncated, duration_ms };
    return echo === undefined ? whole : { ...whole, echo: echo as NonNullable<Answer['echo']> };
  }
  if (silence !== undefined) return silence as Silence;
  return { unsent: unsent as Unsent };
}

type Answered = NonNullable<Came['answer']>;

function written(body: Uint8Array): { readonly text?: string; readonly base64?: string } {
  if (body.length === 0) return {};
  const bytes = Buffer.from(body.buffer, body.byteOffset, body.byteLength);
  // A mark at the beginning is kept, so that the bytes are the same again.
  return isUtf8(bytes) ? { text: bytes.toString() } : { base64: bytes.toString('base64') };
}

function keyOf({ credential, in_shell }: Came, answer: Answered): string {
  const { duration_ms: _, headers, ...rest } = answer;
  const { date, ...lasting } = headers;
  return JSON.stringify([credential, in_shell, rest, lasting, date === undefined]);
}

function momentary({ answer }: Came): { readonly date?: string; readonly duration_ms: number } {
  const date = answer?.headers['date'];
  return { ...(date === undefined ? {} : { date }), duration_ms: answer?.duration_ms ?? 0 };
}
