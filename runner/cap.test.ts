import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, test } from 'vitest';
import { startReference } from '../reference/endpoint.ts';
import type { Report } from '../specs/report.ts';
import { readConfiguration } from './configuration/configuration.ts';
import { run } from './run.ts';

async function capped(rebuilds: number, runs = 0): Promise<Report> {
  const reference = await startReference({});
  try {
    // One static pool.
    const { state_handler: _, ...data } = reference.configuration;
    const configuration = readConfiguration({ data: { ...data, limits: { rebuilds } }, env: {} });
    return await run({ configuration, seed: 1, runs, only: [], strict: true, edition: '2025-11' });
  } finally {
    await reference.close();
  }
}

test.each([50, 20])('%i rebuilds suffice for every row that counts', async (rebuilds) => {
  const report = await capped(rebuilds);
  expect(report.rebuilds).toBeLessThanOrEqual(rebuilds);
  expect(report.results.filter(({ level, verdict }) => level !== 'MAY' && verdict !== 'pass')).toEqual([]);
  expect(report.outcome).toBe('conformant');
  // What a cap cut says so, and rests on at least one case.
  const cut = report.results.filter(({ cut_by, verdict }) => cut_by === 'rebuilds' && verdict === 'pass');
  expect(cut.length).toBeGreaterThan(0);
  for (const { cases } of cut) expect(cases).toBeGreaterThan(0);
});

test('with ten rebuilds every MUST row rests on something, or says what is missing', async () => {
  const report = await capped(10);
  expect(report.rebuilds).toBeLessThanOrEqual(10);
  for (const { verdict, cases, reason } of report.results)
    expect(verdict === 'pass' ? cases > 0 : reason !== undefined).toBe(true);
});

test('a cap of one leaves nothing green that was not tried', async () => {
  const report = await capped(1);
  expect(report.rebuilds).toBeLessThanOrEqual(1);
  expect(report.outcome).toBe('partial');
  const walk = report.results.find(({ requirement }) => requirement === 'state/walks-keep-the-rules');
  expect(walk?.verdict).toBe('untested');
});

test('generated cases keep the cap, too', async () => {
  expect((await capped(60, 20)).rebuilds).toBeLessThanOrEqual(60);
});

test('what a target accepts by any method counts, and keeps the cap', async () => {
  let accepted = 0;
  const server = createServer((request, response) => {
    const isOurs = request.url === '/v2/p1/desktop-pools/pool-1/rebuild' && request.method !== 'OPTIONS';
    if (isOurs) accepted += 1;
    request.resume().on('end', () => response.writeHead(isOurs ? 200 : 404).end(`{"job_id":"${accepted}"}`));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  try {
    const configuration = readConfiguration({
      data: {
        target: { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` },
        auth: { token: 'a-token-of-a-test' },
        states: { 'pool is ready': { project_id: 'p1', pool_id: 'pool-1', image_id: 'img-1' } },
        limits: { rebuilds: 8 },
      },
      env: {},
    });
    const only = ['body/minimal-is-accepted', 'path/other-method-starts-nothing'];
    const report = await run({ configuration, seed: 1, runs: 0, only, strict: true, edition: '2025-11' });
    expect(report.rebuilds).toBe(accepted);
    expect(accepted).toBeLessThanOrEqual(8);
  } finally {
    server.closeAllConnections();
    server.close();
  }
});
