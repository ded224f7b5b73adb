import { createServer, type RequestListener, type Server } from 'node:http';
import { afterEach, expect, test } from 'vitest';
import type { Configuration } from '../../specs/configuration.ts';
import { defaultEdition } from '../../specs/editions.ts';
import { Fixtures } from './fixtures.ts';

const ready = { project_id: 'p1', pool_id: 'pool-a', image_id: 'image-a' };
const servers: Server[] = [];

afterEach(() => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    server.close();
  }
});

function fixtures(more: Partial<Configuration> = {}, timeout = 1000): Fixtures {
  const configuration: Configuration = {
    edition: defaultEdition,
    target: { url: 'http://127.0.0.1:1' },
    auth: undefined,
    states: { 'pool is ready': ready },
    pools: [ready.pool_id],
    state_handler: undefined,
    allow_rebuild: true,
    limits: { rate: undefined, concurrency: 1, timeout: 1000, rebuilds: 400, ready_wait: 0 },
    waivers: [],
    ...more,
  };
  return new Fixtures(configuration, 'random-pool', { timeout });
}

async function handler(listener: RequestListener): Promise<string> {
  const server = createServer(listener);
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  return `http://127.0.0.1:${typeof address === 'object' ? address?.port : 0}/`;
}

const answering = (value: unknown, status = 200): Promise<string> =>
  handler((_, outgoing) => outgoing.writeHead(status).end(typeof value === 'string' ? value : JSON.stringify(value)));

test('without a handler the configuration says all', async () => {
  const states = { 'pool is ready': { ...ready, token: 'ready-token' }, 'token is expired': { token: 'old-token' } };
  const values = fixtures({ states });
  expect(await values.provide('pool is ready')).toEqual({ fixture: ready });
  expect(await values.provide('token is expired')).toEqual({ fixture: ready });
  expect(await values.provide('pool does not exist')).toEqual({ fixture: { ...ready, pool_id: 'random-pool' } });
  expect(await values.provide('pool is busy')).toEqual({ untested: { why: 'no state', state: 'pool is busy' } });
  expect(values.tokenOf('pool is ready')).toBe('ready-token');
  expect(values.tokenOf('token is expired')).toBe('old-token');
  expect(values.tokenOf('pool is busy')).toBeUndefined();
  expect(values.validTokenIn('token is expired')).toBe('ready-token');
  expect(values.secrets.all).toEqual(['ready-token', 'old-token']);
});

test.each([404, 501])('what the handler answers %i for is untested although it is configured', async (status) => {
  const busy = { ...ready, pool_id: 'pool-b' };
  const states = { 'pool is ready': ready, 'pool is busy': busy };
  const values = fixtures({ states, state_handler: await answering(busy, status) });
  for (const state of ['pool is busy', 'pool is ready', 'pool does not exist'] as const)
    expect(await values.provide(state)).toEqual({ untested: { why: 'handler cannot', state } });
});

test('the handler goes before the configuration; its token stays behind', async () => {
  const values = fixtures({ state_handler: await answering({ pool_id: 'pool-b', token: 'handed', more: 1 }) });
  expect(await values.provide('pool is busy')).toEqual({ fixture: { ...ready, pool_id: 'pool-b' } });
  expect(values.tokenOf('pool is busy')).toBe('handed');
  expect(values.validTokenIn('pool is busy')).toBe('handed');
  expect(values.secrets.all).toEqual(['handed']);
});

test('the handler is asked for a state, and may have no values of its own for it', async () => {
  let asked = '';
  const url = await handler((incoming, outgoing) => {
    incoming.on('data', (part) => {
      asked += part;
    });
    incoming.on('end', () => outgoing.end());
  });
  const values = fixtures({ state_handler: url });
  expect(await values.provide('pool does not exist')).toEqual({ fixture: { ...ready, pool_id: 'random-pool' } });
  expect(JSON.parse(asked)).toEqual({ state: 'pool does not exist', params: {}, action: 'setup' });
  expect(await values.provide('image is billed')).toEqual({
    untested: { why: 'no value', state: 'image is billed', names: ['order_id'] },
  });
});

test('values that are missing are named', async () => {
  const values = fixtures({ states: { 'pool is ready': { pool_id: 'pool-a', image_id: '' } } });
  expect(await values.provide('pool is ready')).toEqual({
    untested: { why: 'no value', state: 'pool is ready', names: ['project_id', 'image_id'] },
  });
});

test.each([
  [{ pool_id: 1 }, 'pool_id'],
  [{ pool_id: ['a'] }, 'pool_id'],
  [{ token: null }, 'token'],
  [{ image_id: 'a\u0000b' }, 'image_id'],
  [{ image_id: 'a\nb' }, 'image_id'],
  [[ready], 'no JSON object'],
  ['{"token": "s3cret-in-broken-json', 'no JSON object'],
])('an answer of the wrong kind is an error: %j', async (answer, what) => {
  const provided = await fixtures({ state_handler: await answering(answer) }).provide('pool is ready');
  expect(provided).toEqual({ error: expect.stringContaining(what) });
  expect(JSON.stringify(provided)).not.toContain('s3cret');
});

test('other statuses, and no handler at all, are errors', async () => {
  expect(await fixtures({ state_handler: await answering({}, 500) }).provide('pool is ready')).toEqual({
    error: 'the state handler answered 500 for "pool is ready"',
  });
  expect(await fixtures({ state_handler: 'http://127.0.0.1:1/' }).provide('pool is ready')).toEqual({
    error: expect.stringContaining('ECONNREFUSED'),
  });
});

test.each(['fast', 'slow'])('a %s answer without end is bounded', async (speed) => {
  let closed = false;
  const url = await handler((_, outgoing) => {
    outgoing.on('close', () => {
      closed = true;
    });
    const timer = setInterval(() => outgoing.write(' '.repeat(speed === 'fast' ? 10_000 : 1)), 1);
    outgoing.on('close', () => clearInterval(timer));
  });
  expect(await fixtures({ state_handler: url }, 200).provide('pool is ready')).toEqual({
    error: expect.stringContaining(speed === 'fast' ? 'more than 64 KiB' : 'no whole answer came within 200 ms'),
  });
  await expect.poll(() => closed).toBe(true);
});

test('a handler that gives no answer twice in a row is not asked again', async () => {
  let asked = 0;
  const url = await handler((_, outgoing) => {
    asked += 1;
    if (asked === 2) outgoing.end('{}');
  });
  const values = fixtures({ state_handler: url }, 100);
  const provided: unknown[] = [];
  for (let n = 0; n < 6; n += 1) provided.push(await values.provide('pool is ready'));
  expect(provided[1]).toEqual({ fixture: ready });
  expect(provided.at(-1)).toEqual({ error: expect.stringMatching(/was not asked .* no answer 2 times in a row/) });
  expect(asked).toBe(4);
});

test.each([`${'['.repeat(30_000)}${']'.repeat(30_000)}`, '{"__proto__":{"pool_id":"other-pool"}}'])(
  'an answer that is meant to harm hands out nothing: %#',
  async (text) => {
    const provided = await fixtures({ state_handler: await answering(text) }).provide('pool is ready');
    expect(JSON.stringify(provided)).not.toContain('other-pool');
  },
);

test('without consent there is a pool that nobody has, and nothing else', async () => {
  const values = fixtures({ allow_rebuild: false, state_handler: 'http://127.0.0.1:1/' });
  expect(await values.provide('pool is ready')).toEqual({ untested: { why: 'consent' } });
  expect(await values.provide('pool does not exist')).toEqual({ fixture: { ...ready, pool_id: 'random-pool' } });
  expect(await fixtures({ allow_rebuild: false, states: {} }).provide('pool does not exist')).toEqual({
    fixture: { project_id: 'unknown-project', pool_id: 'random-pool', image_id: 'unknown-image' },
  });
});

test('each state is asked for on a connection of its own, for a kept one may be closed meanwhile', async () => {
  let connections = 0;
  const url = await answering({ pool_id: 'pool-c' });
  servers[0]?.on('connection', () => {
    connections += 1;
  });
  const values = fixtures({ state_handler: url });
  for (let n = 0; n < 3; n += 1)
    expect(await values.provide('pool is ready')).toMatchObject({ fixture: { pool_id: 'pool-c' } });
  expect(connections).toBe(3);
});
