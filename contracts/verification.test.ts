import { fileURLToPath } from 'node:url';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { defaultEdition } from '../specs/editions.ts';
import { exampleFixture, flat, pactName } from './examples.ts';
import { contractRows } from './interactions.ts';
import { type ContractRecord, type RecordedExchange, verifyContracts } from './verification.ts';

type Answer = RecordedExchange['answer'];
type Sent = RecordedExchange['request'];

const pactFile = fileURLToPath(new URL(`./pacts/${pactName(defaultEdition)}`, import.meta.url));

const rows = contractRows(defaultEdition);
const example = Object.fromEntries(
  Object.entries(exampleFixture(defaultEdition)).flatMap(([name, value]) => flat(name, value)),
);

/** Values that are hard to hand through a path, a header or JSON. */
const fixture = {
  project_id: 'p1',
  pool_id: 'pool ü/%41?#',
  image_id: `img "1" \\ ${'$'}{order_id}`,
  image_type: '0',
  os_type: 'true',
  order_id: 'null',
};
const path = `/v2/p1/desktop-pools/${encodeURIComponent(fixture.pool_id)}/rebuild`;

function encoded(value: unknown): Uint8Array {
  return new TextEncoder().encode(JSON.stringify(value));
}

function json(status: number, body: unknown, type = 'application/json'): Answer {
  return { status, headers: { 'content-type': type }, body: encoded(body) };
}

/** A plain valid request, but for what is said otherwise. */
function record(answer: Answer, otherwise: Partial<Sent> = {}): ContractRecord {
  const body = encoded({ image_id: fixture.image_id });
  return { exchange: { request: { method: 'POST', path, hasCredential: true, body, ...otherwise }, answer }, fixture };
}

function verify(records: Readonly<Record<string, ContractRecord>>) {
  return verifyContracts({ pactFile, records: new Map(Object.entries(records)) });
}

const minimal = 'body/minimal-is-accepted';
const busy = 'state/busy-pool-is-a-conflict';
const anonymous = 'credentials/absent-is-unauthorised';

describe('verification of a contract', () => {
  afterEach(() => {
    vi.unstubAllEnvs();
  });

  it('tells kept interactions from broken ones', async () => {
    const outcomes = await verify({
      [minimal]: record(json(200, { job_id: 'j1' }, 'text/plain')),
      [busy]: record(json(400, { error_code: 5 })),
      [anonymous]: record(json(401, { error_code: 'WKS.1' }), { hasCredential: false }),
    });
    expect(outcomes).toMatchObject([
      { requirement: minimal, ok: true, mismatches: [] },
      { requirement: busy, ok: false },
      { requirement: anonymous, ok: true, mismatches: [] },
    ]);
    expect(mismatches(outcomes[1])).toEqual(
      expect.arrayContaining([
        ['status', undefined],
        ['body', '$.error_code'],
      ]),
    );
  });

  it('keeps all interactions of a target that does what the page says', async () => {
    const records = rows.map(({ requirement, method, path, hasCredential, body, expectStatus, expectBody }) => {
      const answer = expectBody === 'accepted' ? { job_id: 'j1' } : { error_code: 'WKS.1', error_msg: 'No.' };
      const exchange = {
        request: { method, path, hasCredential, body: encoded(body) },
        answer: json(expectStatus, answer, 'application/json;charset=utf-8'),
      };
      return [requirement, { exchange, fixture: example }] as const;
    });
    const outcomes = await verifyContracts({ pactFile, records: new Map(records) });
    expect(outcomes).toEqual(rows.map(({ requirement }) => ({ requirement, ok: true, mismatches: [] })));
  });

  it('gives every field of the body its value of the state, as it is', async () => {
    const full = 'body/full-is-accepted';
    const row = rows.find(({ requirement }) => requirement === full);
    const { image_id, image_type, os_type, order_id } = fixture;
    const body = encoded({ ...row?.body, image_id, image_type, os_type, order_id });
    const outcomes = await verify({ [full]: record(json(200, { job_id: 'j1' }), { body }) });
    expect(outcomes).toEqual([{ requirement: full, ok: true, mismatches: [] }]);
  });

  it('follows no redirect', async () => {
    const moved = { ...json(302, { job_id: 'j1' }), headers: { location: 'http://127.0.0.1:1/' } };
    const [outcome] = await verify({ [minimal]: record(moved) });
    expect(outcome).toMatchObject({ requirement: minimal, ok: false });
    expect(mismatches(outcome)).toEqual([['status', undefined]]);
  });

  it('says which header is wrong', async () => {
    const page = { status: 200, headers: { 'Content-Type': 'text/html' }, body: new TextEncoder().encode('<p>') };
    const [outcome] = await verify({ [minimal]: record(page) });
    expect(outcome).toMatchObject({ requirement: minimal, ok: false });
    expect(mismatches(outcome)).toContainEqual(['header', 'Content-Type']);
  });

  it('is not brought down by a label that is no text', async () => {
    const headers = { 'content-type': 'text/html\u00e9\u0100' };
    const outcomes = await verify({
      [minimal]: record({ status: 200, headers, body: new Uint8Array([0xff]) }),
      [busy]: record(json(409, { error_code: 'WKS.1' })),
    });
    expect(outcomes).toMatchObject([
      { requirement: minimal, ok: false },
      { requirement: busy, ok: true, mismatches: [] },
    ]);
  });

  it.each<[string, Partial<Sent>, string]>([
    ['method', { method: 'PUT' }, `the contract asks for POST ${path}, the run sent PUT ${path}`],
    ['path', { path: '/v2' }, `the contract asks for POST ${path}, the run sent POST /v2`],
    ['credential', { hasCredential: false }, 'the contract asks for a credential, the run sent no credential'],
    [
      'body',
      { body: encoded({ image_id: 'img-2' }) },
      `the contract asks for the body ${JSON.stringify({ image_id: fixture.image_id })}, the run sent the body {"image_id":"img-2"}`,
    ],
    [
      'lack of a body',
      { body: undefined },
      `the contract asks for the body ${JSON.stringify({ image_id: fixture.image_id })}, the run sent no body`,
    ],
  ])('judges no answer to a request that differs in its %s', async (_, otherwise, error) => {
    const answer = json(200, { job_id: 'j1' });
    expect(await verify({ [minimal]: record(answer, otherwise) })).toEqual([{ requirement: minimal, error }]);
  });

  it('takes the same JSON in another writing for the same', async () => {
    const body = new TextEncoder().encode(`{\n "image_id" : ${JSON.stringify(fixture.image_id)} }`);
    const outcomes = await verify({ [minimal]: record(json(200, { job_id: 'j1' }), { body }) });
    expect(outcomes).toEqual([{ requirement: minimal, ok: true, mismatches: [] }]);
  });

  it('judges no answer that cannot be shown', async () => {
    const outcomes = await verify({ [minimal]: record(json(101, {})), [busy]: record(json(409, { error_code: 'a' })) });
    expect(outcomes).toEqual([
      { requirement: minimal, error: 'an answer 101 cannot be shown to the verifier' },
      { requirement: busy, ok: true, mismatches: [] },
    ]);
  });

  it('leaves out what was not recorded, and misses what is not in the pact', async () => {
    expect(await verify({})).toEqual([]);
    const unknown = { requirement: 'no/such', error: 'the pact file has no interaction for this requirement' };
    expect(await verify({ 'no/such': record(json(200, {})) })).toEqual([unknown]);
    const outcomes = await verify({
      'no/such': record(json(200, {})),
      [busy]: record(json(409, { error_code: 'WKS.1' })),
    });
    expect(outcomes).toEqual([unknown, { requirement: busy, ok: true, mismatches: [] }]);
  });

  it('says when Pact does not run on the machine', async () => {
    vi.stubEnv('PACT_PREBUILD_PACKAGE_LOCATION', '/nowhere');
    const outcomes = await verify({ [minimal]: record(json(200, { job_id: 'j1' })), [busy]: record(json(409, {})) });
    const error = expect.stringMatching(/^Pact cannot be loaded here: ./);
    expect(outcomes).toEqual([
      { requirement: minimal, error, unavailable: true },
      { requirement: busy, error, unavailable: true },
    ]);
  });
});

/** Kind and place of what is wrong. */
function mismatches(outcome: Awaited<ReturnType<typeof verifyContracts>>[number] | undefined) {
  if (outcome === undefined || 'error' in outcome) return [];
  return outcome.mismatches.map(({ kind, where }) => [kind, where]);
}
