import { createReadStream } from 'node:fs';

/** Characters that a line may have: the longest that is written holds a body of 1 MiB. */
const longest = 8 * 1024 * 1024;

/** The lines of a file, one after the other. `end`: bytes to read. Rejects with what the file system says. */
export async function* textsOf(file: string, end = Number.POSITIVE_INFINITY): AsyncGenerator<string> {
  if (end < 1) return;
  const stream = createReadStream(file, { encoding: 'utf8', ...(Number.isFinite(end) ? { end: end - 1 } : {}) });
  let rest = '';
  for await (const part of stream as AsyncIterable<string>) {
    const texts = `${rest}${part}`.split('\n');
    rest = texts.pop() ?? '';
    if (rest.length > longest) throw new Error(`a line is longer than ${longest} characters`);
    yield* texts;
  }
  if (rest !== '') yield rest;
}
