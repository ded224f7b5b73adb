import { createServer, type Socket } from 'node:net';
import { gzipSync } from 'node:zlib';
import { afterAll, describe, expect, test } from 'vitest';
import { run } from '../index.ts';

const closers: (() => void)[] = [];
afterAll(() => {
  for (const close of closers) close();
});

/** Answers each request, whatever it is, through its socket. */
async function target(answer: (socket: Socket) => void): Promise<string> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
    socket.on('data', () => answer(socket));
  });
  closers.push(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const address = server.address();
  return `http://127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}`;
}

function whole(status: number, body: string | Uint8Array, ...headers: readonly string[]): (socket: Socket) => void {
  const lines = ['Content-Type: application/json', `Content-Length: ${Buffer.byteLength(body)}`, ...headers];
  const head = `HTTP/1.1 ${status} X\r\n${lines.join('\r\n')}\r\n\r\n`;
  return (socket) => void socket.write(Buffer.concat([Buffer.from(head), Buffer.from(body)]));
}

function withoutEnd(head: string, part: string): (socket: Socket) => void {
  return (socket) => {
    socket.write(head);
    const go = (): void => {
      let isOpen = !socket.destroyed;
      while (isOpen) isOpen = socket.write(part) && !socket.destroyed;
      if (!socket.destroyed) socket.once('drain', go);
    };
    go();
  };
}

const deep = `${'['.repeat(100_000)}${']'.repeat(100_000)}`;
const zeros = gzipSync(Buffer.alloc(64 * 1024 * 1024));
const chunk = `1000\r\n${'a'.repeat(4096)}\r\n`;

describe.concurrent('a run against a target', () => {
  test.each<[string, (socket: Socket) => void]>([
    ['whose chunks never end', withoutEnd('HTTP/1.1 200 X\r\nTransfer-Encoding: chunked\r\n\r\n', chunk)],
    ['whose body never ends', withoutEnd('HTTP/1.1 400 X\r\n\r\n', chunk)],
    ['that throttles for a day', whole(429, '{"error_code":"x"}', 'Retry-After: 86400')],
    ['that is busy whoever asks', whole(409, '{"error_code":"x"}')],
    ['that nests its acceptance', whole(200, `{"job_id":"j","x":${deep}}`)],
    ['that nests its refusal', whole(400, deep)],
    ['that sends a bomb', whole(400, zeros, 'Content-Encoding: gzip')],
    ['that sends elsewhere', whole(307, '', 'Location: http://127.0.0.1:1/')],
    ['that knows prototypes', whole(400, '{"__proto__":{"error_code":"x"},"constructor":{"prototype":{"a":1}}}')],
  ])('%s ends soon, with a reason', async (_, answer) => {
    const url = await target(answer);
    const states = { 'pool is ready': { project_id: 'p', pool_id: 'a', image_id: 'i' } };
    const config = { target: { url }, auth: { token: 'a-Token-4711-for-this' }, states, limits: { timeout: 1000 } };
    const report = await run({ config, runs: 0, seed: 1 });
    expect(['error', 'nonconformant']).toContain(report.outcome);
    expect(report.notes.join(' ')).toMatch(/No valid body was accepted|could not be asked|cannot be reached|no answer/);
    expect(report.requests).toBeLessThan(60);
    expect(report.duration_ms).toBeLessThan(50_000);
  });
});
