import { type ChildProcess, spawn } from 'node:child_process';
import {
  closeSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { createServer as createHttpServer, type RequestListener } from 'node:http';
import type { AddressInfo, Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import type { Report } from '../specs/report.ts';

const program = resolve('dist/cli.js');
const servers: Server[] = [];
const folders: string[] = [];

afterEach(() => {
  for (const server of servers.splice(0)) {
    if ('closeAllConnections' in server) (server as ReturnType<typeof createHttpServer>).closeAllConnections();
    server.close();
  }
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

function folder(): string {
  const made = mkdtempSync(join(tmpdir(), 'interrupt-'));
  folders.push(made);
  return made;
}

async function target(listener: RequestListener): Promise<string> {
  const server = createHttpServer(listener);
  servers.push(server);
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

interface Running {
  readonly child: ChildProcess;
  readonly ended: Promise<{ readonly code: number | null; readonly stderr: string }>;
}

/** `TMPDIR` is a folder of its own, so that it can be seen what is left behind. */
function start(cwd: string, args: readonly string[], stdout: 'pipe' | number = 'pipe'): Running {
  mkdirSync(join(cwd, 'tmp'), { recursive: true });
  const child = spawn(process.execPath, [program, ...args], {
    cwd,
    env: { ...process.env, TMPDIR: join(cwd, 'tmp') },
    stdio: ['ignore', stdout, 'pipe'],
  });
  let stderr = '';
  child.stderr?.on('data', (part) => {
    stderr += part;
  });
  child.stdout?.resume();
  return { child, ended: new Promise((done) => child.once('close', (code) => done({ code, stderr }))) };
}

/** A configuration of the target with a pool that is ready. */
function configured(cwd: string, url: string, more: object = {}): readonly string[] {
  const states = { 'pool is ready': { project_id: 'p', pool_id: 'a', image_id: 'i' } };
  writeFileSync(join(cwd, 'c.json'), JSON.stringify({ target: { url }, states, ...more }));
  return ['run', '--config', 'c.json', '--runs', '0'];
}

function reportIn(cwd: string): Report {
  return JSON.parse(readFileSync(join(cwd, 'reports/latest/report.json'), 'utf8')) as Report;
}

function answering(outgoing: Parameters<RequestListener>[1], status = 200): void {
  const body = status === 200 ? `{"job_id":"j${Math.random()}"}` : '{"error_code":"WKS.1","error_msg":"No."}';
  outgoing.writeHead(status, { 'content-type': 'application/json' }).end(body);
}

test.each([
  ['SIGINT', 130],
  ['SIGTERM', 143],
] as const)('%s stops sending at once, and the report so far is written', async (signal, code) => {
  const cwd = folder();
  let seen = 0;
  let after = 0;
  let running: Running | undefined;
  const url = await target((incoming, outgoing) => {
    incoming.resume();
    seen += 1;
    if (running?.child.killed) after += 1;
    if (seen === 20) running?.child.kill(signal);
    // What comes then hangs: nobody must wait for it.
    if (seen < 20) setTimeout(() => answering(outgoing), 20);
  });
  running = start(cwd, [...configured(cwd, url), '--timeout', '60000']);
  const { code: exit, stderr } = await running.ended;
  expect(exit).toBe(code);
  expect(stderr).not.toMatch(/^\s+at /m);
  const report = reportIn(cwd);
  expect(report).toMatchObject({ outcome: 'error', incomplete: true });
  expect(report.results.length).toBeGreaterThan(100);
  // Requests that were on their way already may still arrive.
  expect(after).toBeLessThanOrEqual(4);
  expect(readdirSync(join(cwd, 'reports/latest')).sort()).toEqual(
    expect.arrayContaining(['junit.xml', 'report.html', 'report.json', 'summary.md']),
  );
  expect(readdirSync(join(cwd, 'reports/latest')).filter((name) => name.endsWith('.tmp'))).toEqual([]);
  expect(readdirSync(join(cwd, 'tmp'))).toEqual([]);
});

test('a login that hangs is not waited for', async () => {
  const cwd = folder();
  let running: Running | undefined;
  const iam = await target((incoming) => {
    incoming.resume();
    running?.child.kill('SIGINT');
  });
  const url = await target((incoming, outgoing) => {
    incoming.resume();
    answering(outgoing);
  });
  const auth = { iam: { url: iam, domain: 'd', user: 'u', password: 'a-password-1', project: 'p' } };
  running = start(cwd, [...configured(cwd, url, { auth }), '--timeout', '60000']);
  expect(await running.ended).toMatchObject({ code: 130 });
  expect(reportIn(cwd)).toMatchObject({ outcome: 'error', incomplete: true });
});

test('a second signal leaves at once', async () => {
  const cwd = folder();
  let running: Running | undefined;
  let seen = 0;
  const url = await target((incoming, outgoing) => {
    incoming.resume();
    seen += 1;
    if (seen === 5) {
      running?.child.kill('SIGTERM');
      setTimeout(() => running?.child.kill('SIGINT'), 1);
    }
    if (seen < 5) answering(outgoing);
  });
  running = start(cwd, [...configured(cwd, url), '--timeout', '60000']);
  const { code } = await running.ended;
  // The first one may have been quick enough.
  expect([130, 143]).toContain(code);
});

test('nothing is left behind when the verifier is interrupted', async () => {
  const cwd = folder();
  const { child, ended } = start(cwd, ['run', '--runs', '0', '--only', 'body/*']);
  const isVerifying = (): boolean => readdirSync(join(cwd, 'tmp')).some((name) => name.startsWith('contract-'));
  await expect.poll(isVerifying, { timeout: 30_000, interval: 5 }).toBe(true);
  child.kill('SIGTERM');
  expect((await ended).code).toBe(143);
  expect(reportIn(cwd)).toMatchObject({ outcome: 'error' });
  expect(readdirSync(join(cwd, 'tmp'))).toEqual([]);
  if (!existsSync('/proc')) return;
  const isOurs = (pid: string): boolean => {
    try {
      return readFileSync(`/proc/${pid}/environ`, 'utf8').includes(cwd);
    } catch {
      return false;
    }
  };
  const left = (): string[] => readdirSync('/proc').filter((name) => /^\d+$/.test(name) && isOurs(name));
  await expect.poll(left, { timeout: 5000 }).toEqual([]);
});

test('files that hold exchanges are for their owner alone', async () => {
  const cwd = folder();
  const url = await target((incoming, outgoing) => {
    incoming.resume();
    answering(outgoing, 401);
  });
  await start(cwd, configured(cwd, url)).ended;
  const latest = join(cwd, 'reports/latest');
  for (const name of readdirSync(latest)) expect([name, statSync(join(latest, name)).mode & 0o077]).toEqual([name, 0]);
});

test.runIf(existsSync('/dev/full'))('a full disk and a closed pipe are a sentence', async () => {
  const cwd = folder();
  const url = await target((incoming, outgoing) => {
    incoming.resume();
    answering(outgoing, 401);
  });
  const full = await start(cwd, [...configured(cwd, url), '--report', 'json=/dev/full']).ended;
  expect(full.code).toBe(3);
  expect(full.stderr).toMatch(/^error: The report \/dev\/full cannot be written \(ENOSPC\); choose another place\.$/m);
  expect(full.stderr).toContain('No valid body was accepted');
  const device = openSync('/dev/full', 'w');
  const listed = await start(cwd, ['list'], device).ended;
  closeSync(device);
  expect(listed.code).toBe(3);
  expect(listed.stderr).toMatch(/^error: The output cannot be written \(ENOSPC\)\.$/m);
  for (const { stderr } of [full, listed]) expect(stderr).not.toMatch(/^\s+at /m);
  const piped = start(cwd, ['list', '--cases']);
  piped.child.stdout?.destroy();
  expect((await piped.ended).stderr).toBe('');
});

test('a report folder that vanishes is made again', async () => {
  const cwd = folder();
  const url = await target((incoming, outgoing) => {
    incoming.resume();
    rmSync(join(cwd, 'reports'), { recursive: true, force: true });
    answering(outgoing, 401);
  });
  const { code } = await start(cwd, configured(cwd, url)).ended;
  expect(code).toBe(3);
  expect(reportIn(cwd).outcome).toBe('error');
});
