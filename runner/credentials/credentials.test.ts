import { createHash } from 'node:crypto';
import { BasicCredentials } from '@huaweicloud/huaweicloud-sdk-core';
import { AKSKSigner } from '@huaweicloud/huaweicloud-sdk-core/auth/AKSKSigner.js';
import { expect, test } from 'vitest';
import { type CredentialUse, type SignaturePart, signatureParts, type TokenEdit } from '../../generators/model.ts';
import { verifySignature } from '../../reference/signed-request.ts';
import type { Lane, WireRequest } from '../wire/http.ts';
import { needsKnownKey } from './altered-signature.ts';
import { type Credentials, createCredentials, type UnsignedRequest } from './credentials.ts';
import { applyTokenEdit } from './edit.ts';
import { createRedaction } from './redaction.ts';
import { sign } from './signature.ts';

const request: UnsignedRequest = {
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

const edits: readonly TokenEdit[] = [
  ...[0, 0.25, 0.5, 0.75, 1].map((keep) => ({ on: 'token', edit: 'truncate', keep }) as const),
  ...['!!', '=', ' x'].map((text) => ({ on: 'token', edit: 'append', text }) as const),
  ...[
    [0, 1],
    [0, 0.5],
    [0.5, 1],
    [0, 0],
    [1, 1],
  ].map(([from = 0, to = 0]) => ({ on: 'token', edit: 'recase', from, to }) as const),
  ...[0, 0.001, 0.5, 0.999, 1].map((at) => ({ on: 'token', edit: 'replace', at }) as const),
  { on: 'token', edit: 'wrap', before: '"', after: '"' },
  { on: 'token', edit: 'wrap', before: 'Bearer ', after: '' },
  ...(['percent-encoded', 'Base64', 'reversed', 'doubled'] as const).map(
    (as) => ({ on: 'token', edit: 'rewrite', as }) as const,
  ),
];

test.each(['Rf7-ValidToken-kQ2xLmVb83HsZtYw', 'abc85365-0b2e-4b4f-a091-f7db72072d4b', 'eyJhbGciOi.J9.Zg=='])(
  'each edit makes another token of %s, and it is kept secret',
  async (token) => {
    const credentials = createCredentials({ kind: 'token', token }, noLane);
    const redact = createRedaction(credentials.secrets);
    for (const edit of edits) {
      const headers = await credentials.headers(request, { form: 'edited', edit });
      const value = headers?.['X-Auth-Token'] ?? '';
      expect(value, JSON.stringify(edit)).not.toBe(token);
      expect(value.trim()).not.toBe('');
      const decoded = (text: string): string => Buffer.from(text.replace(/=+$/, ''), 'base64').toString('hex');
      // A place that is replaced is one that counts when Base64 is decoded, too.
      if (edit.edit === 'replace' && /^[\w.]+=*$/.test(token)) expect(decoded(value)).not.toBe(decoded(token));
      if (edit.edit === 'truncate' && edit.keep < 0.5) continue;
      expect(redact(`<${value}>`).text.replaceAll('[redacted]', '').length, value).toBeLessThan(value.length / 2 + 3);
    }
  },
);

test('edits are by fractions of the length', () => {
  const edited = (edit: TokenEdit, token = 'Abcd1234'): string | undefined => applyTokenEdit(token, edit);
  expect(edited({ on: 'token', edit: 'truncate', keep: 0.75 })).toBe('Abcd12');
  expect(edited({ on: 'token', edit: 'truncate', keep: 1 })).toBe('Abcd123');
  expect(edited({ on: 'token', edit: 'truncate', keep: 1 }, 'Zgg=')).toBe('Zg');
  expect(edited({ on: 'token', edit: 'recase', from: 0, to: 1 })).toBe('aBCD1234');
  expect(edited({ on: 'token', edit: 'recase', from: 0, to: 0.25 })).toBe('aBcd1234');
  expect(edited({ on: 'token', edit: 'recase', from: 0.1, to: 0.1 }, '12ab')).toBe('12Ab');
  expect(edited({ on: 'token', edit: 'recase', from: 1, to: 1 })).toBe('abcd1234');
  expect(edited({ on: 'token', edit: 'replace', at: 0 })).toBe('xbcd1234');
  expect(edited({ on: 'token', edit: 'replace', at: 0.5 })).toBe('AbcdG234');
  expect(edited({ on: 'token', edit: 'replace', at: 1 }, 'abc=')).toBe('abx=');
  expect(edited({ on: 'token', edit: 'rewrite', as: 'percent-encoded' }, 'a=')).toBe('%61%3D');
});

test('a token that has no such form is not sent', () => {
  expect(applyTokenEdit('1234', { on: 'token', edit: 'recase', from: 0, to: 1 })).toBeUndefined();
  expect(applyTokenEdit('a', { on: 'token', edit: 'truncate', keep: 1 })).toBeUndefined();
  expect(applyTokenEdit('ab', { on: 'token', edit: 'replace', at: 0.5 })).toBeUndefined();
  expect(applyTokenEdit('aba', { on: 'token', edit: 'rewrite', as: 'reversed' })).toBeUndefined();
  expect(applyTokenEdit('', { on: 'token', edit: 'append', text: 'x' })).toBeUndefined();
});

test('a token has its other forms', async () => {
  const credentials = createCredentials({ kind: 'token', token: 'Abcd1234' }, noLane);
  const value = async (use: CredentialUse, override?: string): Promise<string | undefined> =>
    (await credentials.headers(request, use, override))?.['X-Auth-Token'];
  expect(await credentials.headers(request, { form: 'absent' })).toEqual({});
  expect(await value({ form: 'valid' })).toBe('Abcd1234');
  expect(await value({ form: 'empty' })).toBe('');
  expect(await value({ form: 'made up' })).toMatch(/^\w{16}$/);
  expect(await value({ form: 'made up', shape: 'unsigned JWT' })).toMatch(/^eyJ[\w-]+\.eyJ[\w-]+\.$/);
  expect(await value({ form: 'made up', shape: 'UUID', n: 1 })).toMatch(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
  expect(await value({ form: 'very long', length: 10_240 })).toHaveLength(10_240);
  expect(await value({ form: 'inherited', name: 'constructor' })).toBe('constructor');
  expect(await value({ form: 'odd characters', text: '\'"' })).toMatch(/^'"\w{16}$/);
  expect(await value({ form: 'two', order: 'valid first', by: 'lines' })).toMatch(/^Abcd1234\n\w{16}$/);
  expect(await value({ form: 'two', order: 'made up first', by: 'comma' })).toMatch(/^\w{16}, Abcd1234$/);
  expect(await value({ form: 'of the state' }, 'other')).toBe('other');
  expect(await value({ form: 'of the state' })).toBeUndefined();
  expect(await value({ form: 'edited', edit: { on: 'signature', part: 'path' } })).toBeUndefined();
  expect(await credentials.headers(request, { form: 'other scheme', scheme: 'Bearer' })).toEqual({
    Authorization: expect.stringMatching(/^Bearer \w{40}$/) as unknown,
  });
  // The token of the state is the one to change there, and is no less secret.
  const edit = { on: 'token', edit: 'truncate', keep: 0.75 } as const;
  expect(await value({ form: 'edited', edit }, 'StateToken12')).toBe('StateToke');
  expect(credentials.secrets.all).toEqual(['Abcd1234', 'other', 'StateToken12', 'StateToke']);
});

test('a use of a credential has words for reports', () => {
  const { describe } = createCredentials(undefined, noLane);
  expect(describe({ form: 'valid' })).toBe('[valid]');
  expect(describe({ form: 'edited', edit: { on: 'token', edit: 'recase', from: 0, to: 1 } })).toBe('[other case]');
  expect(describe({ form: 'edited', edit: { on: 'signature', part: 'no date' } })).toBe('[signature: no date]');
});

const keys = { access_key: 'RealKey', secret_key: 'secret-key', security_token: 'security-token' };
const local: UnsignedRequest = { ...request, origin: 'http://127.0.0.1:8443' };

/** Who signed a request, as the reference endpoint sees it. */
async function signerOf(
  credentials: Credentials,
  unsigned: UnsignedRequest,
  use: CredentialUse,
  key = keys,
): Promise<string | undefined> {
  const added = (await credentials.headers(unsigned, use)) ?? {};
  const all = { host: new URL(unsigned.origin).host, ...unsigned.headers, ...added };
  const headers = Object.fromEntries(Object.entries(all).map(([name, value]) => [name.toLowerCase(), [value]]));
  const bodyHash = createHash('sha256')
    .update(unsigned.body ?? '')
    .digest('hex');
  const known = { secret: key.secret_key, securityToken: key.security_token };
  const find = (name: string) => (name === key.access_key ? known : undefined);
  return verifySignature({ method: unsigned.method, target: unsigned.path, headers, bodyHash }, find, Date.now());
}

function altered(part: SignaturePart): CredentialUse {
  return { form: 'edited', edit: { on: 'signature', part } };
}

test.each(['usual', 'whole'] as const)(
  'with %s signing a request verifies, and with any part altered not',
  async (how) => {
    const headers = {
      'Content-Type': 'application/json',
      'X-Forwarded-For': '1.2.3.4',
      'X-Any': ' a  b ',
      Accept: '*/*',
    };
    const unsigned: UnsignedRequest = { ...local, headers, path: `${local.path}?b=2&a=%20`, signing: how };
    const credentials = createCredentials({ kind: 'aksk', ...keys }, noLane);
    expect(await signerOf(credentials, unsigned, { form: 'valid' })).toBe('RealKey');
    const authorization = (await credentials.headers(unsigned, { form: 'valid' }))?.['Authorization'];
    const signed = how === 'usual' ? 'content-type;host' : 'accept;content-type;host;x-any;x-sdk-content-sha256';
    expect(authorization).toContain(`SignedHeaders=${how === 'usual' ? `${signed};` : signed}`);
    expect(authorization).not.toContain('x-forwarded-for');
    const other = { ...unsigned, body: new TextEncoder().encode('{}'), signing: 'usual' } as const;
    await credentials.headers(other, { form: 'valid' });
    for (const part of signatureParts) {
      expect(await credentials.headers(unsigned, altered(part)), part).toBeDefined();
      expect(await signerOf(credentials, unsigned, altered(part)), part).toBeUndefined();
    }
    // What is sent beside an altered header is what a good request sends.
    expect(await signerOf(credentials, unsigned, { form: 'valid' })).toBe('RealKey');
  },
);

test('the real key appears in valid requests alone, where it may be locked', async () => {
  const credentials = createCredentials({ kind: 'aksk', ...keys }, noLane);
  expect((await credentials.headers(request, { form: 'valid' }))?.['Authorization']).toContain('Access=RealKey, ');
  for (const part of signatureParts) {
    const headers = await credentials.headers(request, altered(part));
    expect(headers === undefined, part).toBe(needsKnownKey(part));
    expect(JSON.stringify(headers ?? {}), part).not.toContain('RealKey');
  }
  expect(credentials.isStrained).toBe(false);
});

test('valid requests must come between trials with a key that the target knows', async () => {
  const credentials = createCredentials({ kind: 'aksk', ...keys }, noLane);
  for (const part of ['secret key', 'path', 'no date'] as const) {
    expect(credentials.isStrained).toBe(false);
    await credentials.headers(local, altered(part));
  }
  expect(credentials.isStrained).toBe(true);
  expect(await signerOf(credentials, local, { form: 'valid' })).toBe('RealKey');
  expect(credentials.isStrained).toBe(false);
});

test('a trial key takes the trials, and the valid requests between them', async () => {
  const trial_key = { access_key: 'TRIALKEY', secret_key: 'trial-secret', security_token: 'trial-token' };
  const credentials = createCredentials({ kind: 'aksk', ...keys, trial_key }, noLane);
  for (const part of ['body', 'host', 'first digit'] as const) {
    const headers = await credentials.headers(request, altered(part));
    expect(headers?.['Authorization'], part).toContain('Access=TRIALKEY, ');
    if (part !== 'first digit') expect(await signerOf(credentials, request, { form: 'valid' })).toBe('RealKey');
  }
  expect(credentials.isStrained).toBe(true);
  expect(await signerOf(credentials, request, { form: 'valid' }, trial_key)).toBe('TRIALKEY');
  expect(credentials.isStrained).toBe(false);
  expect(await signerOf(credentials, request, { form: 'valid' })).toBe('RealKey');
  expect(credentials.secrets.all).toEqual(['secret-key', 'security-token', 'trial-secret', 'trial-token']);
});

test('a token of IAM is fetched once, and again on demand', async () => {
  const sent: WireRequest[] = [];
  const lane: Lane = {
    send(wire) {
      sent.push(wire);
      const headers = { 'x-subject-token': `token-${sent.length}` };
      const answer = { status: 201, headers, body: new Uint8Array(), truncated: false, duration_ms: 1 };
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
  const both = await Promise.all([
    credentials.headers(request, { form: 'valid' }),
    credentials.headers(request, { form: 'valid' }),
  ]);
  expect(both).toEqual([{ 'X-Auth-Token': 'token-1' }, { 'X-Auth-Token': 'token-1' }]);
  expect(sent.map((wire) => wire.path)).toEqual(['/x/v3/auth/tokens']);
  await credentials.renew();
  expect(await credentials.headers(request, { form: 'valid' })).toEqual({ 'X-Auth-Token': 'token-2' });
  expect(credentials.secrets.all).toEqual(expect.arrayContaining(['pass', 'token-1', 'token-2']));
});
