import { cp, mkdir, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { MatchersV3, PactV4 } from '@pact-foundation/pact';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createClient } from './client.ts';
import { type ContractRow, consumerName, contractRows, exampleValues, providerName } from './interactions.ts';

const committed = fileURLToPath(new URL('./pacts', import.meta.url));
const fileName = `${consumerName}-${providerName}.json`;
const { project_id, pool_id, token } = exampleValues;

/** The expression that stands for a value of the provider state. */
function stateValue(name: string): string {
  return `\${${name}}`;
}

/** The body, with the fields that the provider state fills. */
function withStateValues({ body = {}, unknownImage }: ContractRow): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(body).map(([name, value]: [string, unknown]) =>
      name in exampleValues && typeof value === 'string' && !(unknownImage && name === 'image_id')
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
    it(`${row.requirement}: ${row.title}`, async () => {
      const pact = new PactV4({ dir: folder, consumer: consumerName, provider: providerName, logLevel: 'error' });
      await pact
        .addInteraction()
        .given(row.state, { requirement: row.requirement })
        .uponReceiving(row.title)
        .withRequest(
          row.method,
          MatchersV3.fromProviderState(
            `/v2/${stateValue('project_id')}/desktop-pools/${stateValue('pool_id')}/rebuild`,
            `/v2/${project_id}/desktop-pools/${pool_id}/rebuild`,
          ),
          (builder) => {
            if (row.token !== 'absent')
              builder.headers({ 'X-Auth-Token': MatchersV3.fromProviderState(stateValue('token'), token) });
            builder.jsonBody(withStateValues(row));
          },
        )
        .willRespondWith(row.expectStatus, (builder) => {
          builder.jsonBody(
            row.expectBody === 'accepted'
              ? { job_id: MatchersV3.string('job-example') }
              : { error_code: MatchersV3.string('WKS.0001') },
          );
        })
        .executeTest(async (server) => {
          const client = createClient({ url: server.url, token: row.token === 'absent' ? undefined : token });
          const answer = await client.rebuild(project_id, pool_id, row.body ?? {});
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
