import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, test } from 'vitest';
import { readConfiguration } from './configuration/configuration.ts';
import { playPacts } from './pacts.ts';

/** What Pact takes a value of the provider state by. */
const stateValue = (name: string) => `\${${name}}`;
const ofState = (expression: string) => ({ expression, type: 'ProviderState' });
const path = `/v2/${stateValue('project_id')}/desktop-pools/${stateValue('pool_id')}/rebuild`;

/** A consumer's interaction that expects a status. */
function interaction(description: string, state: string, body: Readonly<Record<string, unknown>>, status: number) {
  const json = { 'Content-Type': ['application/json'] };
  return {
    type: 'Synchronous/HTTP',
    description,
    providerStates: [{ name: state }],
    request: {
      method: 'POST',
      path: '/v2/p/desktop-pools/q/rebuild',
      headers: { ...json, 'X-Auth-Token': ['t'] },
      body: { content: body, contentType: 'application/json', encoded: false },
      generators: {
        path: ofState(path),
        header: { 'X-Auth-Token': ofState(stateValue('token')) },
        ...(Object.hasOwn(body, 'image_id') ? { body: { '$.image_id': ofState(stateValue('image_id')) } } : {}),
      },
    },
    response: { status },
  };
}

function pactOf(...interactions: readonly unknown[]) {
  const metadata = { pactSpecification: { version: '4.0' } };
  return { consumer: { name: 'console' }, provider: { name: 'rebuild-desktop-pool' }, interactions, metadata };
}

async function results(listener: RequestListener, rebuilds: number, ...interactions: readonly unknown[]) {
  const server = createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  try {
    const configuration = readConfiguration({
      data: {
        target: { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` },
        auth: { token: 'a-token-of-a-test' },
        states: { 'pool is ready': { project_id: 'p1', pool_id: 'pool-1', image_id: 'img-1' } },
        limits: { timeout: 200, rebuilds },
      },
      env: {},
      overrides: {},
    });
    const [one = []] = await playPacts({ configuration, seed: 1, rebuilds }, [pactOf(...interactions)]);
    return one.map(({ verdict, reason }) => ({ verdict, reason }));
  } finally {
    server.closeAllConnections();
    server.close();
  }
}

const rebuild = (name: string) => interaction(name, 'pool is ready', { image_id: 'i' }, 200);
const refused = interaction('a body without an image', 'pool is ready', {}, 400);
const held = { verdict: 'untested', reason: 'the cap on rebuilds is reached' };

test('what the cap on rebuilds holds back is untested', async () => {
  const accept: RequestListener = (_, response) => response.end('{}');
  expect(await results(accept, 1, rebuild('first'), rebuild('second'))).toEqual([
    expect.objectContaining({ verdict: 'pass' }),
    held,
  ]);
});

test('the last request under the cap, which gets no answer, is an error and none that was held back', async () => {
  const hang: RequestListener = (request, response) => {
    if (!request.url?.includes('/pool-1/')) response.writeHead(404).end('{}');
  };
  const [one] = await results(hang, 1, rebuild('first'));
  expect(one).toMatchObject({ verdict: 'error', reason: expect.stringContaining('no answer came') });
});

test('once a target accepts what it must refuse, the cap holds back all, and says so', async () => {
  const accept: RequestListener = (_, response) => response.end('{}');
  expect(await results(accept, 2, rebuild('first'), refused, refused)).toEqual([
    expect.objectContaining({ verdict: 'pass' }),
    expect.objectContaining({ verdict: 'fail' }),
    held,
  ]);
});
