import { connect } from 'node:net';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Reference, startReference } from './endpoint.ts';
import { tokens } from './world.ts';

let reference: Reference;
beforeAll(async () => {
  reference = await startReference();
});
afterAll(() => reference.close());

/** What comes back for raw bytes, until the connection closes. */
function raw(text: string): Promise<string> {
  return new Promise((resolve) => {
    const socket = connect(Number(new URL(reference.url).port), '127.0.0.1');
    let answer = '';
    socket.setTimeout(2000, () => socket.destroy());
    socket.on('data', (chunk) => {
      answer += chunk.toString();
    });
    socket.on('error', () => {});
    socket.on('close', () => resolve(answer));
    socket.write(text);
  });
}

const path = '/v2/p1/desktop-pools/pool-a/rebuild';
const post = `POST ${path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n`;

test.each([
  [
    'two tokens',
    `${post}X-Auth-Token: ${tokens.valid}\r\nX-Auth-Token: ${tokens.valid}\r\nContent-Length: 0\r\n\r\n`,
    401,
  ],
  ['no HTTP', 'nonsense\r\n\r\n', 400],
  ['TRACE', `TRACE ${path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`, 405],
  ['CONNECT', 'CONNECT x:1 HTTP/1.1\r\nHost: x\r\n\r\n', 405],
  ['odd host', `${post.replace('Host: x', 'Host: a b')}Content-Length: 0\r\n\r\n`, 400],
  ['odd target', `POST //%zz HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`, 404],
  ['dot segments', `POST /x/..${path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`, 404],
  ['huge header', `${post}X-A: ${'a'.repeat(200_000)}\r\n\r\n`, 431],
])('%s', async (_name, text, status) => {
  const answer = await raw(text);
  expect(answer.split('\r\n', 1)[0]).toContain(`HTTP/1.1 ${status}`);
  expect(answer).toContain('error_code');
});

test('a body that breaks off leaves the endpoint alive', async () => {
  const socket = connect(Number(new URL(reference.url).port), '127.0.0.1');
  socket.on('error', () => {});
  socket.write(`${post}Content-Length: 100\r\n\r\n{`, () => socket.resetAndDestroy());
  await new Promise((resolve) => socket.on('close', resolve));
  expect((await fetch(`${reference.url}/nowhere`)).status).toBe(404);
});

test('closes at once while an answer hangs', async () => {
  const hanging = await startReference({ fault: 'hangs-on-malformed-json' });
  const pending = fetch(hanging.url + path, { method: 'POST', headers: { 'x-auth-token': tokens.valid }, body: '{' });
  const failed = expect(pending).rejects.toThrow();
  await new Promise((resolve) => setTimeout(resolve, 50));
  await hanging.close();
  await failed;
});

/** The statuses of many requests, one after the other. */
async function nuisances(seed: number): Promise<readonly number[]> {
  const noisy = await startReference({ nuisance: true, seed });
  const statuses: number[] = [];
  for (let n = 0; n < 300; n += 1) {
    const response = await fetch(noisy.url + path, {
      method: 'POST',
      headers: { 'x-auth-token': tokens.valid },
      body: '{"image_id":"img-1"}',
    });
    statuses.push(response.status);
    if ([429, 503].includes(response.status)) expect(response.headers.get('retry-after')).toMatch(/^[01]$/);
    await response.text();
  }
  await noisy.close();
  return statuses;
}

test('nuisance keeps every answer documented or to be retried, and depends on the seed alone', async () => {
  const [first, again, other] = await Promise.all([nuisances(1), nuisances(1), nuisances(2)]);
  expect([...new Set(first)].sort()).toEqual([200, 429, 503]);
  expect(again).toEqual(first);
  expect(other).not.toEqual(first);
});
