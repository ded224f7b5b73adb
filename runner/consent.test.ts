import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, test } from 'vitest';
import { startReference } from '../reference/endpoint.ts';
import type { Configuration } from '../specs/configuration.ts';
import { readConfiguration } from './configuration/configuration.ts';
import { run } from './run.ts';

const options = { seed: 5, runs: 20, only: [], strict: false, edition: '2025-11' } as const;

/** Plays without consent at a server that notes the paths it was asked for. */
async function pathsWithoutConsent(status: number): Promise<{ paths: string[]; passed: string[] }> {
  const paths: string[] = [];
  const server = createServer((request, response) => {
    paths.push(request.url ?? '');
    request
      .resume()
      .on('end', () => response.writeHead(status, { 'content-type': 'application/json' }).end('{"error_code":"X.1"}'));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const data = {
    target: { url },
    auth: { token: 'a-token-of-mine' },
    states: {
      'pool is ready': { project_id: 'p1', pool_id: 'pool-a', image_id: 'img-1' },
      'pool does not exist': { pool_id: 'pool-z' },
    },
  };
  const configuration: Configuration = { ...readConfiguration({ data, env: {} }), allow_rebuild: false };
  const report = await run({ ...options, configuration });
  server.closeAllConnections();
  server.close();
  const passed = report.results.filter(({ verdict }) => verdict === 'pass').map(({ requirement }) => requirement);
  return { paths, passed };
}

for (const status of [200, 404, 409, 429, 500, 503]) {
  test(`without consent no configured pool is named, whatever the target answers: ${status}`, async () => {
    const { paths, passed } = await pathsWithoutConsent(status);
    expect(paths.length).toBeGreaterThan(0);
    expect(paths.length).toBeLessThan(60);
    expect(paths.filter((path) => path.includes('pool-a') || path.includes('pool-z'))).toEqual([]);
    // One answer to everything proves nothing.
    expect(passed.filter((id) => !id.startsWith('answers/'))).toEqual([]);
    if (status !== 200) expect(passed).toEqual([]);
  });
}

test('without consent an unknown pool is tested, and the report says what is not', async () => {
  const reference = await startReference({});
  try {
    const configuration: Configuration = {
      ...readConfiguration({ data: reference.configuration, env: {} }),
      allow_rebuild: false,
    };
    const report = await run({ ...options, configuration });
    expect(report.outcome).toBe('partial');
    expect(report.rebuilds).toBe(0);
    const property = report.results.find(
      (r) => r.requirement === 'path/unknown-pool-is-not-found' && r.technique === 'property',
    );
    expect(property?.verdict).toBe('pass');
    expect(report.results.find((r) => r.requirement === 'body/full-is-accepted')?.reason).toBe('consent');
  } finally {
    await reference.close();
  }
});

test('without consent a target that is down is an error', async () => {
  const data = { target: { url: 'http://127.0.0.1:9' }, auth: { token: 'a-token-of-mine' }, states: {} };
  const configuration: Configuration = { ...readConfiguration({ data, env: {} }), allow_rebuild: false };
  expect((await run({ ...options, configuration })).outcome).toBe('error');
});

test('a configuration that leaves nothing to ask is an error, and no quiet success', async () => {
  for (const allow_rebuild of [false, true]) {
    const data = { target: { url: 'http://127.0.0.1:1' } };
    const configuration: Configuration = { ...readConfiguration({ data, env: {} }), allow_rebuild };
    const { outcome, requests, notes } = await run({ ...options, configuration });
    expect(outcome).toBe('error');
    // Without consent a pool that nobody has is asked for, of a project that nobody has.
    expect([requests > 0, notes.join(' ')]).toEqual([
      !allow_rebuild,
      expect.stringContaining(allow_rebuild ? '"pool is ready" needs' : 'cannot be reached'),
    ]);
  }
});

test('where no valid request is accepted, the target’s own words are told, and which pool the handler gave', async () => {
  const reference = await startReference({});
  const handler = createServer((_, response) => void response.end('{"pool_id": "pool-of-nobody"}'));
  await new Promise<void>((resolve) => handler.listen(0, '127.0.0.1', resolve));
  try {
    const state_handler = `http://127.0.0.1:${(handler.address() as AddressInfo).port}`;
    const configuration = readConfiguration({ data: { ...reference.configuration, state_handler }, env: {} });
    const { outcome, notes } = await run({ ...options, configuration });
    expect(outcome).toBe('error');
    expect(notes.join(' ')).toMatch(
      /\(404\): The target says: \S.*\. The state handler gave the pool "pool-of-nobody"\./,
    );
  } finally {
    handler.closeAllConnections();
    handler.close();
    await reference.close();
  }
});
