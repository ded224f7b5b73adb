import { createServer, type Server, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { brotliCompressSync, deflateRawSync, deflateSync, gzipSync } from 'node:zlib';
import { afterEach, describe, expect, test } from 'vitest';
import { createLane } from './connection.ts';
import type { Lane, TransportOptions, WireRequest } from './http.ts';

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
  expect(answer).toMatchObject({ silence: 'reset', whileSending: true });
  expect(await lane.send(request())).toMatchObject({ silence: 'reset', whileSending: false });
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

test('a body in pieces is cut inside a character', async () => {
  const { lane, request, received } = await target((socket, text) => {
    if (text.endsWith('}')) socket.write(ok);
  });
  const body = Buffer.from('{"a":"bÄc"}');
  expect(await lane.send(request({ body, transfer: 'pieces' }))).toMatchObject({ status: 200 });
  expect(received).toHaveLength(2);
  expect(received[0]).toMatch(/\{"a":"b\xc3$/);
  expect(received[1]).toBe('\x84c"}');
  expect(await lane.send(request({ body: Buffer.from('{}'), transfer: 'pieces' }))).toMatchObject({ status: 200 });
  expect(received.slice(2).map((text) => text.slice(-1))).toEqual(['{', '}']);
});

describe('an expected body', () => {
  const expected = { transfer: 'expected' } as const;

  test('follows on a 100', async () => {
    const { lane, request, received } = await target((socket, text) =>
      socket.write(text.includes('100-continue') ? 'HTTP/1.1 100 Continue\r\n\r\n' : ok),
    );
    const start = performance.now();
    expect(await lane.send(request(expected))).toMatchObject({ status: 200 });
    expect(performance.now() - start).toBeLessThan(120);
    expect(received).toEqual([expect.stringMatching(/^Expect: 100-continue\r$/m), '{}']);
    expect(received[0]).toMatch(/^Content-Length: 2\r$/m);
  });

  test('follows without one, sooner once two were missed', async () => {
    const { lane, request, sockets } = await target((socket, text) => {
      if (text === '{}') socket.write(ok);
    });
    const times: number[] = [];
    for (let i = 0; i < 3; i += 1) {
      const start = performance.now();
      expect(await lane.send(request(expected))).toMatchObject({ status: 200 });
      times.push(performance.now() - start);
    }
    expect(times.slice(0, 2).every((time) => time >= 140)).toBe(true);
    expect(times[2]).toBeLessThan(100);
    expect(sockets.size).toBe(1);
  });

  test('is not sent after a final answer, and its connection not used again', async () => {
    const { lane, request, received, sockets } = await target((socket) =>
      socket.write('HTTP/1.1 417 No\r\nContent-Length: 2\r\n\r\nno'),
    );
    expect(await lane.send(request(expected))).toMatchObject({ status: 417 });
    await sleep(200);
    expect(received).toHaveLength(1);
    expect(received[0]).toMatch(/\r\n\r\n$/);
    await lane.send(request(expected));
    expect(sockets.size).toBe(2);
  });
});

test('an answer between two pieces leaves no half request on the connection', async () => {
  const { lane, request, received, sockets } = await target((socket) => socket.write(ok));
  expect(await lane.send(request({ transfer: 'pieces' }))).toMatchObject({ status: 200 });
  expect(await lane.send(request())).toMatchObject({ status: 200 });
  expect(sockets.size).toBe(2);
  expect(received.at(-1)).toMatch(/^POST/);
});

test('connections are fresh, reused or closing', async () => {
  const { lane, request, received, sockets } = await target((socket) => socket.write(ok));
  const counts: number[] = [];
  for (const connection of ['reused', 'reused', 'fresh', 'reused', 'closing', 'reused'] as const) {
    expect(await lane.send(request({ connection }))).toMatchObject({ status: 200 });
    counts.push(sockets.size);
  }
  expect(counts).toEqual([1, 1, 2, 2, 2, 3]);
  expect(received.map((text) => /^Connection: (.*)\r$/m.exec(text)?.[1])).toEqual([
    'keep-alive',
    'keep-alive',
    'keep-alive',
    'keep-alive',
    'close',
    'keep-alive',
  ]);
});

test('a body that is none is framed as such, or not at all', async () => {
  const { lane, request, received } = await target((socket) => socket.write(ok));
  await lane.send(request({ body: undefined }));
  await lane.send(request({ body: undefined, unframed: true }));
  await lane.send(request({ body: undefined, method: 'GET' }));
  const framing = received.map((text) => /^(content-length|transfer-encoding).*$/im.exec(text)?.[0]?.trim());
  expect(framing).toEqual(['Content-Length: 0', undefined, undefined]);
});

test.each([
  ['usual', ['Host', 'X-a', 'Connection', 'Content-Length', 'Transfer-Encoding', 'Expect']],
  ['lower', ['host', 'x-a', 'connection', 'content-length', 'transfer-encoding', 'expect']],
  ['upper', ['HOST', 'X-A', 'CONNECTION', 'CONTENT-LENGTH', 'TRANSFER-ENCODING', 'EXPECT']],
] as const)('every header name goes out in %s case', async (headerCase, names) => {
  const { lane, request, received } = await target((socket, text) => {
    if (/(\{\}|0\r\n\r\n)$/.test(text)) socket.write(ok);
    else socket.write('HTTP/1.1 100 Continue\r\n\r\n');
  });
  for (const transfer of ['whole', 'chunked', 'expected'] as const)
    expect(await lane.send(request({ headers: { 'X-a': 'b\nc' }, headerCase, transfer }))).toMatchObject({
      status: 200,
    });
  const sent = [...received.join('').matchAll(/^([A-Za-z-]+): /gm)].map(([, name]) => name);
  expect(new Set(sent)).toEqual(new Set(names));
  expect(sent.filter((name) => name?.toLowerCase() === 'x-a')).toHaveLength(6);
});

test.each([
  ['chunks', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n', '1\r\na\r\n'],
  ['interim answers', '', 'HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n'],
  ['header bytes', 'HTTP/1.1 200 OK\r\nX-A: ', 'a'],
  ['compressed nothing', 'HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n\r\n', gzipSync('').toString('latin1')],
])('endless %s end by the time-out', async (_, head, again) => {
  const { lane, request } = await target(
    (socket) => {
      socket.write(head);
      const timer = setInterval(() => socket.write(again, 'latin1'), 5);
      socket.on('close', () => clearInterval(timer));
    },
    { timeout: 150 },
  );
  expect(await lane.send(request())).toMatchObject({ silence: 'timeout' });
});

test('a flood of headers ends by their size', async () => {
  const { lane, request } = await target((socket) => {
    socket.write('HTTP/1.1 200 OK\r\n');
    const line = `X-A: ${'a'.repeat(8000)}\r\n`;
    const flood = (): void => {
      if (!socket.destroyed) socket.write(line, () => setImmediate(flood));
    };
    flood();
  });
  expect(await lane.send(request())).toMatchObject({ silence: 'protocol' });
});

test('closing a lane ends what is under way', async () => {
  const { lane, request } = await target(() => undefined);
  const under = lane.send(request());
  await sleep(20);
  await lane.close();
  expect(await under).toMatchObject({ silence: 'reset' });
});
