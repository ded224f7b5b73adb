import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { type BrokerSummary, brokerTask, verifyFromBroker, worstOf } from '../cli/broker.ts';
import { contractRows } from '../contracts/interactions.ts';
import { startReference } from '../reference/endpoint.ts';
import { defaultEdition } from '../specs/editions.ts';
import type { Report } from '../specs/report.ts';
import { type StandIn, type StoredPact, startBroker, token } from './pact-broker.ts';

type Json = Readonly<Record<string, unknown>>;

/** An expression that takes a value of the provider state. */
function stateValue(name: string): string {
  return `\${${name}}`;
}

/** A generator of Pact that puts one in. */
function ofState(expression: string): Json {
  return { expression, type: 'ProviderState' };
}

const path = `/v2/${stateValue('project_id')}/desktop-pools/${stateValue('pool_id')}/rebuild`;

/** A consumer's interaction, as Pact for any language writes it in version 4 of its specification. */
function interaction(description: string, state: string, otherwise: Json = {}): Json {
  const body = (content: Json) => ({ content, contentType: 'application/json', encoded: false });
  const json = { 'Content-Type': ['application/json'] };
  return {
    _id: `id of ${description}`,
    type: 'Synchronous/HTTP',
    description,
    providerStates: [{ name: state }],
    request: {
      method: 'POST',
      path: '/v2/p/desktop-pools/q/rebuild',
      headers: { ...json, 'X-Auth-Token': ['t'], Accept: ['application/json'] },
      body: body({ image_id: 'i', delay_time: 5 }),
      generators: {
        path: ofState(path),
        header: { 'X-Auth-Token': ofState(stateValue('token')) },
        body: { '$.image_id': ofState(stateValue('image_id')) },
      },
    },
    response: {
      status: 200,
      headers: json,
      body: body({ job_id: 'j' }),
      matchingRules: { body: { '$.job_id': { combine: 'AND', matchers: [{ match: 'type' }] } } },
    },
    ...otherwise,
  };
}

function refusal(status: number): Json {
  return {
    response: {
      status,
      body: { content: { error_code: 'x' }, contentType: 'application/json', encoded: false },
      matchingRules: { body: { '$.error_code': { combine: 'AND', matchers: [{ match: 'type' }] } } },
    },
  };
}

function pactOf(consumer: string, ...interactions: readonly Json[]): Json {
  return {
    consumer: { name: consumer },
    provider: { name: 'rebuild-desktop-pool' },
    interactions,
    metadata: { pactSpecification: { version: '4.0' } },
  };
}

const closers: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0)) await close();
});

interface Played {
  readonly summary: BrokerSummary;
  readonly broker: StandIn;
}

async function play(
  stored: readonly StoredPact[],
  flags: Json = {},
  { fault, rebuilds = 0, ...env }: { fault?: string; rebuilds?: number; PACT_BROKER_TOKEN?: string } = {},
): Promise<Played> {
  const reference = await startReference(fault === undefined ? {} : { fault });
  const broker = await startBroker(stored);
  const folder = mkdtempSync(join(tmpdir(), 'broker-'));
  closers.push(reference.close, broker.close, () => rmSync(folder, { recursive: true }));
  const config = join(folder, 'conformance.yaml');
  writeFileSync(config, JSON.stringify({ ...reference.configuration, limits: { rebuilds: 20 } }));
  const task = brokerTask({ config, brokerUrl: broker.url, ...flags }, { PACT_BROKER_TOKEN: token, ...env });
  if (task === undefined) throw new Error('no task');
  return { summary: await verifyFromBroker(task, { seed: 1, rebuilds } as Report), broker };
}

const published = { publish: true, providerVersion: '4.2.1', providerBranch: 'feat/x' };

function results({ seen }: StandIn) {
  return seen.filter((one) => one.path.endsWith('/verification-results')).map(({ body }) => body as Json);
}

describe('the pacts of a Broker', () => {
  it('are fetched by its links, played, and answered for', async () => {
    const good = pactOf(
      'console',
      interaction('a rebuild in five minutes', 'pool is ready'),
      interaction('a rebuild of a busy pool', 'pool is busy', refusal(409)),
      interaction('a rebuild by a reader', 'token lacks permission', refusal(403)),
    );
    const { summary, broker } = await play([{ pact: good }], published);
    expect(summary.lines).toEqual([
      'Pact of console (1.0): kept; published as success of 4.2.1',
      expect.stringMatching(/^Pact of desktop-pool-client \(1.1\): kept; published as success/),
    ]);
    expect(summary.outcome).toBe('conformant');
    expect(broker.seen.map(({ method, path }) => `${method} ${path}`)).toEqual([
      'GET /',
      'POST /contracts/publish',
      'GET /',
      'POST /pacts/provider/rebuild-desktop-pool/for-verification',
      'GET /pacts/provider/rebuild-desktop-pool/consumer/console/pact-version/0',
      'GET /pacts/provider/rebuild-desktop-pool/consumer/desktop-pool-client/pact-version/1',
      'GET /pacticipants/rebuild-desktop-pool',
      'PUT /pacticipants/rebuild-desktop-pool/branches/feat%2Fx/versions/4.2.1',
      'POST /pacts/provider/rebuild-desktop-pool/pact-version/0/verification-results',
      'GET /pacticipants/rebuild-desktop-pool',
      'PUT /pacticipants/rebuild-desktop-pool/branches/feat%2Fx/versions/4.2.1',
      'POST /pacts/provider/rebuild-desktop-pool/pact-version/1/verification-results',
    ]);
    expect(broker.seen[3]?.body).toEqual({
      consumerVersionSelectors: [{ mainBranch: true }, { deployedOrReleased: true }],
      providerVersionBranch: 'feat/x',
      includePendingStatus: true,
    });
    const [console_, own] = results(broker);
    expect(console_).toEqual({
      success: true,
      providerApplicationVersion: '4.2.1',
      verifiedBy: { implementation: 'rebuild-conformance', version: expect.stringMatching(/^\d/) },
      testResults: [
        { interactionId: 'id of a rebuild in five minutes', success: true },
        { interactionId: 'id of a rebuild of a busy pool', success: true },
        { interactionId: 'id of a rebuild by a reader', success: true },
      ],
    });
    expect(own).toMatchObject({
      success: true,
      testResults: contractRows(defaultEdition).map(() => ({ success: true })),
    });
  });

  it('are only read without --publish', async () => {
    const { summary, broker } = await play([{ pact: pactOf('console', interaction('a rebuild', 'pool is ready')) }]);
    expect(summary).toEqual({ outcome: 'conformant', lines: ['Pact of console (1.0): kept'] });
    expect(broker.seen.map(({ method }) => method)).toEqual(['GET', 'POST', 'GET']);
    expect(broker.seen[1]?.body).not.toHaveProperty('includePendingStatus');
  });

  it('are broken by a target that answers otherwise, and the Broker hears why', async () => {
    const pact = pactOf(
      'console',
      interaction('a rebuild', 'pool is ready'),
      interaction('a rebuild of a busy pool', 'pool is busy', refusal(409)),
    );
    const { summary, broker } = await play([{ pact }], published, { fault: 'answers-numeric-job-id' });
    expect(summary.outcome).toBe('nonconformant');
    expect(summary.lines[1]).toMatch(/^ {2}fail a rebuild: \$\.job_id: ./);
    expect(results(broker)[0]).toMatchObject({
      success: false,
      testResults: [
        {
          interactionId: 'id of a rebuild',
          success: false,
          mismatches: [{ attribute: 'body', identifier: '$.job_id', description: expect.any(String) }],
        },
        { interactionId: 'id of a rebuild of a busy pool', success: true },
      ],
    });
  });

  it('do not count while they are pending', async () => {
    const pact = pactOf('console', interaction('a conflict', 'pool is ready', refusal(409)));
    const { summary, broker } = await play([{ pact, pending: true }], { ...published, publish: false });
    expect(summary.outcome).toBe('conformant');
    expect(summary.lines[0]).toBe('Pact of console (1.0): broken, pending: it does not count yet');
    expect(results(broker)).toEqual([]);
  });

  it('are no success where an interaction cannot be sent safely', async () => {
    const other = interaction('x', 'pool is ready');
    const request = other['request'] as Json;
    const generators = request['generators'] as Json;
    const without = (description: string, name: string) => ({
      ...other,
      description,
      request: { ...request, generators: { ...generators, [name]: undefined } },
    });
    const pact = pactOf(
      'console',
      interaction('a rebuild', 'pool is ready'),
      interaction('a state that nobody knows', 'the moon is full'),
      without('a path of its own', 'path'),
      without('a token of its own', 'header'),
      without('an image of its own', 'body'),
      {
        ...other,
        description: 'an image in a list',
        request: {
          ...request,
          body: { content: { image_id: ['other'] }, contentType: 'application/json', encoded: false },
          generators: { ...generators, body: undefined },
        },
      },
      { ...other, description: 'a message', type: 'Asynchronous/Messages' },
    );
    const { summary, broker } = await play([{ pact }], published);
    expect(summary.outcome).toBe('partial');
    expect(summary.lines.slice(0, 7)).toEqual([
      'Pact of console (1.0): not tested whole; nothing was published',
      expect.stringMatching(/^ {2}untested a state that nobody knows: .* not "the moon is full"$/),
      expect.stringMatching(/^ {2}untested a path of its own: its path /),
      expect.stringMatching(/^ {2}untested a token of its own: its credential /),
      expect.stringMatching(/^ {2}untested an image of its own: its image_id /),
      expect.stringMatching(/^ {2}untested an image in a list: its image_id /),
      expect.stringMatching(/^ {2}untested a message: it is no HTTP interaction$/),
    ]);
    expect(results(broker).map(({ success }) => success)).toEqual([true]);
  });

  it('that go beyond the cap on rebuilds are untested', async () => {
    const pact = pactOf('console', interaction('a rebuild', 'pool is ready'));
    const { summary } = await play([{ pact }], {}, { rebuilds: 20 });
    expect(summary.outcome).toBe('partial');
    expect(summary.lines[1]).toContain('the cap on rebuilds is reached');
  });

  it('that are no pacts are an error', async () => {
    const { summary, broker } = await play([{ pact: { consumer: { name: 'console' } } }], published);
    expect([summary.outcome, results(broker).length]).toEqual(['error', 1]);
  });

  it('must be there, and the token good', async () => {
    expect((await play([])).summary).toMatchObject({ outcome: 'error', lines: [expect.stringMatching(/has no pact/)] });
    const { summary } = await play([], {}, { PACT_BROKER_TOKEN: 'stale' });
    expect(summary.lines).toEqual([expect.stringMatching(/answers 401 .*PACT_BROKER_TOKEN/)]);
    expect(summary.lines.join()).not.toContain('stale');
  });

  it('cannot be published to a Broker that is too old', async () => {
    const old = await startBroker([], true);
    closers.push(old.close);
    const { summary } = await play([], { ...published, brokerUrl: old.url });
    expect(summary.lines).toEqual([expect.stringMatching(/no link "pb:publish-contracts".*2\.86/)]);
  });
});

it('a broken pact of a consumer ends the command with 1', async () => {
  const reference = await startReference();
  const pact = pactOf('console', interaction('a conflict', 'pool is ready', refusal(409)));
  const broker = await startBroker([{ pact }]);
  const folder = mkdtempSync(join(tmpdir(), 'broker-'));
  closers.push(reference.close, broker.close, () => rmSync(folder, { recursive: true }));
  writeFileSync(join(folder, 'conformance.yaml'), JSON.stringify(reference.configuration));
  const args = ['run', '--only', 'body/minimal-is-accepted', '--allow-partial', '--broker-url', broker.url];
  const env = { ...process.env, PACT_BROKER_TOKEN: token };
  const { code, stderr } = await new Promise<{ code: number | null; stderr: string }>((done) => {
    const child = execFile(process.execPath, [resolve('dist/cli.js'), ...args], { cwd: folder, env }, (_, __, text) =>
      done({ code: child.exitCode, stderr: text }),
    );
  });
  expect([code, stderr]).toEqual([1, expect.stringContaining('Pact of console (1.0): broken\n  fail a conflict: ')]);
  expect(stderr).not.toContain(token);
});

it.each([
  [{ publish: true }, /need --broker-url/],
  [{ brokerUrl: 'http://127.0.0.1:1', publish: true, target: 'http://127.0.0.1:1' }, /--provider-version/],
  [{ brokerUrl: 'http://127.0.0.1:1' }, /needs a target/],
  [{ brokerUrl: 'ftp://x', target: 'http://127.0.0.1:1' }, /--broker-url must be/],
  [{ brokerUrl: 'http://a:b@127.0.0.1:1', target: 'http://127.0.0.1:1' }, /without credentials/],
])('%j is refused in one sentence', (flags, expected) => {
  expect(() => brokerTask(flags, {})).toThrow(expected);
});

it('of several outcomes the one that decides is told', () => {
  expect(worstOf(['partial', 'error', 'nonconformant'])).toBe('nonconformant');
  expect(worstOf(['conformant', 'partial', 'error'])).toBe('error');
  expect(worstOf(['conformant', 'partial'])).toBe('partial');
  expect(worstOf([])).toBe('conformant');
});
