import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import packageJson from '../package.json' with { type: 'json' };

const program = resolve('dist/cli.js');
const folder = mkdtempSync(join(tmpdir(), 'cli-'));
afterAll(() => rmSync(folder, { recursive: true }));

function call(...args: string[]): Promise<{ code: number; stdout: string; stderr: string }> {
  return new Promise((done) => {
    const child = execFile(
      process.execPath,
      [program, ...args],
      { cwd: folder, maxBuffer: 32 * 1024 * 1024 },
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

  it('lists the requirements', async () => {
    const { code, stdout } = await call('list', '--json');
    expect(code).toBe(0);
    expect((JSON.parse(stdout) as { level: string }[]).some(({ level }) => level === 'MUST')).toBe(true);
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
