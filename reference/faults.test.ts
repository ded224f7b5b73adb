import { expect, test } from 'vitest';
import { type Reference, startReference } from './endpoint.ts';
import { faults } from './faults.ts';
import { tokens } from './world.ts';

const values = [
  '{}',
  '[]',
  '"word"',
  '1',
  '1.5',
  '"1"',
  'true',
  'null',
  '0',
  'false',
  '""',
  '"😀"',
  '16',
  `"${'x'.repeat(256)}"`,
  `"${'x'.repeat(401)}"`,
];
const names = ['image_type', 'image_id', 'os_type', 'delay_time', 'message', 'order_id', 'is_fix'];
const bodies: readonly (string | Uint8Array<ArrayBuffer>)[] = [
  ...names.flatMap((name) => values.map((value) => `{"image_id":"img-1","${name}":${value}}`)),
  ...[
    '',
    '[]',
    '{',
    '{}',
    '{"image_id":"img-1",}',
    '{"Image_Id":"img-1"}',
    '{"image_id":"img-2"}',
    '{"image_id":"img-9"}',
  ],
  `{"image_id":"img-1","a":${'['.repeat(200)}${']'.repeat(200)}}`,
  new Uint8Array([0xff]),
];
const sentTokens = [
  '',
  'x',
  tokens.valid.toLowerCase(),
  tokens.valid.slice(0, 20),
  tokens.expired,
  tokens.readonly,
  tokens.other,
];

async function probe(
  reference: Reference,
  pool: string,
  token: string,
  body: RequestInit['body'],
  method = 'POST',
): Promise<string> {
  try {
    const response = await fetch(`${reference.url}/v2/p1/desktop-pools/${pool}/rebuild`, {
      method,
      headers: { 'x-auth-token': token },
      redirect: 'manual',
      signal: AbortSignal.timeout(3000),
      ...(method === 'POST' && { body: body ?? null }),
    });
    return `${response.status} ${response.headers.get('content-type')} ${await response.text()}`;
  } catch {
    return 'silence';
  }
}

/** The answers to many requests, one after the other. */
async function* answers(reference: Reference): AsyncGenerator<string> {
  const good = '{"image_id":"img-1"}';
  for (const pool of ['pool-a', 'pool-z', 'pool-b', 'pool-f']) yield probe(reference, pool, tokens.valid, good);
  yield probe(reference, 'pool-z', 'x', good);
  for (const token of sentTokens) yield probe(reference, 'pool-a', token, good);
  yield probe(reference, 'pool-a', tokens.valid, good, 'GET');
  for (const body of bodies) yield probe(reference, 'pool-a', tokens.valid, body);
  for (let n = 0; n < 10; n += 1) yield probe(reference, 'pool-a', 'x', good);
}

test('each fault shows', async () => {
  const correct = await startReference();
  const expected: string[] = [];
  for await (const answer of answers(correct)) expected.push(answer);
  await correct.close();
  const hidden = await Promise.all(
    faults.map(async ({ id }) => {
      const reference = await startReference({ fault: id });
      let shown = false;
      let n = 0;
      for await (const answer of answers(reference)) {
        shown = answer !== expected[n];
        if (shown) break;
        n += 1;
      }
      await reference.close();
      return shown ? [] : [id];
    }),
  );
  expect(hidden.flat()).toEqual([]);
}, 30_000);
