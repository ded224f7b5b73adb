import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, test } from 'vitest';
import { readConfiguration } from './configuration.ts';
import { run } from './run.ts';

/** A target that knows one order and one type of image, and rejects others as it should. */
async function reportOf(pins: Readonly<Record<string, string>>, limits: Readonly<Record<string, number>> = {}) {
  let accepted = 0;
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const answer = (status: number, body: object) =>
        response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
      try {
        const body = JSON.parse(Buffer.concat(chunks).toString()) as Record<string, unknown>;
        const known = (name: string, value: string) => body[name] === undefined || body[name] === value;
        if (body['image_id'] === 'img-1' && known('order_id', 'my-order') && known('image_type', 'golden')) {
          accepted += 1;
          return answer(200, { job_id: `job-${accepted}` });
        }
      } catch {}
      return answer(400, { error_code: 'X.1', error_msg: 'No.' });
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const data = {
    target: { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` },
    auth: { token: 'a-token-of-mine' },
    states: { 'pool is ready': { project_id: 'p1', pool_id: 'pool-a', image_id: 'img-1', ...pins } },
    limits,
  };
  const configuration = readConfiguration({ data, env: {} });
  const report = await run({ configuration, seed: 1, runs: 5, only: [], strict: false, edition: '2025-11' });
  server.closeAllConnections();
  server.close();
  return { report, accepted };
}

const verdictOf = (report: Awaited<ReturnType<typeof reportOf>>['report'], id: string) =>
  report.results.filter(({ requirement }) => requirement === id).map(({ verdict }) => verdict);

test('a value that only the owner knows is asked for, not reported', async () => {
  const { report } = await reportOf({});
  expect(verdictOf(report, 'body/full-is-accepted')).toEqual(['untested', 'untested']);
  expect(verdictOf(report, 'body/optional-fields-combine')).toEqual(['pass']);
  expect(report.notes.join()).toContain('image_type, order_id');
});

test('a pinned value is used', async () => {
  const { report } = await reportOf({ image_type: 'golden', order_id: 'my-order' });
  expect(verdictOf(report, 'body/full-is-accepted')).toEqual(['pass', 'pass']);
});

test('the cap on rebuilds is kept, also with a target that accepts too much', async () => {
  const { report, accepted } = await reportOf({}, { rebuilds: 12 });
  expect(accepted).toBeLessThanOrEqual(12);
  expect(report.rebuilds).toBe(accepted);
});
