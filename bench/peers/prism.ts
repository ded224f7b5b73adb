import { type ChildProcess, spawn } from 'node:child_process';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { request } from 'undici';
import { descriptionFile } from './description.ts';
import { quiet } from './process.ts';
import { shots } from './shots.ts';
import type { Bench, Tool } from './tool.ts';

const mostTries = 240;

interface Violation {
  readonly location: readonly string[];
  readonly message: string;
}

/**
 * Prism as a proxy in front of the target, which says in a header where an answer is not as described. It has no
 * requests of its own: those of our contracts pass through it. What is wrong with a request is no defect of the target.
 */
export async function createPrism({ bin, url }: Bench): Promise<Tool> {
  const port = await freePort();
  const args = [
    'proxy',
    fileURLToPath(descriptionFile),
    url,
    '--port',
    String(port),
    '--host',
    '127.0.0.1',
    '--verboseLevel',
    'silent',
  ];
  const child = spawn(join(bin, 'prism'), args, { env: quiet(), stdio: 'ignore' });
  const proxy = `http://127.0.0.1:${port}`;
  let tries = 0;
  while (!(await answers(proxy))) {
    tries += 1;
    if (tries > mostTries) throw new Error('Prism did not start');
    await sleep(500);
  }
  return {
    name: 'Prism proxy',
    cases: 'the requests of our contracts, sent through it',
    async judge() {
      const said: string[] = [];
      for (const { name, project, pool, token, body } of shots) {
        const answer = await request(`${proxy}/v2/${project}/desktop-pools/${pool}/rebuild`, {
          method: 'POST',
          headers: { 'content-type': 'application/json', ...(token === undefined ? {} : { 'x-auth-token': token }) },
          body: JSON.stringify(body),
          signal: AbortSignal.timeout(10_000),
        }).catch((error: unknown) => String(error));
        if (typeof answer === 'string') {
          said.push(`${name}: ${answer}`);
          continue;
        }
        await answer.body.dump();
        const header = answer.headers['sl-violations'];
        const violations = header === undefined ? [] : (JSON.parse(String(header)) as readonly Violation[]);
        for (const { location, message } of violations)
          if (location[0] === 'response') said.push(`${name}: ${location.join('.')} ${message}`);
      }
      return { found: said.length > 0, said: said.join('\n') };
    },
    close: () => stop(child),
  };
}

function answers(url: string): Promise<boolean> {
  return request(url, { signal: AbortSignal.timeout(2_000) }).then(
    async ({ body }) => {
      await body.dump();
      return true;
    },
    () => false,
  );
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
