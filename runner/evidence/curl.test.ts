import { execFileSync } from 'node:child_process';
import { expect, test } from 'vitest';
import { plain } from '../../generators/contexts.ts';
import type { CredentialUse, Draft } from '../../generators/model.ts';
import { render } from '../../generators/render.ts';
import { defaultEdition } from '../../specs/editions.ts';
import { describeUse } from '../credentials/edit.ts';
import { shownCredential } from '../credentials/shown.ts';
import type { Exchange } from '../decide/procedure.ts';
import { curlLine } from './curl.ts';

const fixture = { project_id: 'p1', pool_id: 'pool-a', image_id: 'img-1' };
const base = 'http://127.0.0.1:1';
const origin = { token: 'secret', name: 'ACME_TOKEN' };

function exchange(body: string | Uint8Array, over: Partial<Draft> = {}, secret = 'secret'): Exchange {
  const made = render({ fixture, edition: defaultEdition }, plain);
  const bytes = typeof body === 'string' ? new TextEncoder().encode(body) : body;
  const request: Draft = { ...made.request, headers: {}, body: bytes, ...over };
  return {
    sending: {
      id: 1,
      play: { context: plain, deviation: undefined },
      case: { ...made, request },
      fixture,
      given: 'pool is ready',
      at: 'pool is ready',
      rows: [],
      mayAct: true,
    },
    ...shownCredential(request.credential, { 'X-Auth-Token': secret }, { describe: describeUse }, origin),
    result: { silence: 'timeout', reason: 'none', reused: false, whileSending: false },
    started: 0,
    ended: 0,
  };
}

function lineOf(one: Exchange): string {
  return curlLine(one, `${base}${one.sending.case.request.path}`);
}

test('a credential that is good comes from the environment', () => {
  expect(lineOf(exchange('{}'))).toBe(
    `curl -sS -i --http1.1 --path-as-is -g -X POST -H "X-Auth-Token: \${ACME_TOKEN}" -H 'User-Agent:' -H 'Accept:' -H 'Content-Type:' -H 'Expect:' --data-binary '{}' 'http://127.0.0.1:1/v2/p1/desktop-pools/pool-a/rebuild'`,
  );
  const ofTheState = lineOf(exchange('{}', { credential: { form: 'of the state' } }));
  expect(ofTheState).toContain(`-H "X-Auth-Token: \${ACME_TOKEN}"`);
  const madeUp = lineOf(exchange('{}', { credential: { form: 'made up' } }, 'nobodys'));
  expect(madeUp).toContain(`-H 'X-Auth-Token: nobodys'`);
  const cut = lineOf(
    exchange('{}', { credential: { form: 'edited', edit: { on: 'token', edit: 'truncate', keep: 1 } } }),
  );
  expect(cut).toContain(`-H "X-Auth-Token: \${ACME_TOKEN%?}"`);
});

test.each<CredentialUse>([
  { form: 'valid' },
  { form: 'of the state' },
  { form: 'edited', edit: { on: 'token', edit: 'truncate', keep: 0.5 } },
  { form: 'two', order: 'valid first', by: 'comma' },
])('a credential that is good, or made of one, is never written out: %j', (credential) => {
  expect(lineOf(exchange('{}', { credential }))).not.toContain('secret');
});

test('the headers, and how the request is sent, are those of the case', () => {
  const headers = { 'Content-Type': 'application/json', 'X-Twice': 'a\nb', 'X-Empty': '' };
  const line = lineOf(exchange('{}', { headers, transfer: 'chunked', connection: 'closing' }));
  expect(line).toContain(`-H 'Content-Type: application/json' -H 'X-Twice: a' -H 'X-Twice: b' -H 'X-Empty;'`);
  expect(line).toContain(`-H 'Transfer-Encoding: chunked' -H 'Connection: close'`);
});

test.each([
  new Uint8Array([0x7b, 0xff]),
  new Uint8Array([0xef, 0xbb, 0xbf, 0x7b, 0x7d]),
  new Uint8Array([0x7b, 0, 0x7d, 0]),
  '@file',
  `it's "100%" \\ \\n $HOME \`date\` !x`,
  'line\r\nline',
  `{"message":"${'a'.repeat(65536)}"}`,
  `{"message":${'['.repeat(10_000)}${']'.repeat(10_000)}}`,
  `{"message":"${'\u4fdd'.repeat(5000)}'\\""}`,
])('a shell writes the very bytes: %#', (body) => {
  const line = lineOf(exchange(body));
  const bytes = Buffer.from(body);
  const [, program] = /^(.*) \| curl /s.exec(line) ?? [];
  const [, argument] = /--data-binary (.*) 'http/s.exec(line) ?? [];
  const written = execFileSync('sh', ['-c', program ?? `printf %s ${argument}`]);
  expect(written.equals(bytes)).toBe(true);
  expect(argument === '@-').toBe(program !== undefined);
  expect(line.length).toBeLessThan(2000);
});
