import { execFile, spawn } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { Readable } from 'node:stream';
import { promisify } from 'node:util';
import { afterAll, describe, expect, it, onTestFinished } from 'vitest';
import packageJson from '../package.json' with { type: 'json' };

const program = resolve('dist/cli.js');
const folder = mkdtempSync(join(tmpdir(), 'cli-'));
afterAll(() => rmSync(folder, { recursive: true }));

function call(...args: string[]): Promise<{ code: number; stdout: string; stderr: string }> {
  return callWith({}, ...args);
}

function callWith(
  more: NodeJS.ProcessEnv,
  ...args: string[]
): Promise<{ code: number; stdout: string; stderr: string }> {
  return new Promise((done) => {
    const child = execFile(
      process.execPath,
      [program, ...args],
      { cwd: folder, maxBuffer: 32 * 1024 * 1024, env: { ...process.env, ...more } },
      (_, stdout, stderr) => done({ code: child.exitCode ?? -1, stdout, stderr }),
    );
  });
}

/** A port that nothing listens on. */
function freePort(): Promise<number> {
  return new Promise((done) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => done(typeof address === 'object' && address !== null ? address.port : 1));
    });
  });
}

describe('the command', () => {
  it('prints its version', async () => {
    expect(await call('--version')).toEqual({ code: 0, stdout: `${packageJson.version}\n`, stderr: '' });
  });

  it.each([
    [['run', '--sed', '1'], /unknown option '--sed'.*--seed/s],
    [['run', '--runs', 'many'], /--runs.*whole number/s],
    [['run', '--report', 'pdf=x'], /FORMAT=FILE/],
    [['run', '--shard', '3/2'], /I\/N/],
    [['run', '--only', 'body/nothing-like-it'], /matches no requirement/],
    [['run', '--only', 'body/kms-id-*'], /no requirement of edition 2025-11; it holds in 2026-01: give --edition/],
    [['run', '--edition', '2027-01'], /--edition.*2026-01/s],
    [['list', '--cases', '--since', '2024-11'], /--since.*no --cases/],
    [['run', '--target', 'ftp://x'], /--target must be/],
    [['run', '--config', 'none.yaml'], /no such file/],
    [['nonsense'], /unknown command/],
  ])('refuses %j in one sentence', async (args, expected) => {
    const { code, stdout, stderr } = await call(...args);
    expect([code, stdout]).toEqual([3, '']);
    expect(stderr).toMatch(expected);
    expect(stderr).not.toMatch(/^\s+at /m);
  });

  it('names an unknown key of the configuration', async () => {
    const file = join(folder, 'wrong.yaml');
    writeFileSync(file, 'target:\n  ulr: http://127.0.0.1:1\n');
    const { code, stderr } = await call('check', '--config', file);
    expect(code).toBe(3);
    expect(stderr).toContain(`Unknown key "ulr" in target (line 2 of ${file}). Did you mean "url"?`);
  });

  it('says that a target cannot be reached', async () => {
    const { code, stderr } = await call('check', '--target', `http://127.0.0.1:${await freePort()}`);
    expect(code).toBe(3);
    expect(stderr).toMatch(/cannot be reached \(ECONNREFUSED\)/);
  });

  it('says which command is next as it was called', async () => {
    const server = spawn(process.execPath, [program, 'serve'], { cwd: folder });
    onTestFinished(() => void server.kill());
    const ready = await new Promise<string>((done) => server.stdout.once('data', (data) => done(String(data))));
    const { url, config } = JSON.parse(ready) as { url: string; config: { auth: { token: string } } };
    const flags = ['--target', url, '--project', 'p1', '--pool', 'pool-a', '--image', 'img-1', '--auth', 'token'];
    const file = 'of my own.yaml';
    const { code, stderr } = await callWith({ WORKSPACE_TOKEN: config.auth.token }, 'init', ...flags, '--config', file);
    expect(code).toBe(0);
    const [next = ''] = /(?<=Next: ).*$/m.exec(stderr) ?? [];
    expect(next).toMatch(/^node \S*dist\/cli\.js run --config 'of my own\.yaml'$/);
    for (const line of stderr.replace(next, '').split('\n')) expect(line.length).toBeLessThanOrEqual(80);
  });

  it('lists the requirements', async () => {
    const { code, stdout } = await call('list', '--json');
    expect(code).toBe(0);
    expect((JSON.parse(stdout) as { level: string }[]).some(({ level }) => level === 'MUST')).toBe(true);
  });

  it('lists the requirements of an edition, and what an upgrade asks for', async () => {
    const ids = async (...args: string[]): Promise<readonly string[]> =>
      (JSON.parse((await call('list', '--json', ...args)).stdout) as { id: string }[]).map(({ id }) => id);
    const [now, then] = [await ids('--edition', '2026-01'), await ids()];
    expect(now).toContain('body/kms-id-is-required-when-encrypted');
    expect(then).not.toContain('body/kms-id-is-required-when-encrypted');
    const { stdout } = await call('list', '--edition', '2026-01', '--since', '2025-11');
    expect(stdout).toContain('gone     request order_id');
    for (const id of now.filter((one) => !then.includes(one))) expect(stdout).toContain(id);
    for (const id of then.filter((one) => !now.includes(one))) expect(stdout).toContain(id);
    expect((await call('list', '--since', '2025-11')).stdout).toBe('Edition 2025-11 asks the same as 2025-11.\n');
  });

  it('lists every fixed case as data', async () => {
    const { code, stdout } = await call('list', '--cases', '--json');
    expect(code).toBe(0);
    const rows = JSON.parse(stdout) as {
      id: string;
      cases: { label: string; body?: string; body_base64?: string; body_bytes?: number; body_start?: string }[];
    }[];
    const casesOf = (wanted: string) => rows.find(({ id }) => id === wanted)?.cases ?? [];
    expect(casesOf('body/minimal-is-accepted')).toEqual([
      {
        label: 'image_id alone',
        method: 'POST',
        path: '/v2/PROJECT_ID/desktop-pools/POOL_ID/rebuild',
        headers: { 'Content-Type': 'application/json' },
        body: '{"image_id":"IMAGE_ID"}',
        credential: 'valid',
        expected: [200],
      },
    ]);
    expect(casesOf('body/every-delay-is-accepted').length).toBeGreaterThan(14);
    expect(casesOf('credentials/truncated-is-unauthorised')[0]).toMatchObject({
      credential: expect.stringMatching(/^truncated: keep /),
      expected: [401],
    });
    const cases = rows.flatMap((row) => row.cases);
    const large = cases.find(({ body_bytes }) => body_bytes !== undefined);
    expect(large).not.toHaveProperty('body');
    expect(large?.body_bytes).toBeGreaterThan(64 * 1024);
    expect(large?.body_start?.length).toBeGreaterThan(20);
    expect(Math.max(...cases.map(({ body = '' }) => Buffer.byteLength(body)))).toBeLessThanOrEqual(64 * 1024);
    const binary = cases.find(({ body_base64 }) => body_base64 !== undefined);
    expect(binary).not.toHaveProperty('body');
    // One message has the replacement character itself.
    const texts = cases.map(({ body = '' }) => body.replaceAll('\u00C5 \uFFFD', ''));
    expect(texts.filter((text) => text.includes('\uFFFD'))).toEqual([]);
  });

  it('lists every fixed case for people, in lines without control characters', async () => {
    const { code, stdout } = await call('list', '--cases');
    expect(code).toBe(0);
    expect(stdout).toContain('    POST /v2/PROJECT_ID/desktop-pools/POOL_ID/rebuild\n');
    expect(stdout).toContain('    expected: 401\n');
    expect(stdout).not.toMatch(/[^\P{Cc}\n]/u);
  });
});

describe('serve', () => {
  /** Starts the mock; resolves to its address and the line that says how to call it. */
  async function serve(...args: string[]) {
    const child = spawn(process.execPath, [program, 'serve', ...args], { cwd: folder });
    onTestFinished(() => void child.kill());
    const told = text(child.stderr, /More at/);
    const { url } = JSON.parse(await text(child.stdout, /\n/)) as { url: string };
    return { url, told: await told };
  }

  /** What a stream has brought when a pattern is in it. */
  async function text(stream: Readable, pattern: RegExp): Promise<string> {
    let all = '';
    for await (const chunk of stream) {
      all += String(chunk);
      if (pattern.test(all)) break;
    }
    return all;
  }

  it('says how to call it, and what it says works; it answers late if asked to', async () => {
    const { told, url } = await serve('--latency', '150');
    const [line = ''] = told.split('\n');
    const start = performance.now();
    const { stdout } = await promisify(execFile)('sh', ['-c', line]);
    expect(performance.now() - start).toBeGreaterThanOrEqual(150);
    expect(JSON.parse(stdout)).toEqual({ job_id: expect.any(String) });
    const page = await (await fetch(url)).text();
    expect(page).toContain(line);
    expect(page).toMatch(/pool is busy: +pool_id pool-b/);
  });

  it('lists the faults', async () => {
    const { code, stdout } = await call('serve', '--list-faults');
    expect(code).toBe(0);
    expect(stdout).toMatch(/^accepts-missing-image-id +A body without image_id is accepted\.$/m);
  });

  it("drives a client's own tests", async () => {
    const project = join(folder, 'client');
    cpSync(resolve('examples/client'), project, { recursive: true, filter: (path) => !path.includes('node_modules') });
    mkdirSync(join(project, 'node_modules'));
    symlinkSync(resolve('.'), join(project, 'node_modules/rebuild-conformance'), 'dir');
    const { stdout } = await promisify(execFile)(process.execPath, ['--test', 'client.test.js'], { cwd: project });
    expect(stdout).toMatch(/^# pass 4$/m);
  });
});
