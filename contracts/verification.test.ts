import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { consumerName, contractRows, providerName } from './interactions.ts';
import { type RelayAnswer, type RelayRequest, verifyContracts } from './verification.ts';

const pactFile = fileURLToPath(new URL(`./pacts/${consumerName}-${providerName}.json`, import.meta.url));
const values = { project_id: 'p1', pool_id: 'pool-a', image_id: 'img-1', token: 'secret' };

function json(status: number, body: unknown, type = 'application/json'): RelayAnswer {
  return { status, headers: { 'content-type': type }, body: new TextEncoder().encode(JSON.stringify(body)) };
}

function target(answers: Record<string, RelayAnswer>) {
  const seen: { request: RelayRequest; requirement: string }[] = [];
  const states: string[] = [];
  return {
    seen,
    states,
    fixture: async (state: string) => {
      states.push(state);
      return values;
    },
    send: async (request: RelayRequest, requirement: string) => {
      seen.push({ request, requirement });
      const answer = answers[requirement];
      if (answer === undefined) throw new Error('connection reset');
      return answer;
    },
  };
}

describe('verification of a contract', () => {
  it('tells a kept interaction from a broken one', async () => {
    const fake = target({
      'body/minimal-is-accepted': json(200, { job_id: 'j1' }, 'text/plain'),
      'state/busy-pool-is-a-conflict': json(400, { error_code: 5 }),
    });
    const requirements = ['body/minimal-is-accepted', 'state/busy-pool-is-a-conflict'];
    const [kept, broken] = await verifyContracts({ pactFile, ...fake, requirements });

    expect(kept).toEqual({ requirement: 'body/minimal-is-accepted', ok: true, mismatches: [], answered: true });
    expect(broken).toMatchObject({ requirement: 'state/busy-pool-is-a-conflict', ok: false, answered: true });
    expect(broken?.mismatches.map(({ kind, where }) => [kind, where])).toEqual(
      expect.arrayContaining([
        ['status', undefined],
        ['body', '$.error_code'],
      ]),
    );
    expect(fake.seen).toHaveLength(2);
    expect([...fake.states].sort()).toEqual(['pool is busy', 'pool is ready']);
    const minimal = fake.seen.find(({ requirement }) => requirement === 'body/minimal-is-accepted')?.request;
    expect(minimal).toMatchObject({ method: 'POST', path: '/v2/p1/desktop-pools/pool-a/rebuild' });
    expect(minimal?.headers).toMatchObject({ 'content-type': 'application/json', 'x-auth-token': 'secret' });
    expect(new TextDecoder().decode(minimal?.body)).toBe('{"image_id":"img-1"}');
  });

  it('is kept whole by a target that does what the page says', async () => {
    const answers = contractRows.map(({ requirement, expectStatus, expectBody }) => {
      const body = expectBody === 'accepted' ? { job_id: 'j1' } : { error_code: 'WKS.1', error_msg: 'No.' };
      return [requirement, json(expectStatus, body, 'application/json;charset=utf-8')] as const;
    });
    const requirements = contractRows.map(({ requirement }) => requirement);
    const outcomes = await verifyContracts({ pactFile, ...target(Object.fromEntries(answers)), requirements });
    expect(outcomes).toEqual(
      requirements.map((requirement) => ({ requirement, ok: true, mismatches: [], answered: true })),
    );
  });

  it('reports silence, redirects and a missing interaction', async () => {
    const moved = { ...json(302, { job_id: 'j1' }), headers: { location: 'http://127.0.0.1:1/' } };
    const fake = target({ 'body/full-is-accepted': moved });
    const requirements = ['credentials/absent-is-unauthorised', 'body/full-is-accepted', 'no/such'];
    const outcomes = await verifyContracts({ pactFile, ...fake, requirements });

    expect(outcomes.map(({ ok, answered }) => [ok, answered])).toEqual([
      [false, false],
      [false, true],
      [false, false],
    ]);
    expect(outcomes[0]?.mismatches).toEqual([{ kind: 'other', text: 'connection reset' }]);
    expect(outcomes[1]?.mismatches.map(({ kind }) => kind)).toEqual(['status']);
    const silent = fake.seen.filter(({ requirement }) => requirement === 'credentials/absent-is-unauthorised');
    expect(silent).toHaveLength(1);
    expect(silent[0]?.request.headers).not.toHaveProperty('x-auth-token');
  });

  it('sends nothing when the state cannot be had', async () => {
    const fake = target({});
    const fixture = async () => Promise.reject(new Error('no such state'));
    const requirements = ['state/busy-pool-is-a-conflict'];
    const [outcome] = await verifyContracts({ pactFile, send: fake.send, fixture, requirements });
    expect(outcome).toMatchObject({
      ok: false,
      answered: false,
      mismatches: [{ kind: 'other', text: 'no such state' }],
    });
    expect(fake.seen).toHaveLength(0);
  });
});
