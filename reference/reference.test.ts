import picomatch from 'picomatch';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { requirements } from '../specs/requirements.ts';
import { rowsOf } from './breaks.ts';
import { type Reference, startReference } from './endpoint.ts';
import { faults } from './faults.ts';
import { tokens } from './world.ts';

const path = '/v2/p1/desktop-pools/pool-a/rebuild';

interface Sent {
  readonly method?: string;
  readonly path?: string;
  readonly token?: string;
  readonly body?: string | Uint8Array<ArrayBuffer>;
}

function send(reference: Reference, sent: Sent = {}): Promise<Response> {
  const method = sent.method ?? 'POST';
  return fetch(reference.url + (sent.path ?? path), {
    method,
    headers: { 'x-auth-token': sent.token ?? tokens.valid, 'content-type': 'application/json' },
    ...(method === 'POST' && { body: sent.body ?? '{"image_id":"img-1"}' }),
  });
}

const body = (extra: object): Sent => ({ body: JSON.stringify({ image_id: 'img-1', ...extra }) });
const pool = (id: string): Sent => ({ path: path.replace('pool-a', id) });

describe('the correct endpoint', () => {
  let reference: Reference;
  beforeAll(async () => {
    reference = await startReference();
  });
  afterAll(() => reference.close());

  test.each<[string, Sent, number]>([
    ['minimal', {}, 200],
    [
      'full',
      body({
        image_type: '',
        os_type: 'Windows',
        delay_time: 15,
        message: '😀'.repeat(200),
        order_id: 'x',
        is_fix: false,
      }),
      200,
    ],
    ['other notation', { body: '{"image_id":"img-1","delay_time":1.5e1,"os_type":null}' }, 200],
    ['billed with order', body({ image_id: 'img-9', order_id: 'CS123' }), 200],
    ['billed without order', body({ image_id: 'img-9' }), 400],
    ['no image_id', { body: '{"__proto__":{"image_id":"img-1"}}' }, 400],
    ['null image_id', body({ image_id: null }), 400],
    ['fraction', body({ delay_time: 1.5 }), 400],
    ['delay 16', body({ delay_time: 16 }), 400],
    ['long message', body({ message: 'x'.repeat(401) }), 400],
    ['malformed', { body: '{"image_id":"img-1",}' }, 400],
    ['empty', { body: '' }, 400],
    ['byte-order mark', { body: '\ufeff{"image_id":"img-1"}' }, 400],
    ['invalid UTF-8', { body: new Uint8Array([0x22, 0xff, 0x22]) }, 400],
    ['deep', { body: `{"image_id":"img-1","a":${'['.repeat(9999)}${']'.repeat(9999)}}` }, 400],
    ['large', body({ a: 'x'.repeat(2 ** 20) }), 413],
    ['unknown image', body({ image_id: 'img-2' }), 404],
    ['unknown pool', pool('pool-z'), 404],
    ['broken percent', pool('pool-%zz'), 400],
    ['busy pool', pool('pool-b'), 409],
    ['failing pool', pool('pool-f'), 500],
    ['empty token', { token: '' }, 401],
    ['other case', { token: tokens.valid.toLowerCase() }, 401],
    ['expired', { token: tokens.expired }, 401],
    ['no permission', { token: tokens.readonly }, 403],
    ['other project', { token: tokens.other }, 403],
    ['GET', { method: 'GET' }, 405],
    ['elsewhere', { path: '/v2' }, 404],
  ])('%s', async (_name, sent, status) => {
    const response = await send(reference, sent);
    expect(response.status).toBe(status);
    expect(response.headers.get('content-type')).toBe('application/json');
    const answer = (await response.json()) as object;
    expect(Object.keys(answer)).toEqual(status === 200 ? ['job_id'] : ['error_code', 'error_msg']);
  });

  test('HEAD has no body', async () => {
    const response = await send(reference, { method: 'HEAD' });
    expect([response.status, response.headers.get('allow'), await response.text()]).toEqual([405, 'POST', '']);
  });

  test('hands out states and knows no others', async () => {
    const ask = (state: string): Promise<Response> =>
      fetch(`${reference.url}/_states`, {
        method: 'POST',
        body: JSON.stringify({ state, params: {}, action: 'setup' }),
      });
    expect(await (await ask('pool is ready')).json()).toEqual({
      project_id: 'p1',
      pool_id: 'pool-a',
      image_id: 'img-1',
    });
    expect((await ask('constructor')).status).toBe(404);
  });
});

describe('the correct endpoint of 2026-01', () => {
  let reference: Reference;
  beforeAll(async () => {
    reference = await startReference({ edition: '2026-01' });
  });
  afterAll(() => reference.close());

  test.each<[string, object, number]>([
    ['an order, of which it knows nothing', { order_id: 5 }, 200],
    ['a documented value', { handle_type: 'ONLY_FOR_EXPAND' }, 200],
    ['a value of no list', { handle_type: 'only_for_expand' }, 400],
    ['a key', { encrypt_type: 'ENCRYPTED', kms_id: 'key-1' }, 200],
    ['a key that is not used', { encrypt_type: 'KEEP', kms_id: 'key-2' }, 200],
    ['no key', { encrypt_type: 'ENCRYPTED' }, 400],
    ['an empty key', { encrypt_type: 'ENCRYPTED', kms_id: '' }, 400],
    ['an unknown key', { encrypt_type: 'ENCRYPTED', kms_id: 'key-2' }, 404],
    ['desktops', { desktop_ids: ['desktop-2', 'desktop-1'] }, 200],
    ['no desktop', { desktop_ids: [] }, 200],
    ['an unknown desktop', { desktop_ids: ['desktop-3'] }, 404],
    ['a desktop twice', { desktop_ids: ['desktop-1', 'desktop-1'] }, 400],
    ['a desktop that is a number', { desktop_ids: [1] }, 400],
    ['too many desktops', { desktop_ids: Array.from({ length: 1001 }, (_, i) => `${i}`) }, 400],
  ])('%s', async (_name, extra, status) => {
    expect((await send(reference, body(extra))).status).toBe(status);
  });

  test('tells what tests it', () => {
    const { edition, states } = reference.configuration as { edition: string; states: Record<string, object> };
    expect(edition).toBe('2026-01');
    expect(states).not.toHaveProperty('image is billed');
    expect(states['pool is ready']).toMatchObject({ kms_id: 'key-1', desktop_ids: ['desktop-1', 'desktop-2'] });
  });
});

test('a pool is busy for a while after an acceptance', async () => {
  const reference = await startReference({ busyMs: 150 });
  expect((await send(reference)).status).toBe(200);
  expect((await send(reference)).status).toBe(409);
  await new Promise((resolve) => setTimeout(resolve, 200));
  expect((await send(reference)).status).toBe(200);
  await reference.close();
});

test('the same seed gives the same jobs', async () => {
  const ids: unknown[] = [];
  for (const seed of [7, 7, 8]) {
    const reference = await startReference({ seed });
    ids.push(await (await send(reference)).json());
    await reference.close();
  }
  expect(ids[0]).toEqual(ids[1]);
  expect(ids[0]).not.toEqual(ids[2]);
});

test('an unknown fault is refused', async () => {
  await expect(startReference({ fault: 'nothing' })).rejects.toThrow('nothing');
});

test('fault ids are unique', () => {
  expect(new Set(faults.map(({ id }) => id)).size).toBe(faults.length);
});

test.each(faults)('$id starts, and names requirements that exist', async ({ id, breaks, sometimes = [] }) => {
  const reference = await startReference({ fault: id });
  const { status } = await send(reference);
  expect(status).toBe(id === 'answers-202' ? 202 : 200);
  await reference.close();
  for (const pattern of [...breaks, ...sometimes].map(rowsOf))
    expect(
      requirements.some((row) => picomatch.isMatch(row.id, pattern)),
      pattern,
    ).toBe(true);
});
