import { cp, mkdir, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { MatchersV3, PactV4 } from '@pact-foundation/pact';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createClient } from './client.ts';
import { consumerName, exampleFixture, exampleToken, providerName } from './examples.ts';
import { type ContractRow, contractRows } from './interactions.ts';

const committed = fileURLToPath(new URL('./pacts', import.meta.url));
const fileName = `${consumerName}-${providerName}.json`;
const examples: Readonly<Record<string, string>> = exampleFixture;

/** The expression that stands for a value of the provider state. */
function stateValue(name: string): string {
  return `\${${name}}`;
}

/** The path, where segments that are an example stand for a value of the provider state. */
function pathOf({ path }: ContractRow): string {
  const names = new Map(Object.entries(examples).map(([name, value]) => [value, name]));
  return path
    .split('/')
    .map((segment) => {
      const name = names.get(segment);
      return name === undefined ? segment : stateValue(name);
    })
    .join('/');
}

/** The body, where fields that are their example stand for a value of the provider state. */
function bodyOf({ body }: ContractRow): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(body).map(([name, value]: [string, unknown]) =>
      typeof value === 'string' && examples[name] === value
        ? [name, MatchersV3.fromProviderState(stateValue(name), value)]
        : [name, value],
    ),
  );
}

describe('the contract of a consumer', () => {
  let folder: string;

  beforeAll(async () => {
    process.env['PACT_DO_NOT_TRACK'] = '1';
    folder = await mkdtemp(join(tmpdir(), 'pacts-'));
  });

  afterAll(async () => {
    await rm(folder, { recursive: true, force: true });
  });

  for (const row of contractRows) {
    it(row.title, async () => {
      const pact = new PactV4({ dir: folder, consumer: consumerName, provider: providerName, logLevel: 'error' });
      await pact
        .addInteraction()
        .given(row.state, { requirement: row.requirement })
        .uponReceiving(row.title)
        .withRequest(row.method, MatchersV3.fromProviderState(pathOf(row), row.path), (builder) => {
          if (row.hasCredential)
            builder.headers({ 'X-Auth-Token': MatchersV3.fromProviderState(stateValue('token'), exampleToken) });
          builder.jsonBody(bodyOf(row));
        })
        .willRespondWith(row.expectStatus, (builder) => {
          builder.jsonBody(
            row.expectBody === 'accepted'
              ? { job_id: MatchersV3.string('job-example') }
              : { error_code: MatchersV3.string('WKS.0001') },
          );
        })
        .executeTest(async (server) => {
          const client = createClient({ url: server.url, token: row.hasCredential ? exampleToken : undefined });
          const answer = await client.rebuild(exampleFixture.project_id, exampleFixture.pool_id, row.body);
          expect(answer).toEqual(
            row.expectBody === 'accepted'
              ? { status: 200, job_id: 'job-example' }
              : { status: row.expectStatus, error_code: 'WKS.0001' },
          );
        });
    });
  }

  it('is the committed one (UPDATE_PACTS=1 replaces it)', async () => {
    if (process.env['UPDATE_PACTS'] === '1') {
      await rm(committed, { recursive: true, force: true });
      await mkdir(committed, { recursive: true });
      await cp(join(folder, fileName), join(committed, fileName));
    }
    expect(await readFile(join(folder, fileName), 'utf8')).toBe(await readFile(join(committed, fileName), 'utf8'));
  });
});
