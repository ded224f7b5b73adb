import { runInNewContext } from 'node:vm';
import { expect, test } from 'vitest';
import { minimalCase } from '../generators/cases.ts';
import { curlLine } from './curl.ts';
import type { Judged } from './exchange.ts';

const fixture = { project_id: 'p1', pool_id: 'pool-a', image_id: 'img-1' };
const keep = (text: string): string => text;

function judged(body: string | Uint8Array, over: Partial<Judged['case']> = {}): Judged {
  const bytes = typeof body === 'string' ? new TextEncoder().encode(body) : body;
  const one = { ...minimalCase(fixture), ...over };
  return {
    case: one,
    request: {
      method: 'POST',
      origin: 'http://127.0.0.1:1',
      path: one.path,
      headers: { 'User-Agent': 'x', 'X-Auth-Token': 'secret' },
      body: bytes,
    },
    result: { silence: 'timeout', reason: 'none', reused: false },
    plays: [],
  };
}

test('a credential that is good comes from the environment', () => {
  expect(curlLine(judged('{}'), keep)).toBe(
    `curl -sS -i --path-as-is -X POST -H "X-Auth-Token: $WORKSPACE_TOKEN" --data-binary '{}' 'http://127.0.0.1:1/v2/p1/desktop-pools/pool-a/rebuild'`,
  );
  expect(curlLine(judged('{}', { credential: 'garbage' }), keep)).toContain(`-H 'X-Auth-Token: secret'`);
});

test('bytes that are no text are written as escapes', () => {
  expect(curlLine(judged(new Uint8Array([0x7b, 0xff])), keep)).toContain(`--data-binary $'\\x7b\\xff'`);
});

test.each([
  `{"message":"${'a'.repeat(65536)}"}`,
  `{"message":${'['.repeat(10_000)}${']'.repeat(10_000)}}`,
  `{"x":${'{"a":'.repeat(10_000)}0${'}'.repeat(10_000)}}`,
  `{"message":"${'保'.repeat(5000)}'\\""}`,
])('a long body is written by a program: %#', (body) => {
  const line = curlLine(judged(body), keep);
  const [, program = ''] = /@<\(node -e '(.*)'\) 'http/s.exec(line) ?? [];
  const written: string[] = [];
  const stdout = { write: (text: string) => written.push(text) };
  runInNewContext(program.replaceAll(`'\\''`, "'"), { process: { stdout } });
  expect(written.join('')).toBe(body);
  expect(line.length).toBeLessThan(1000);
});
