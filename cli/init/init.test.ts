import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { afterEach, beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import { type ReferenceOptions, startReference } from '../../reference/endpoint.ts';
import { tokens } from '../../reference/world.ts';
import { readConfiguration } from '../../runner/configuration/configuration.ts';
import { type InitOptions, initCommand } from '../init.ts';
import { documentOf } from './document.ts';
import { createTerminal } from './terminal.ts';

const env = { WORKSPACE_TOKEN: tokens.valid };
let folder: string;
let file: string;
let told: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'init-'));
  file = join(folder, 'conformance.yaml');
  told = '';
  vi.spyOn(process.stderr, 'write').mockImplementation((text) => {
    told += String(text);
    return true;
  });
});
afterEach(() => {
  vi.restoreAllMocks();
  rmSync(folder, { recursive: true });
});

async function reference(options: ReferenceOptions = {}): Promise<string> {
  const { url, close } = await startReference(options);
  onTestFinished(close);
  return url;
}

const flags = (target: string, more: Partial<InitOptions> = {}): InitOptions => ({
  config: file,
  target,
  project: 'p1',
  pool: 'pool-a',
  image: 'img-1',
  ...more,
});

describe('init', () => {
  it('asks for a scheme before it names a file that is not there', async () => {
    for (const target of ['localhost:8080', 'desktops.example', '', 'ftp://desktops.example'])
      await expect(initCommand(flags(target), undefined, env)).rejects.toThrow('must be a whole http or https URL');
  });
  it('writes a configuration that a run takes, without the secret', async () => {
    const url = await reference();
    expect(await initCommand(flags(url), undefined, env)).toBe(0);
    const text = readFileSync(file, 'utf8');
    expect(text).not.toContain(tokens.valid);
    expect(text).toMatch(/^# yaml-language-server: \$schema=\S+\/specs\/config\.schema\.json\n/);
    const { target, auth, states } = readConfiguration({ text, file, env });
    expect([target.url, auth, states]).toEqual([
      url,
      { kind: 'token', token: tokens.valid },
      { 'pool is ready': { project_id: 'p1', pool_id: 'pool-a', image_id: 'img-1' } },
    ]);
    expect(text).toContain('A pool that accepts a rebuild: it did.');
    expect(told).toMatch(/Next: rebuild-conformance run --config \S+\n$/);
  });

  it('is whole with every comment taken for what it says', async () => {
    await initCommand(flags(await reference()), undefined, env);
    const text = readFileSync(file, 'utf8')
      .replace(/^( *)# (?=(?: {2})?[a-z_ ]+:| {2}- \{)/gm, '$1')
      .replaceAll('…', 'x');
    const more = { EXPIRED_TOKEN: 'e', READONLY_TOKEN: 'r', OTHER_TOKEN: 'o' };
    const { states, limits, waivers, target, state_handler } = readConfiguration({
      text,
      file,
      env: { ...env, ...more },
    });
    expect(Object.keys(states)).toHaveLength(7);
    expect(limits).toMatchObject({ rate: 20, rebuilds: 50, ready_wait: 1_200_000 });
    expect([waivers.length, target.vendor, typeof state_handler]).toEqual([1, 'Acme', 'string']);
  });

  it('asks for what is not given, shows no secret, and writes what was answered', async () => {
    const url = await reference();
    const [input, output] = [new PassThrough(), new PassThrough()];
    const answers: readonly (readonly [RegExp, string])[] = [
      [/Base URL/, `${url}\r`],
      [/Id of the project/, 'p1\r'],
      [/Id of a desktop pool/, 'pool-a\r'],
      [/Id of an image/, 'img-1\r'],
      [/Credential/, '\r'],
      [/Value of WORKSPACE_TOKEN/, `${tokens.valid}\r`],
    ];
    let shown = '';
    let next = 0;
    output.on('data', (chunk) => {
      shown += String(chunk);
      const [question, answer] = answers[next] ?? [/^\b$/, ''];
      if (!question.test(shown)) return;
      next += 1;
      setTimeout(() => input.write(answer), 20);
    });
    expect(await initCommand({ config: file }, createTerminal({ input, output }), {})).toBe(0);
    expect(readConfiguration({ text: readFileSync(file, 'utf8'), file, env }).pools).toEqual(['pool-a']);
    expect(shown).not.toContain(tokens.valid);
    expect(told).toContain('Set WORKSPACE_TOKEN in the environment first');
  });

  it('is broken off by Ctrl-C, and writes nothing', async () => {
    const [input, output] = [new PassThrough(), new PassThrough()];
    output.once('data', () => setTimeout(() => input.write('\x03'), 20));
    await expect(initCommand({ config: file }, createTerminal({ input, output }), {})).rejects.toThrow('broken off');
    expect(readdirSync(folder)).toEqual([]);
  });

  it('overwrites nothing', async () => {
    writeFileSync(file, 'mine');
    await expect(initCommand(flags('http://127.0.0.1:9'), undefined, env)).rejects.toThrow('overwrites nothing');
    expect(readFileSync(file, 'utf8')).toBe('mine');
  });

  it.each<[string, Partial<InitOptions>, NodeJS.ProcessEnv, string | RegExp]>([
    ['an address', { target: 'nowhere' }, env, /must be a whole http or https URL/],
    ['a target that is not there', { target: 'http://127.0.0.1:1' }, env, /cannot be reached.*Nothing was written/],
    ['a token', {}, { WORKSPACE_TOKEN: 'wrong' }, /does not take the configured token.*Nothing was written/],
    ['a pool', { pool: 'no-such' }, env, /check project_id, pool_id and image_id\. Nothing was written/],
    ['no token at all', {}, {}, 'The environment lacks WORKSPACE_TOKEN'],
    ['missing keys', { auth: 'aksk' }, env, 'lacks WORKSPACE_ACCESS_KEY, WORKSPACE_SECRET_KEY'],
  ])('says what to mend about %s, and writes nothing', async (_, more, environment, message) => {
    const call = initCommand(flags(await reference(), more), undefined, environment);
    await expect(call).rejects.toThrow(message);
    expect(readdirSync(folder)).toEqual([]);
  });

  it('names the options where nobody can be asked', async () => {
    const call = initCommand({ config: file, pool: 'p' }, undefined, env);
    await expect(call).rejects.toThrow('init needs --target, --project, --image');
  });

  it.each([
    [false, undefined, 'A pool that accepts a rebuild. What'],
    [true, undefined, 'A pool that accepts a rebuild: it did. What'],
    [undefined, true, 'A pool that accepts a rebuild: it did. What'],
    [undefined, undefined, 'A pool that accepts a rebuild. What'],
  ])('rebuilds nothing elsewhere without consent: answered %s, given %s', async (answer, allowRebuild, expected) => {
    // This machine under a name that is none of loopback's.
    const url = (await reference()).replace('127.0.0.1', '0.0.0.0');
    const asked: string[] = [];
    const never = () => Promise.reject(new Error('nothing else is asked'));
    const confirm = (question: string) => {
      asked.push(question);
      return Promise.resolve(answer === true);
    };
    const terminal = answer === undefined ? undefined : { text: never, secret: never, choose: never, confirm };
    const options = flags(url, { auth: 'token', ...(allowRebuild === undefined ? {} : { allowRebuild }) });
    expect(await initCommand(options, terminal, env)).toBe(0);
    expect(asked).toEqual(
      answer === undefined ? [] : [expect.stringContaining(`May pool pool-a at ${url} be rebuilt`)],
    );
    const text = readFileSync(file, 'utf8');
    expect(text).toContain(expected);
    // Consent was for now: the file gives none.
    expect(readConfiguration({ text, file, env }).allow_rebuild).toBe(false);
    expect(told).toMatch(/Next: rebuild-conformance run --config \S+ --allow-rebuild\n$/);
  });

  it('tells how long the pool is busy', async () => {
    const url = await reference({ busyMs: 600 });
    await initCommand(flags(url), undefined, env);
    expect(readFileSync(file, 'utf8')).toMatch(/It was busy for [1-3] s or more after a rebuild/);
  });

  it('tells which fields must be pinned, and writes texts so that they are read as they were', () => {
    const answers = {
      target: 'http://127.0.0.1:1',
      project: '007',
      pool: 'yes',
      image: 'a: b # c',
      auth: 'token',
    } as const;
    const learnt = { mend: undefined, hasAccess: true, states: new Map(), busyFor: 0, pins: ['os_type'] } as const;
    const text = documentOf({ ...answers, imageType: '~' }, file, learnt);
    expect(text).toMatch(/^ {4}# os_type: {3}name a value/m);
    expect(readConfiguration({ text, file, env }).states['pool is ready']).toEqual({
      project_id: '007',
      pool_id: 'yes',
      image_id: 'a: b # c',
      image_type: '~',
    });
  });
});
