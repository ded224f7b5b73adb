import { cp, mkdir, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { MatchersV3, PactV4 } from '@pact-foundation/pact';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type EditionName, editions } from '../specs/editions.ts';
import { createClient } from './client.ts';
import { consumerName, exampleFixture, exampleToken, flat, pactName, providerName } from './examples.ts';
import { type ContractRow, contractRows } from './interactions.ts';

const committed = fileURLToPath(new URL('./pacts', import.meta.url));
const fileName = `${consumerName}-${providerName}.json`;

/** The expression that stands for a value of the provider state. */
function stateValue(name: string): string {
  return `\${${name}}`;
}

/** The names of the provider state's values in an edition, by their example. */
function namesOf(edition: EditionName): ReadonlyMap<string, string> {
  const values = Object.entries(exampleFixture(edition)) as [string, string | readonly string[]][];
  return new Map(values.flatMap(([name, value]) => flat(name, value)).map(([name, example]) => [example, name]));
}

/** The path, where segments that are an example stand for a value of the provider state. */
function pathOf({ path }: ContractRow, names: ReadonlyMap<string, string>): string {
  return path
    .split('/')
    .map((segment) => {
      const name = names.get(segment);
      return name === undefined ? segment : stateValue(name);
    })
    .join('/');
}

/** The body, where fields, and items of lists, that are their example stand for a value of the provider state. */
function bodyOf({ body }: ContractRow, names: ReadonlyMap<string, string>): Record<string, unknown> {
  const matcher = (field: string, value: unknown): unknown => {
    if (Array.isArray(value)) return value.map((item) => matcher(field, item));
    const name = typeof value === 'string' ? names.get(value) : undefined;
    return typeof value === 'string' && name?.startsWith(field)
      ? MatchersV3.fromProviderState(stateValue(name), value)
      : value;
  };
  return Object.fromEntries(Object.entries(body).map(([field, value]) => [field, matcher(field, value)]));
}

describe.each(editions)('the contract of a consumer, edition %s', (edition) => {
  const names = namesOf(edition);
  const { project_id, pool_id } = exampleFixture(edition);
  let folder: string;

  beforeAll(async () => {
    process.env['PACT_DO_NOT_TRACK'] = '1';
    folder = await mkdtemp(join(tmpdir(), 'pacts-'));
  });

  afterAll(async () => {
    await rm(folder, { recursive: true, force: true });
  });

  for (const row of contractRows(edition)) {
    // Pact 16's mock server answers before it notes down that the request matched: on a loaded machine the check comes
    // too early, and only then a second try passes (pact-foundation/pact-reference#535). Pact 17 asks for Node 22.
    it(row.title, { retry: 3 }, async () => {
      const pact = new PactV4({ dir: folder, consumer: consumerName, provider: providerName, logLevel: 'error' });
      await pact
        .addInteraction()
        .given(row.state, { requirement: row.requirement })
        .uponReceiving(row.title)
        .withRequest(row.method, MatchersV3.fromProviderState(pathOf(row, names), row.path), (builder) => {
          if (row.hasCredential)
            builder.headers({ 'X-Auth-Token': MatchersV3.fromProviderState(stateValue('token'), exampleToken) });
          builder.jsonBody(bodyOf(row, names));
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
          const answer = await client.rebuild(project_id, pool_id, row.body);
          expect(answer).toEqual(
            row.expectBody === 'accepted'
              ? { status: 200, job_id: 'job-example' }
              : { status: row.expectStatus, error_code: 'WKS.0001' },
          );
        });
    });
  }

  it('is the committed one (UPDATE_PACTS=1 replaces it)', async () => {
    const file = join(committed, pactName(edition));
    if (process.env['UPDATE_PACTS'] === '1') {
      await rm(dirname(file), { recursive: true, force: true });
      await mkdir(dirname(file), { recursive: true });
      await cp(join(folder, fileName), file);
    }
    expect(await readFile(join(folder, fileName), 'utf8')).toBe(await readFile(file, 'utf8'));
  });
});
