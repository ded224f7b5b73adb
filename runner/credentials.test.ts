import { createHash } from 'node:crypto';
import { BasicCredentials } from '@huaweicloud/huaweicloud-sdk-core';
import { AKSKSigner } from '@huaweicloud/huaweicloud-sdk-core/auth/AKSKSigner.js';
import { expect, test } from 'vitest';
import { verifySignature } from '../reference/signed-request.ts';
import { createCredentials } from './credentials.ts';
import type { Answer, Lane, WireRequest } from './http.ts';
import { createRedaction } from './redaction.ts';
import { sign } from './signature.ts';

const request: WireRequest = {
  method: 'POST',
  origin: 'https://example.test:8443',
  path: '/v2/p1/desktop-pools/a/rebuild',
  headers: { 'content-type': 'application/json' },
  body: Buffer.from('{"image_id":"i"}'),
};
const noLane = (): Lane => {
  throw new Error('no lane expected');
};

test.each([
  ['POST', '/v2/p1/desktop-pools/a/rebuild', {}, { image_id: 'ü' }],
  ['POST', '/base/', { 'x-project-id': 'p1', 'x-security-token': 'st' }, { image_id: 'i', delay_time: 3 }],
  ['GET', '/v2/a~b/c(d)*', {}, undefined],
  ['GET', '/v2/p1/x?b=2&a=1&c=', {}, undefined],
] as const)('the signature of %s %s is that of the SDK', (method, path, extra, data) => {
  const date = new Date('2026-11-23T17:48:17.123Z');
  const headers: Record<string, string> = { host: 'example.test:8443', 'content-type': 'application/json', ...extra };
  const url = new URL(path, 'https://example.test:8443');
  const theirs: Record<string, string> = AKSKSigner.sign(
    {
      endpoint: `https://example.test:8443${path.split('?')[0]}`,
      method,
      queryParams: Object.fromEntries(url.searchParams),
      headers: { ...headers, 'X-Sdk-Date': '20261123T174817Z' },
      data,
    } as unknown as Parameters<typeof AKSKSigner.sign>[0],
    new BasicCredentials().withAk('AK').withSk('SK') as unknown as Parameters<typeof AKSKSigner.sign>[1],
  );
  const body = data === undefined ? undefined : Buffer.from(JSON.stringify(data));
  const keys = { access_key: 'AK', secret_key: 'SK', ...('x-security-token' in extra ? { security_token: 'st' } : {}) };
  expect(sign({ method, path, headers, body }, keys, date)['Authorization']).toBe(theirs['Authorization']);
});

test('a token has its variations', async () => {
  const credentials = createCredentials({ kind: 'token', token: 'Abcd1234' }, noLane);
  const value = async (...rest: [Parameters<typeof credentials.headers>[1], string?]) =>
    (await credentials.headers(request, ...rest))?.['X-Auth-Token'];
  expect(await credentials.headers(request, 'absent')).toEqual({});
  expect(await value('valid')).toBe('Abcd1234');
  expect(await value('empty')).toBe('');
  expect(await value('truncated')).toBe('Abcd12');
  expect(await value('extended')).toBe('Abcd1234!!');
  expect(await value('other case')).toBe('aBCD1234');
  expect(await value('garbage')).toMatch(/^\w{8}$/);
  expect(await value('two')).toMatch(/^Abcd1234\n\w{8}$/);
  expect(await value('configured', 'other')).toBe('other');
  expect(await credentials.headers(request, 'configured')).toBeUndefined();
  const digits = createCredentials({ kind: 'token', token: '1234' }, noLane);
  expect(await digits.headers(request, 'other case')).toBeUndefined();
});

test('the real access key appears in valid requests alone', async () => {
  const credentials = createCredentials({ kind: 'aksk', access_key: 'REALKEY', secret_key: 'sk' }, noLane);
  expect((await credentials.headers(request, 'valid'))?.['Authorization']).toContain('Access=REALKEY, ');
  for (const use of ['absent', 'empty', 'garbage', 'truncated', 'extended', 'other case', 'two'] as const) {
    expect(JSON.stringify((await credentials.headers(request, use)) ?? {})).not.toContain('REALKEY');
  }
});

test('on loopback the real key shows once each whether a signature is looked at, with valid requests between', async () => {
  const local: WireRequest = { ...request, origin: 'http://127.0.0.1:8443' };
  const keys = { access_key: 'REALKEY', secret_key: 'sk' };
  const credentials = createCredentials({ kind: 'aksk', ...keys }, noLane);
  const known = (key: string) => (key === keys.access_key ? { secret: keys.secret_key } : undefined);
  const signer = async (use: Parameters<typeof credentials.headers>[1]): Promise<string | undefined> => {
    const added = (await credentials.headers(local, use)) ?? {};
    expect(added['Authorization']).toContain('Access=REALKEY, ');
    const all = { host: '127.0.0.1:8443', ...local.headers, ...added };
    const headers = Object.fromEntries(Object.entries(all).map(([name, value]) => [name.toLowerCase(), [value]]));
    const bodyHash = createHash('sha256')
      .update(local.body ?? '')
      .digest('hex');
    return verifySignature({ method: local.method, target: local.path, headers, bodyHash }, known, Date.now());
  };
  for (const use of ['garbage', 'truncated', 'extended'] as const) expect(await signer(use), use).toBeUndefined();
  expect(credentials.isStrained).toBe(true);
  expect(await signer('valid')).toBe('REALKEY');
  expect(credentials.isStrained).toBe(false);
  for (const use of ['other case', 'other end'] as const) expect(await signer(use), use).toBeUndefined();
  expect(credentials.words?.('other case')).toBe('a header is not the one that was signed');
  // The second time a made-up key is used.
  expect((await credentials.headers(local, 'garbage'))?.['Authorization']).not.toContain('REALKEY');
});

test('a token of IAM is fetched once, and again on demand', async () => {
  const sent: WireRequest[] = [];
  const lane: Lane = {
    send(wire) {
      sent.push(wire);
      const headers = { 'x-subject-token': `token-${sent.length}` };
      const answer: Answer = { status: 201, headers, body: new Uint8Array(), truncated: false, duration_ms: 1 };
      return Promise.resolve(answer);
    },
    close: () => Promise.resolve(),
  };
  const auth = {
    kind: 'iam',
    url: 'https://iam.test/x/',
    domain: 'd',
    user: 'u',
    password: 'pass',
    project: 'eu',
  } as const;
  const credentials = createCredentials(auth, () => lane);
  const both = await Promise.all([credentials.headers(request, 'valid'), credentials.headers(request, 'valid')]);
  expect(both).toEqual([{ 'X-Auth-Token': 'token-1' }, { 'X-Auth-Token': 'token-1' }]);
  expect(sent.map((wire) => wire.path)).toEqual(['/x/v3/auth/tokens']);
  await credentials.renew();
  expect(await credentials.headers(request, 'valid')).toEqual({ 'X-Auth-Token': 'token-2' });
  expect(credentials.secrets()).toEqual(expect.arrayContaining(['pass', 'token-1', 'token-2']));
});

test('secrets are redacted however they are written', () => {
  const secret = 'a/b "c"+é';
  const redact = createRedaction(() => [secret, 'abc', 'long', 'longer']);
  const encoded = encodeURIComponent(secret);
  for (const text of [secret, encoded, encoded.toLowerCase(), JSON.stringify(secret).slice(1, -1)]) {
    expect(redact(`<${text}>`)).toBe('<[redacted]>');
  }
  expect(redact(Buffer.from(secret).toString('base64'))).toBe('[redacted]');
  expect(redact('abc longer')).toBe('abc [redacted]');
});
