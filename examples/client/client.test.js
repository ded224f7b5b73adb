// The tests of a client, against the mock that `rebuild-conformance serve` is.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { rebuildPool } from './client.js';

const command = fileURLToPath(new URL('./cli.js', import.meta.resolve('rebuild-conformance')));
const running = [];

/** Starts the mock; resolves to where it is, a good token, and the values of each state. */
async function mock(...options) {
  const child = spawn(process.execPath, [command, 'serve', ...options], { stdio: ['ignore', 'pipe', 'ignore'] });
  running.push(child);
  const [line] = await once(child.stdout, 'data');
  const { url, config } = JSON.parse(line);
  const ready = config.states['pool is ready'];
  const inState = (state) => {
    const { project_id, pool_id, image_id } = { ...ready, ...config.states[state] };
    return { project: project_id, pool: pool_id, image: image_id };
  };
  return { service: { url, token: config.auth.token }, inState };
}

let service;
let inState;
before(async () => {
  ({ service, inState } = await mock('--latency', '20'));
});
after(() => {
  for (const child of running) child.kill();
});

test('a rebuild is a job', async () => {
  assert.match(await rebuildPool(service, inState('pool is ready')), /./);
});

test('a busy pool is tried again, and then given up', async () => {
  const start = performance.now();
  await assert.rejects(rebuildPool(service, inState('pool is busy'), { tries: 2, pause: 50 }), /WKS\.\d+: /);
  assert.ok(performance.now() - start >= 90, 'two late answers, and a pause');
});

test('a pool that is not there is an error', async () => {
  await assert.rejects(rebuildPool(service, inState('pool does not exist')), /WKS\.\d+: /);
});

test('an acceptance without a job is an error', async () => {
  const broken = await mock('--fault', 'answers-without-job-id');
  await assert.rejects(rebuildPool(broken.service, broken.inState('pool is ready')), /without a job_id/);
});
