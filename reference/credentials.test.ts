import { createHash, createHmac } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Reference, startReference } from './endpoint.ts';
import { type SecretKey, type SignedRequest, verifySignature } from './signed-request.ts';
import { accessKeys, account } from './world.ts';

let reference: Reference;
beforeAll(async () => {
  reference = await startReference({ auth: 'iam' });
});
afterAll(() => reference.close());

describe('signatures', () => {
  const now = Date.UTC(2026, 0, 2, 3, 4, 5);
  const keys: Readonly<Record<string, SecretKey>> = {
    AK: { secret: 'sk' },
    TEMP: { secret: 'sk', securityToken: 'st' },
  };
  const sha = (text: string): string => createHash('sha256').update(text).digest('hex');

  /** A request signed by hand: every line of the canonical form is written out here. */
  function signed(access = 'AK', date = '20260102T030405Z', hash = sha('{}')): SignedRequest {
    const names = 'content-type;host;x-sdk-date';
    const lines = `content-type:application/json\nhost:h:1\nx-sdk-date:${date}\n`;
    const canonical = `POST\n/v2/a%20b/%C3%A9/\na=1&b=%2F\n${lines}\n${names}\n${hash}`;
    const signature = createHmac('sha256', 'sk')
      .update(`SDK-HMAC-SHA256\n${date}\n${sha(canonical)}`)
      .digest('hex');
    return {
      method: 'POST',
      target: '/v2/a%20b/%c3%A9?b=/&a=1',
      headers: {
        authorization: [`SDK-HMAC-SHA256 Access=${access}, SignedHeaders=${names}, Signature=${signature}`],
        'content-type': ['application/json'],
        host: ['h:1'],
        'x-sdk-date': [date],
      },
      bodyHash: sha('{}'),
    };
  }
  const verify = (request: SignedRequest): string | undefined => verifySignature(request, (id) => keys[id], now);
  const adding = (request: SignedRequest, name: string, ...values: readonly string[]): SignedRequest => ({
    ...request,
    headers: { ...request.headers, [name]: values },
  });

  /** The credential of a request, its last sixteen digits replaced. */
  function endedOtherwise({ headers }: SignedRequest): string {
    const [value = ''] = headers['authorization'] ?? [];
    return value.slice(0, -16).padEnd(value.length, value.endsWith('0') ? '1' : '0');
  }

  test('a right one names its key', () => {
    expect(verify(signed())).toBe('AK');
    expect(verify(signed('AK', '20260102T025000Z'))).toBe('AK');
    expect(verify(adding(signed(), 'x-not-signed', 'any'))).toBe('AK');
    expect(verify(adding(signed('TEMP'), 'x-security-token', 'st'))).toBe('TEMP');
    const unsigned = signed('AK', '20260102T030405Z', 'UNSIGNED-PAYLOAD');
    expect(verify(adding(unsigned, 'x-sdk-content-sha256', 'UNSIGNED-PAYLOAD'))).toBe('AK');
  });

  test.each<[string, SignedRequest]>([
    ['another body', { ...signed(), bodyHash: sha('{ }') }],
    [
      'a body unlike the declared one',
      { ...adding(signed(), 'x-sdk-content-sha256', sha('{}')), bodyHash: sha('{ }') },
    ],
    ['another end of the signature', adding(signed(), 'authorization', endedOtherwise(signed()))],
    ['another declared body', adding(signed(), 'x-sdk-content-sha256', sha('{ }'))],
    ['another method', { ...signed(), method: 'PUT' }],
    ['another path', { ...signed(), target: '/v2/a%20b/x?b=/&a=1' }],
    ['another query', { ...signed(), target: '/v2/a%20b/%C3%A9?b=/' }],
    ['another signed header', adding(signed(), 'content-type', 'text/plain')],
    ['a signed header that is missing', adding(signed(), 'host')],
    ['an unknown key', signed('NOBODY')],
    ['an old date', signed('AK', '20260102T024904Z')],
    ['a date to come', signed('AK', '20260102T031906Z')],
    ['a date of another form', signed('AK', '2026-01-02T03:04:05Z')],
    ['no security token', signed('TEMP')],
    ['another security token', adding(signed('TEMP'), 'x-security-token', 'ts')],
    ['a needless security token', adding(signed(), 'x-security-token', 'st')],
    ['no signature', adding(signed(), 'authorization', '')],
  ])('%s is refused', (_name, request) => {
    expect(verify(request)).toBeUndefined();
  });

  test('the endpoint wants them where there is no token', async () => {
    const answer = await fetch(`${reference.url}/v2/p1/desktop-pools/pool-a/rebuild`, {
      method: 'POST',
      headers: {
        authorization: `SDK-HMAC-SHA256 Access=${accessKeys.lasting.id}, SignedHeaders=host, Signature=${sha('')}`,
      },
      body: '{"image_id":"img-1"}',
    });
    expect(answer.status).toBe(401);
  });
});

describe('the identity service', () => {
  const ask = (user: object, scope: object = { project: { name: account.project } }): Promise<Response> =>
    fetch(`${reference.url}/v3/auth/tokens`, {
      method: 'POST',
      body: JSON.stringify({ auth: { identity: { methods: ['password'], password: { user } }, scope } }),
    });
  const known = { name: account.user, password: account.password, domain: { name: account.domain } };

  test('gives a new token each time, which is then good', async () => {
    const tokens: string[] = [];
    for (const answer of [await ask(known), await ask(known, { project: { id: account.project } })]) {
      expect(answer.status).toBe(201);
      const token = answer.headers.get('x-subject-token') ?? '';
      tokens.push(token);
      const rebuilt = await fetch(`${reference.url}/v2/p1/desktop-pools/pool-a/rebuild`, {
        method: 'POST',
        headers: { 'x-auth-token': token },
        body: '{"image_id":"img-1"}',
      });
      expect(rebuilt.status).toBe(200);
    }
    expect(new Set(tokens).size).toBe(2);
  });

  test.each<[number, object, object?]>([
    [401, { ...known, password: 'x' }],
    [401, { ...known, name: 'x' }],
    [401, { ...known, domain: { name: 'x' } }],
    [401, known, { project: { name: 'p2' } }],
    [400, known, {}],
  ])('answers %i to %j %j', async (status, user, scope) => {
    const answer = await ask(user, scope);
    expect([answer.status, answer.headers.get('x-subject-token')]).toEqual([status, null]);
  });
});
