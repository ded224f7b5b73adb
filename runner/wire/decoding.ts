import type { IncomingMessage } from 'node:http';
import { pipeline, Readable, type Transform } from 'node:stream';
import { createBrotliDecompress, createGunzip, createInflate, createInflateRaw } from 'node:zlib';

const max_codings = 4;

/** A body without its content codings, cut at the limit. */
export interface Kept {
  readonly body: Uint8Array;
  readonly truncated: boolean;
}

/** Bytes that are kept of a body that was cut: nobody can parse it, and people read no more. */
const most_kept_of_cut = 16 * 1024;

/**
 * Reads the decoded body up to `limit` bytes; what comes after it is not even decompressed. Rejects when it breaks off.
 * `headers`: as `joined` gives them.
 */
export function read(
  incoming: IncomingMessage,
  headers: Readonly<Record<string, string>>,
  limit: number,
): Promise<Kept> {
  const codings = codingsOf(headers);
  return codings.length === 0 ? readPlain(incoming, limit) : readCoded(incoming, codings, limit);
}

/** What came up to a limit. */
class Parts {
  readonly #limit: number;
  readonly #parts: Uint8Array[] = [];
  #size = 0;

  constructor(limit: number) {
    this.#limit = limit;
  }

  /** Whether that was too much: the rest need not be read. */
  add(part: Uint8Array): boolean {
    const room = this.#limit - this.#size;
    this.#parts.push(part.length > room ? part.subarray(0, room) : part);
    this.#size += part.length;
    return part.length > room;
  }

  get kept(): Kept {
    const truncated = this.#size > this.#limit;
    const [first] = this.#parts;
    if (truncated) return { body: new Uint8Array(Buffer.concat(this.#parts).subarray(0, most_kept_of_cut)), truncated };
    return { body: this.#parts.length === 1 && first !== undefined ? first : Buffer.concat(this.#parts), truncated };
  }
}

/** By events: to iterate over a stream costs as much as all else about a small answer. */
function readPlain(incoming: IncomingMessage, limit: number): Promise<Kept> {
  const parts = new Parts(limit);
  return new Promise((resolve, reject) => {
    incoming.on('data', (part: Uint8Array) => {
      if (!parts.add(part)) return;
      resolve(parts.kept);
      incoming.destroy();
    });
    incoming.once('end', () => resolve(parts.kept));
    incoming.once('error', reject);
    incoming.once('close', () => reject(new Error('the answer broke off')));
  });
}

async function readCoded(incoming: IncomingMessage, codings: readonly string[], limit: number): Promise<Kept> {
  const parts = new Parts(limit);
  const decoded = codings.reduceRight<AsyncIterable<Uint8Array>>(
    (source, coding) => decompress(source, coding),
    incoming,
  );
  for await (const part of decoded) if (parts.add(part)) break;
  return parts.kept;
}

/** Lower-case names, repeated headers joined; made from the raw list because Node drops some repetitions. */
export function joined(raw: readonly string[]): Record<string, string> {
  const headers = new Map<string, string>();
  for (let at = 0; at + 1 < raw.length; at += 2) {
    const name = (raw[at] ?? '').toLowerCase();
    const before = headers.get(name);
    const value = raw[at + 1] ?? '';
    headers.set(name, before === undefined ? value : `${before}, ${value}`);
  }
  return Object.fromEntries(headers);
}

/** The content codings to undo, the last one last; none of a body with one that is unknown, which is left as it is. */
function codingsOf({ 'content-encoding': written = '' }: Readonly<Record<string, string>>): readonly string[] {
  if (written === '') return [];
  const codings = written
    .split(',')
    .map((coding) => coding.trim().toLowerCase())
    .filter((coding) => coding !== '' && coding !== 'identity');
  const isKnown = codings.length <= max_codings && codings.every((coding) => /^(x-gzip|gzip|deflate|br)$/.test(coding));
  return isKnown ? codings : [];
}

async function* decompress(source: AsyncIterable<Uint8Array>, coding: string): AsyncGenerator<Uint8Array> {
  const iterator = source[Symbol.asyncIterator]();
  let first = await iterator.next();
  while (!first.done && first.value.length === 0) first = await iterator.next();
  if (first.done) return;
  const head = first.value;
  const decoder = decoderFor(coding, head[0] ?? 0);
  const whole = async function* (): AsyncGenerator<Uint8Array> {
    yield head;
    yield* { [Symbol.asyncIterator]: () => iterator };
  };
  // Errors travel through the decoder, whose iteration below reports them.
  pipeline(Readable.from(whole()), decoder, () => undefined);
  for await (const part of decoder as AsyncIterable<Uint8Array>) yield part;
}

function decoderFor(coding: string, first_byte: number): Transform {
  if (coding === 'br') return createBrotliDecompress();
  if (coding === 'deflate') return (first_byte & 0x0f) === 0x08 ? createInflate() : createInflateRaw();
  return createGunzip();
}
