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

/** Reads the decoded body up to `limit` bytes; what comes after it is not even decompressed. Rejects when it breaks off. */
export async function read(incoming: IncomingMessage, limit: number): Promise<Kept> {
  const parts: Uint8Array[] = [];
  let size = 0;
  for await (const part of decoded(incoming)) {
    if (size + part.length > limit) {
      parts.push(part.subarray(0, limit - size));
      const body = Buffer.concat(parts).subarray(0, most_kept_of_cut);
      return { body: new Uint8Array(body), truncated: true };
    }
    parts.push(part);
    size += part.length;
  }
  return { body: Buffer.concat(parts), truncated: false };
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

/** Undoes the content codings, last one first; a body with an unknown coding is left as it is. */
function decoded(incoming: IncomingMessage): AsyncIterable<Uint8Array> {
  const codings = (joined(incoming.rawHeaders)['content-encoding'] ?? '')
    .split(',')
    .map((coding) => coding.trim().toLowerCase())
    .filter((coding) => coding !== '' && coding !== 'identity');
  if (codings.length > max_codings || codings.some((coding) => !/^(x-gzip|gzip|deflate|br)$/.test(coding))) {
    return incoming;
  }
  return codings.reduceRight<AsyncIterable<Uint8Array>>((source, coding) => decompress(source, coding), incoming);
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
