import { createServer, type Server, type Socket } from 'node:net';
import { brotliCompressSync, deflateRawSync, deflateSync, gzipSync } from 'node:zlib';
import { afterEach, expect, test } from 'vitest';
import type { Lane, TransportOptions, WireRequest } from './http.ts';
import { createLane, reset_while_sending } from './transport.ts';

const open: { server: Server; lane: Lane; sockets: Set<Socket> }[] = [];

afterEach(async () => {
  for (const { server, lane, sockets } of open.splice(0)) {
    await lane.close();
    for (const socket of sockets) socket.destroy();
    server.close();
  }
});

/** A raw server that calls `react` with everything that a connection has received so far. */
async function target(react: (socket: Socket, received: string) => void, options?: Partial<TransportOptions>) {
  const sockets = new Set<Socket>();
  const received: string[] = [];
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
    socket.on('data', (chunk) => {
      received.push(chunk.toString('latin1'));
      react(socket, chunk.toString('latin1'));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const origin = `http://127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}`;
  const lane = createLane(origin, { timeout: 2000, ...options });
  open.push({ server, lane, sockets });
  const request = (more: Partial<WireRequest> = {}): WireRequest => ({
    method: 'POST',
    origin,
    path: '/x',
    headers: {},
    body: Buffer.from('{}'),
    ...more,
  });
  return { lane, request, received, sockets };
}

const ok = 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok';

test('the path goes out raw, and the connection is kept', async () => {
  const { lane, request, received, sockets } = await target((socket) => socket.write(ok));
  expect(await lane.send(request({ path: '/a/../%zz?x' }))).toMatchObject({ status: 200, truncated: false });
  await lane.send(request());
  expect(received[0]).toMatch(/^POST \/a\/\.\.\/%zz\?x HTTP\/1\.1\r\n/);
  expect(sockets.size).toBe(1);
  await lane.send(request(), { fresh: true });
  expect(sockets.size).toBe(2);
});

test('interim answers are passed over', async () => {
  const { lane, request } = await target((socket) =>
    socket.write(`HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n${ok}`),
  );
  expect(await lane.send(request())).toMatchObject({ status: 200 });
  expect(await lane.send(request())).toMatchObject({ status: 200 });
});

test('a chunked body has no length', async () => {
  const { lane, request, received } = await target((socket, text) => {
    if (text.endsWith('0\r\n\r\n')) socket.write(ok);
  });
  expect(await lane.send(request({ body: Buffer.from('abcdef'), transfer: 'chunked' }))).toMatchObject({ status: 200 });
  expect(received.join('')).toMatch(/transfer-encoding: chunked/i);
  expect(received.join('')).not.toMatch(/content-length/i);
});

test.each([
  ['gzip', gzipSync],
  ['deflate', deflateSync],
  ['deflate', deflateRawSync],
  ['br', brotliCompressSync],
] as const)('%s is undone and bounded', async (coding, compress) => {
  const body = compress(Buffer.alloc(5_000_000, 'a'));
  const { lane, request } = await target(
    (socket) => {
      socket.write(`HTTP/1.1 200 OK\r\nContent-Encoding: ${coding}\r\nContent-Length: ${body.length}\r\n\r\n`);
      socket.write(body);
    },
    { max_body: 1000 },
  );
  const answer = await lane.send(request());
  expect(answer).toMatchObject({ status: 200, truncated: true });
  expect('body' in answer && Buffer.from(answer.body).toString()).toBe('a'.repeat(1000));
});

test.each(['gzip', 'deflate', 'br'])('a body that is not %s though it says so is a broken answer', async (coding) => {
  const { lane, request } = await target((socket) =>
    socket.write(ok.replace('Content', `Content-Encoding: ${coding}\r\nContent`)),
  );
  expect(await lane.send(request())).toMatchObject({ silence: 'broken' });
});

test('repeated headers are joined', async () => {
  const { lane, request } = await target((socket) =>
    socket.write(ok.replace('Content', 'Content-Type: a/b\r\ncontent-type: c/d\r\nContent')),
  );
  expect(await lane.send(request())).toMatchObject({ headers: { 'content-type': 'a/b, c/d' } });
});

test('the deadline covers the body', async () => {
  const { lane, request } = await target((socket) => socket.write(ok.slice(0, -1)), { timeout: 150 });
  expect(await lane.send(request())).toMatchObject({ silence: 'timeout', reused: false });
});

test('a drop on a reused connection is told from one on a fresh one', async () => {
  let count = 0;
  const { lane, request } = await target((socket) => (++count % 2 === 1 ? socket.write(ok) : socket.destroy()));
  expect(await lane.send(request())).toMatchObject({ status: 200 });
  expect(await lane.send(request())).toMatchObject({ silence: 'reset', reused: true });
  expect(await lane.send(request(), { fresh: true })).toMatchObject({ status: 200 });
  expect(await lane.send(request(), { fresh: true })).toMatchObject({ silence: 'reset', reused: false });
});

test('a reset while a large body is being sent says so', async () => {
  const { lane, request } = await target((socket) => socket.resetAndDestroy());
  const answer = await lane.send(request({ body: Buffer.alloc(20_000_000) }));
  expect(answer).toMatchObject({ silence: 'reset', reason: expect.stringContaining(reset_while_sending) });
});

test.each([false, true])('an early answer counts, connection closed: %s', async (close) => {
  const { lane, request } = await target((socket) => {
    socket.pause();
    socket.write(ok.replace('200 OK', '413 Too Large'), () => {
      if (close) socket.destroy();
    });
  });
  for (const chunked of [{}, { transfer: 'chunked' as const }]) {
    expect(await lane.send(request({ body: Buffer.alloc(20_000_000), ...chunked }))).toMatchObject({ status: 413 });
  }
});

test('what cannot be sent or read is a silence', async () => {
  const { lane, request } = await target((socket) => socket.write('nonsense\r\n\r\n'));
  expect(await lane.send(request({ headers: { 'x-a': 'a\nb' } }))).toMatchObject({ silence: 'protocol' });
  expect(await lane.send(request({ path: '/a b' }))).toMatchObject({ silence: 'protocol' });
  expect(await lane.send(request())).toMatchObject({ silence: 'protocol' });
  const nobody = createLane('http://127.0.0.1:1', { timeout: 1000 });
  expect(await nobody.send(request())).toMatchObject({ silence: 'refused' });
  const plain = createLane(request().origin.replace('http', 'https'), { timeout: 1000 });
  expect(await plain.send(request())).toMatchObject({ silence: 'tls' });
});
