import { type ChildProcess, spawn } from 'node:child_process';
import { connect, createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { request } from 'undici';
import { descriptionFile } from './description.ts';
import { quiet } from './process.ts';
import { shots } from './shots.ts';
import type { Bench, Tool } from './tool.ts';

const mostTries = 600;

interface Violation {
  readonly location: readonly string[];
  readonly message: string;
}

/**
 * Prism as a proxy in front of the target, which says in a header where an answer is not as described. It has no
 * requests of its own: those of our contracts pass through it. What is wrong with a request is no defect of the target.
 */
export async function createPrism(bench: Bench): Promise<Tool> {
  return {
    name: 'Prism proxy',
    cases: 'the requests of our contracts, sent through it',
    async judge() {
      const { proxy, close } = await start(bench);
      try {
        const said: string[] = [];
        for (const shot of shots) said.push(...(await violationsOf(proxy, shot)));
        return { found: said.length > 0, said: said.join('\n') };
      } finally {
        await close();
      }
    },
  };
}

async function start({ bin, url }: Bench): Promise<{ proxy: string; close: () => Promise<void> }> {
  const port = await freePort();
  const file = fileURLToPath(descriptionFile);
  const args = ['proxy', file, url, '--port', String(port), '--host', '127.0.0.1', '--verboseLevel', 'silent'];
  const child = spawn(join(bin, 'prism'), args, { env: quiet(), stdio: 'ignore' });
  for (let tries = 0; !(await listens(port)); tries += 1) {
    if (tries > mostTries) throw new Error('Prism did not start');
    await sleep(200);
  }
  return { proxy: `http://127.0.0.1:${port}`, close: () => stop(child) };
}

/** What the proxy says of the answer to one request, or that there is none. */
async function violationsOf(
  proxy: string,
  { name, project, pool, token, body }: (typeof shots)[number],
): Promise<readonly string[]> {
  try {
    const answer = await request(`${proxy}/v2/${project}/desktop-pools/${pool}/rebuild`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...(token === undefined ? {} : { 'x-auth-token': token }) },
      body: JSON.stringify(body),
      signal: AbortSignal.timeout(10_000),
    });
    await answer.body.dump();
    const header = answer.headers['sl-violations'];
    const violations = header === undefined ? [] : (JSON.parse(String(header)) as readonly Violation[]);
    return violations
      .filter(({ location }) => location[0] === 'response')
      .map(({ location, message }) => `${name}: ${location.join('.')} ${message}`);
  } catch (error) {
    return [`${name}: ${String(error)}`];
  }
}

function listens(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('error', () => resolve(false));
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
  });
}

function stop(child: ChildProcess): Promise<void> {
  return new Promise((resolve) => {
    child.once('close', () => resolve());
    child.kill('SIGKILL');
  });
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer().on('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0));
    });
  });
}
