import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { preflight } from '../cli/check/preflight.ts';
import { checkCommand } from '../cli/check.ts';
import { type ReferenceOptions, startReference } from '../reference/endpoint.ts';
import { readConfiguration } from '../runner/configuration/configuration.ts';
import { UsageError } from '../runner/configuration/usage-error.ts';
import { run } from '../runner/run.ts';
import type { Configuration } from '../specs/configuration.ts';
import { startOddTarget } from './odd-targets/server.ts';

const closers: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0)) await close();
});

async function reference(options: ReferenceOptions = {}): Promise<Configuration> {
  const { configuration, close } = await startReference(options);
  closers.push(close);
  return readConfiguration({ data: configuration, env: {} });
}

/** Without a handler, so that the values of the configuration alone count. */
async function configured(options: ReferenceOptions = {}): Promise<Configuration> {
  return { ...(await reference(options)), state_handler: undefined };
}

async function stub(listener: RequestListener): Promise<string> {
  const server = createServer((request, response) => {
    request.resume();
    listener(request, response);
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  closers.push(
    () =>
      new Promise((done) => {
        server.close(() => done());
        server.closeAllConnections();
      }),
  );
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

async function check(configuration: Configuration): Promise<{ mend: string | undefined; text: string }> {
  const lines: string[] = [];
  const { mend } = await preflight(configuration, (line) => lines.push(line));
  return { mend, text: lines.join('\n') };
}

describe('check', () => {
  it.each<ReferenceOptions>([
    { auth: 'token' },
    { auth: 'aksk' },
    { auth: 'iam' },
    { nuisance: true },
    { busyMs: 200 },
  ])('finds nothing to mend at the reference endpoint with %j', async (options) => {
    for (const configuration of [await reference(options), await configured(options)]) {
      const { mend, text } = await check(configuration);
      expect(mend).toBeUndefined();
      for (const state of Object.keys(configuration.states))
        expect(text).toMatch(new RegExp(`^${state}: ok, \\d+$`, 'm'));
      expect(text).toMatch(/^clock: ok/m);
      expect(text).not.toContain('Rf7-');
    }
  });

  it('addresses a random pool alone without consent', async () => {
    const paths: string[] = [];
    const url = await stub(({ url: path = '', headers }, response) => {
      paths.push(path);
      response.writeHead(headers['x-auth-token'] === undefined ? 401 : 404).end();
    });
    const { mend, text } = await check({ ...(await configured()), target: { url }, allow_rebuild: false });
    expect(mend).toBeUndefined();
    expect(text).toMatch(/^pool is busy: not tried: consent$/m);
    expect(text).toMatch(/^can be tested: [1-9]\d* of \d+ requirements$/m);
    expect(text).toMatch(/^rebuilds: none$/m);
    expect(text).toMatch(/^would change it: allow_rebuild: true/m);
    expect(paths.length).toBeGreaterThan(1);
    for (const path of paths) expect(path).toMatch(/^\/v2\/p1\/desktop-pools\/[0-9a-f-]{36}\/rebuild$/);
  });

  it('says what is untested and which line would change it', async () => {
    const configuration = await configured();
    const { 'pool is ready': ready = {} } = configuration.states;
    const { mend, text } = await check({ ...configuration, states: { 'pool is ready': ready } });
    expect(mend).toBeUndefined();
    expect(text).toMatch(/^pool is busy: untested \(\d+ requirements?\), .*pool is busy: \{pool_id: …\}$/m);
    expect(text).toMatch(/^can be tested: \d+ of \d+ requirements$/m);
  });

  it('names the line of the state whose value is missing, and that of the ready pool for what comes from there', async () => {
    const configuration = await configured();
    const { 'token lacks permission': _, ...others } = configuration.states;
    const token = /^token lacks permission: untested \(3 requirements\), .*give {3}token lacks permission: \{token: /m;
    for (const states of [others, { ...others, 'token lacks permission': {} }]) {
      const { mend, text } = await check({ ...configuration, states });
      expect(mend).toBeUndefined();
      expect(text).toMatch(token);
      expect(text).not.toContain('give   pool is ready');
    }
    const { 'pool is ready': ready = {} } = configuration.states;
    const { image_id: __, ...incomplete } = ready;
    const { mend, text } = await check({ ...configuration, states: { ...others, 'pool is ready': incomplete } });
    expect(mend).toMatch(/nothing can be tested.*image_id.*give {3}pool is ready: /);
    expect(text).toMatch(/^token is expired: untested .*image_id; under states, give {3}pool is ready: /m);
  });

  it('tells a handler that cannot provide a state what to answer', async () => {
    const url = await stub((_, response) => response.writeHead(501).end());
    const { mend, text } = await check({ ...(await configured()), state_handler: url });
    expect(mend).toMatch(/state handler cannot provide "pool is ready".*answer 200 with/);
    expect(text).toMatch(/^token lacks permission: .*answer 200 with {3}token lacks permission: \{token: /m);
  });

  it('tries each pool that is said to be ready', async () => {
    const { mend, text } = await check({ ...(await configured()), pools: ['pool-a', 'nowhere'] });
    expect(text).toMatch(/^pool is ready: ok, 200$/m);
    expect(mend).toMatch(/"pool is ready, nowhere" is answered with 404/);
  });

  it('says how much a run will take, close to what it takes', async () => {
    const configuration = await reference();
    const { text } = await check(configuration);
    const numberIn = (line: RegExp): number => Number(line.exec(text)?.[1]);
    expect(text).toMatch(/^duration: about \d+ s \(fixed cases\), \d+ (s|min) \(--runs 100\)$/m);
    const report = await run({ configuration, seed: 1, runs: 0, only: [], strict: false, edition: '2025-11' });
    const requests = numberIn(/^requests: about (\d+) \(fixed cases\), \d+ \(--runs 100\)$/m);
    const rebuilds = numberIn(/^rebuilds: at most 400, .*; about (\d+) \(fixed cases\), \d+ \(--runs 100\)$/m);
    expect(Math.abs(requests / report.requests - 1)).toBeLessThan(0.25);
    expect(Math.abs(rebuilds / report.rebuilds - 1)).toBeLessThan(0.5);
  });

  it('says what the target says, in nothing but letters', async () => {
    const error = { error_code: 'E1', error_msg: '\u001b[2Jgone\nnext\u202e' };
    const url = await stub((request, response) =>
      response.writeHead(request.headers['x-auth-token'] === undefined ? 401 : 400).end(JSON.stringify(error)),
    );
    const { text } = await check({ ...(await configured()), target: { url, name: 'stub' }, state_handler: undefined });
    expect(text).toContain('answered with 400 (it says: E1, \\x1b[2Jgone\\nnext\\u202e) instead of 200');
  });

  it.each<[string, (good: Configuration) => Configuration, RegExp]>([
    ['a wrong token', (c) => ({ ...c, auth: { kind: 'token', token: 'wrong-token' } }), /renew auth\.token/],
    ['no credential', (c) => ({ ...c, auth: undefined }), /give auth\.token/],
    [
      'a wrong key',
      (c) => ({ ...c, auth: { kind: 'aksk', access_key: 'NOBODY', secret_key: 'nothing' } }),
      /auth\.secret_key/,
    ],
    [
      'a wrong password',
      ({ target, ...c }) => ({
        ...c,
        target,
        auth: { kind: 'iam', url: target.url, domain: 'acme', user: 'tester', password: 'wrong', project: 'p1' },
      }),
      /IAM answered 401.*auth\.iam/,
    ],
    ['an unknown pool', (c) => withState(c, 'pool is ready', { pool_id: 'nowhere' }), /"pool is ready".*404.*pool_id/],
    [
      'an unknown image',
      (c) => withState(c, 'pool is ready', { image_id: 'none' }),
      /"pool is ready" is answered with 404 \(it says: .+\) instead of 200: .*image_id/,
    ],
    ['no ready pool', (c) => ({ ...c, states: {}, pools: [] }), /nothing can be tested.*project_id/],
    ['a busy pool that is not busy', (c) => withState(c, 'pool is busy', { pool_id: 'pool-a' }), /"pool is busy".*200/],
    [
      'a token with all permissions',
      (c) => withState(c, 'token lacks permission', { token: 'Rf7-ValidToken-kQ2xLmVb83HsZtYw' }),
      /"token lacks permission".*200 instead of 403/,
    ],
    ['a handler that is down', (c) => ({ ...c, state_handler: 'http://127.0.0.1:1/' }), /mend the state handler/],
    ['a target that is down', (c) => ({ ...c, target: { url: 'http://127.0.0.1:1' } }), /reached \(ECONNREFUSED\)/],
    [
      'https where http is spoken',
      (c) => ({ ...c, target: { url: c.target.url.replace('http:', 'https:') } }),
      /target\.ca|http or https/,
    ],
  ])('names the first thing to mend with %s', async (_, spoil, expected) => {
    const { mend, text } = await check(spoil(await configured()));
    expect(mend).toMatch(expected);
    expect(text).toContain(': mend, ');
  });

  it('names a redirect', async () => {
    const url = await stub((_, response) => response.writeHead(308, { location: 'https://elsewhere.example' }).end());
    const { mend } = await check({ ...(await configured()), target: { url } });
    expect(mend).toMatch(/redirects to https:\/\/elsewhere\.example/);
  });

  it.each([
    [2, 'token', 'warning', /behind/],
    [-2, 'aksk', 'warning', /ahead of/],
    [20, 'token', 'warning', /20 minutes/],
    [-20, 'aksk', 'mend', /set the clock/],
  ] as const)('a clock that differs by %i minutes with %s is worth: %s', async (minutes, auth, verdict, expected) => {
    const url = await stub(({ headers }, response) => {
      const known = headers['x-auth-token'] ?? headers['authorization'];
      const date = new Date(Date.now() + minutes * 60_000).toUTCString();
      response.writeHead(known === undefined || verdict === 'mend' ? 401 : 404, { date }).end();
    });
    const { mend, text } = await check({ ...(await configured({ auth })), target: { url }, allow_rebuild: false });
    expect(text).toContain(`clock: ${verdict}, `);
    expect(text).toMatch(expected);
    if (verdict === 'mend') expect(mend).toMatch(expected);
    else expect(mend).toBeUndefined();
  });

  it('waits for no pool longer than it may', async () => {
    const configuration = withState(await configured(), 'pool is ready', { pool_id: 'pool-b' });
    const { mend } = await check({ ...configuration, limits: { ...configuration.limits, ready_wait: 600 } });
    expect(mend).toMatch(/409.*limits\.ready_wait/);
  });

  it('finds the fields that must be pinned', async () => {
    const picky = await startOddTarget({
      withoutStateHandler: true,
      layer: () => async (asked, forward) => {
        const text = asked.body.toString();
        if (!/"os_type":"(?!Linux")/.test(text)) return forward(asked);
        return { status: 400, headers: {}, body: Buffer.from('{"error_code":"WKS.0100"}') };
      },
    });
    closers.push(() => picky.close());
    const configuration = readConfiguration({ data: picky.configuration, env: {} });
    const { mend, pins } = await preflight(configuration, () => {});
    expect([mend, pins]).toEqual([undefined, ['os_type']]);
    const { text } = await check(configuration);
    expect(text).toMatch(
      /^pins: warning, os_type: a plausible value with \{.*"os_type":"Windows".* is answered with 400/m,
    );
    const pinned = await preflight(withState(configuration, 'pool is ready', { os_type: 'Linux' }), () => {});
    expect(pinned.pins).toEqual([]);
  });

  it('is a command that returns 0, or throws the first thing to mend', async () => {
    const { configuration, close } = await startReference();
    closers.push(close);
    const folder = mkdtempSync(join(tmpdir(), 'check-'));
    closers.push(async () => rmSync(folder, { recursive: true }));
    const file = join(folder, 'conformance.json');
    writeFileSync(file, JSON.stringify(configuration));
    const lines: string[] = [];
    const say = (line: string): void => void lines.push(line);
    expect(await checkCommand({ config: file }, say)).toBe(0);
    expect(lines.length).toBeGreaterThan(10);
    await expect(checkCommand({ config: file, target: 'http://127.0.0.1:1' }, say)).rejects.toThrow(UsageError);
  });
});

function withState(
  configuration: Configuration,
  state: keyof Configuration['states'],
  values: Readonly<Record<string, string>>,
): Configuration {
  const { states, pools } = configuration;
  const named = state === 'pool is ready' && values['pool_id'] !== undefined ? [values['pool_id']] : pools;
  return { ...configuration, pools: named, states: { ...states, [state]: { ...states[state], ...values } } };
}
