import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { type ConfigurationInput, readConfiguration } from './configuration.ts';
import { UsageError } from './usage-error.ts';

const read = (text: string, more: Partial<ConfigurationInput> = {}) => readConfiguration({ text, env: {}, ...more });
const message = (text: string, more: Partial<ConfigurationInput> = {}): string => {
  try {
    read(text, more);
  } catch (error) {
    expect(error).toBeInstanceOf(UsageError);
    return (error as Error).message;
  }
  throw new Error('nothing was thrown');
};
const target = 'target: {url: https://workspace.example}\n';

describe('readConfiguration', () => {
  it('puts in the defaults', () => {
    const { limits, allow_rebuild } = read(target);
    expect(limits).toEqual({ rate: 20, concurrency: 4, timeout: 10_000, rebuilds: 50, ready_wait: 1_200_000 });
    expect(allow_rebuild).toBe(false);
  });

  it.each(['http://127.3.2.1:80/', 'http://localhost:8080', 'http://[::1]:8080'])('limits no rate at %s', (url) => {
    const { limits, allow_rebuild } = read('', { target: url });
    expect([limits.rate, limits.rebuilds, allow_rebuild]).toEqual([undefined, 400, true]);
    expect(read('limits: {rate: 3, rebuilds: 2}', { target: url }).limits).toMatchObject({ rate: 3, rebuilds: 2 });
  });

  it('takes an edition, over which the option goes', () => {
    expect(read(target).edition).toBe('2025-11');
    expect(read(`edition: 2026-01\n${target}`).edition).toBe('2026-01');
    expect(read(`edition: 2026-01\n${target}`, { overrides: { edition: '2024-11' } }).edition).toBe('2024-11');
    expect(message(`edition: 2027-01\n${target}`)).toMatch(/^edition .*must be one of 2025-11, .*2026-01\.$/);
  });

  it('takes pins of every edition, lists among them', () => {
    const pins = 'states: {pool is ready: {kms_id: key, desktop_ids: [one, two]}}\n';
    expect(read(target + pins).states['pool is ready']).toEqual({ kms_id: 'key', desktop_ids: ['one', 'two'] });
    expect(message(`${target}states: {pool is ready: {desktop_ids: one}}\n`)).toMatch(/must be a list/);
  });

  it('takes one pool that is ready, or several', () => {
    const ready = (pool: string) =>
      read(`${target}states: {pool is ready: {project_id: p, pool_id: ${pool}, image_id: i}}`);
    expect(ready('a')).toMatchObject({ pools: ['a'], states: { 'pool is ready': { pool_id: 'a' } } });
    expect(ready('[a, b]')).toMatchObject({ pools: ['a', 'b'], states: { 'pool is ready': { pool_id: 'a' } } });
    expect(read(target)).toMatchObject({ pools: [], states: {} });
  });

  it('reads a key for trials beside the one that signs', () => {
    const keys = 'access_key: a, secret_key: b';
    expect(read(`${target}auth: {${keys}, trial_key: {access_key: c, secret_key: d}}`).auth).toEqual({
      kind: 'aksk',
      access_key: 'a',
      secret_key: 'b',
      trial_key: { access_key: 'c', secret_key: 'd' },
    });
  });

  it('does not take a look-alike for loopback', () => {
    expect(read('', { target: 'http://127.0.0.1.example' }).allow_rebuild).toBe(false);
  });

  it('reads the environment, in flow mappings too', () => {
    const text = `${target}auth:\n  token: \${A}\nstates:\n  token is expired: {token: "x-\${B}"}\n  token lacks permission: {token: \${B}}\n`;
    const { auth, states } = read(text, { env: { A: 'a: {b}', B: '7' } });
    expect(auth).toEqual({ kind: 'token', token: 'a: {b}' });
    expect(states).toEqual({ 'token is expired': { token: 'x-7' }, 'token lacks permission': { token: '7' } });
    expect(message(text, { env: { A: 'a' }, file: 'c.yaml' })).toBe(
      'token: environment variable B is not set (line 5 of c.yaml)',
    );
  });

  it('names an unknown key, its line and the closest one', () => {
    expect(message(`${target}limits:\n  timout: 3\n`, { file: 'c.yaml' })).toBe(
      'Unknown key "timout" in limits (line 3 of c.yaml). Did you mean "timeout"?',
    );
  });

  it.each([
    ['target: {url: "http://a", version: 4.2}', /^target\.version \(line 1.* must be text/],
    [`${target}limits: {rate: fast}`, /^limits\.rate \(line 2.* must be a number/],
    [`${target}auth: {token: a, iam: {url: "http://a", domain: a, user: a, password: a, project: a}}`, /exactly one/],
    [`${target}auth: {}`, /exactly one/],
    [`${target}auth: {access_key: a}`, /access_key and secret_key/],
    [`${target}auth: {token: a, access_key: a, secret_key: b}`, /exactly one/],
    [`${target}waivers: [{requirement: a/b, reason: c, until: 2027-02-30}]`, /YYYY-MM-DD/],
    [`${target}states:\n`, /^states \(line 2.*is empty/],
    ['target: {url: ftp://a}', /http or https/],
    ['target: {url: "http://u:p@a"}', /credentials/],
    ['target: {url: "http://a?b"}', /query/],
    ['a: [', /line \d/],
    ['{}', /No target/],
  ])('refuses %j', (text, expected) => {
    expect(message(text)).toMatch(expected);
  });

  it('reads TLS files beside the configuration', () => {
    const folder = mkdtempSync(join(tmpdir(), 'configuration-'));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    const file = join(folder, 'conformance.yaml');
    writeFileSync(join(folder, 'ca.pem'), '-----BEGIN CERTIFICATE-----\n');
    writeFileSync(file, 'target: {url: https://a/base/, ca: ca.pem}');
    expect(readConfiguration({ file, env: {} }).target).toEqual({
      url: 'https://a/base',
      ca: '-----BEGIN CERTIFICATE-----\n',
    });
    expect(message('target: {url: https://a, ca: none.pem}', { file })).toMatch(/no such file/);
  });
});
