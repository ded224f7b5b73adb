import { describe, expect, test } from 'vitest';
import type { Connection, Exchange } from '../reference/checks.ts';
import { startReference } from '../reference/endpoint.ts';
import type { Fault, Hooks } from '../reference/fault.ts';
import { faults } from '../reference/faults.ts';
import { readConfiguration } from '../runner/configuration/configuration.ts';
import { noJudge } from '../runner/contracts.ts';
import { replay } from '../runner/replay.ts';
import { run } from '../runner/run.ts';
import type { Report } from '../specs/report.ts';
import { requirements } from '../specs/requirements.ts';
import { type Sent, startRecorder } from './recorder.ts';
import { playReference } from './simulated/reference.ts';

async function play(fault: string | Fault, only: readonly string[]): Promise<Report> {
  const reference = await startReference({ fault });
  try {
    const configuration = readConfiguration({ data: reference.configuration, env: {} });
    return await run({ configuration, seed: 1, runs: 2, only, strict: true, edition: '2025-11' });
  } finally {
    await reference.close();
  }
}

const reports = new Map<string | Fault, Promise<Report>>();

/** The report of a whole run against a target with a fault; one for all who ask. */
function reportOf(fault: string | Fault): Promise<Report> {
  const known = reports.get(fault) ?? play(fault, []);
  reports.set(fault, known);
  return known;
}

function failing({ results }: Report): readonly string[] {
  return results.filter(({ verdict }) => verdict === 'fail').map(({ requirement }) => requirement);
}

/** Whether several requests show it. */
function isRelation(id: string): boolean {
  return requirements.some((row) => row.id === id && row.send.kind === 'relation');
}

/** Faults that show each time. */
const steady = [
  'accepts-any-type-of-delay-time',
  'crashes-on-emoji',
  'crashes-on-deep-nesting',
  'answers-html-400',
  'answers-numeric-job-id',
  'ignores-billing',
  'starts-before-checking',
] as const;

test.concurrent.each([...steady, 'shows-stack-trace', 'mixes-up-requests-at-once'])(
  'the replay lines of %s show what they were written for',
  async (fault) => {
    const { results } = await reportOf(fault);
    // What failed once of two times need not fail again; what several requests show is tried all the same.
    const findings = results.flatMap(({ requirement, findings: [first] }) =>
      first === undefined || (first.failed < first.sent && !isRelation(requirement))
        ? []
        : [{ requirement, replay: first.replay }],
    );
    expect(findings.length).toBeGreaterThan(0);
    for (const { requirement, replay } of findings.slice(0, 3).concat(findings.slice(-1))) {
      const only = [...replay.matchAll(/--only (\S+)/g)].map(([, id = '']) => id);
      expect(failing(await play(fault, only)), replay).toContain(requirement);
    }
  },
);

test('rows about every answer can be selected alone', async () => {
  expect(failing(await play('answers-object-error-msg', ['answers/error-shape']))).toEqual(['answers/error-shape']);
});

/** What became of what fails in a report, at a target with a fault or without. */
async function fates(report: Report, fault: string | Fault | undefined, over: object = {}): Promise<Fates> {
  const reference = await startReference(fault === undefined ? {} : { fault });
  try {
    const configuration = readConfiguration({ data: { ...reference.configuration, ...over }, env: {} });
    const { rows } = await replay({ configuration, report, ids: [...new Set(failing(report))] });
    return Object.fromEntries(rows.map(({ id, fate, why }) => [id, fate === 'cannot tell' ? why : fate]));
  } finally {
    await reference.close();
  }
}

type Fates = Readonly<Record<string, string>>;

function all(report: Report, fate: string): Fates {
  return Object.fromEntries(failing(report).map((id) => [id, fate]));
}

function inWords({ method, url, rawHeaders, body }: Sent): string {
  return JSON.stringify([method, url, rawHeaders, body.toString('base64')]);
}

/** A fault that lives on what a target keeps of earlier requests; `checks` is made anew for each target. */
function forgetful(title: string, checks: () => Hooks['checks']): Fault {
  return { id: title, title, breaks: [], hooks: () => ({ checks: checks() ?? {} }) };
}

/** What may be kept: by whom it was kept, and what of the next request it stands in for. */
const keeping: readonly Fault[] = [
  forgetful('an order that was given once need not be given again', () => {
    const paid = new Set<unknown>();
    return {
      conditions: (x, correct) => {
        const { image_id, order_id } = x.value as { readonly image_id?: unknown; readonly order_id?: unknown };
        const refusal = correct(x);
        if (refusal === undefined && order_id !== undefined) paid.add(image_id);
        return paid.has(image_id) && order_id === undefined ? undefined : refusal;
      },
      order: (x, correct) => ('order_id' in (x.value as object) ? correct(x) : undefined),
    };
  }),
  forgetful('an expired token is good from its second use on', () => {
    const used = new Set<string>();
    return {
      credential: (x, correct) => {
        const [token = ''] = x.tokens;
        const isKnown = used.has(token);
        used.add(token);
        return isKnown && x.world.findToken(token)?.expired === true ? undefined : correct(x);
      },
    };
  }),
  forgetful('who came by a connection is whoever comes by it next', () => {
    const known = new WeakMap<Connection, Exchange['token']>();
    return {
      credential: (x, correct) => {
        const refusal = correct(x);
        if (refusal === undefined) known.set(x.connection, x.token);
        const before = known.get(x.connection);
        if (refusal === undefined || before === undefined) return refusal;
        x.token = before;
        return undefined;
      },
    };
  }),
];

describe('what a report has on record', () => {
  test.concurrent.each(steady)('still fails at %s, and is mended at the endpoint without it', async (fault) => {
    const report = await reportOf(fault);
    expect(failing(report).length).toBeGreaterThan(0);
    expect(await fates(report, fault)).toEqual(all(report, 'still fails'));
    expect(await fates(report, undefined)).toEqual(all(report, 'mended'));
  });

  test.concurrent.each(keeping)('is not called mended where $title', async (fault) => {
    const report = await reportOf(fault);
    expect(failing(report).length).toBeGreaterThan(0);
    const still = await fates(report, fault);
    expect(Object.entries(still).filter(([, fate]) => fate === 'mended')).toEqual([]);
    expect(Object.values(await fates(report, undefined))).toContain('mended');
  });

  test('is not called mended where it failed now and then', async () => {
    const report = await reportOf('mixes-up-requests-at-once');
    const [flaky] = report.results.filter(
      ({ requirement, verdict, findings }) =>
        verdict === 'fail' && !isRelation(requirement) && findings.some(({ failed, sent }) => failed < sent),
    );
    if (flaky === undefined) throw new Error('nothing failed now and then');
    expect((await fates(report, undefined))[flaky.requirement]).toMatch(/failed 1 of 2 times .* only a run tells/);
  });

  test('is not called mended where what a rejection starts may show on another pool', async () => {
    const fault = faults.find(({ id }) => id === 'occupies-neighbour');
    const { needs = {} } = fault ?? {};
    const report = await playReference(fault, { contracts: noJudge });
    const mended: Fault = { id: 'none', title: 'Nothing is wrong.', breaks: [], needs, hooks: () => ({}) };
    const why = 'what a rejection starts may show on another pool, and only a run looks there';
    expect(await fates(report, mended)).toEqual({ 'state/rejected-request-starts-nothing': why });
  });

  test('is not called mended where every request is refused', async () => {
    const report = await reportOf('accepts-any-type-of-delay-time');
    const refused = await fates(report, undefined, { auth: { token: 'a-token-that-nobody-has-issued' } });
    for (const why of Object.values(refused)) expect(why).toContain('no valid body was accepted (401)');
  });

  test('goes out byte by byte in the order of its headers, and beside it nothing that a run does not send', async () => {
    const recorder = await startRecorder();
    const { sent } = recorder;
    const configured = (over: object = {}) =>
      readConfiguration({
        data: {
          target: { url: `${recorder.url}/base` },
          auth: { token: 'Aa1-token.of+acme/x==' },
          states: { 'pool is ready': { project_id: 'p1', pool_id: 'pool-a', image_id: 'img-1' } },
          limits: { rebuilds: 3000 },
          ...over,
        },
        env: {},
      });
    const configuration = configured();
    try {
      const report = await run({ configuration, seed: 7, runs: 0, only: [], strict: true, edition: '2025-11' });
      const before = new Set(sent.splice(0).map(inWords));
      const ids = [...new Set(failing(report))];
      const notices: string[] = [];
      const onNotice = (text: string): void => void notices.push(text);
      const { rows, same, other } = await replay({ configuration, report, ids }, { onNotice });
      expect(notices.join()).toMatch(/^Rebuilding pool pool-a of project p1 at http/);
      expect(rows.filter(({ fate }) => fate !== 'still fails')).toEqual([]);
      expect(same).toBeGreaterThan(60);
      expect(other.count).toBe(0);
      expect(sent.length).toBeGreaterThanOrEqual(same);
      expect(sent.map(inWords).filter((one) => !before.has(one))).toEqual([]);

      sent.length = 0;
      const states = { 'pool is ready': { project_id: 'p1', pool_id: 'pool-of-mine', image_id: 'img-1' } };
      const elsewhere = await replay({ configuration: configured({ states }), report, ids });
      expect(elsewhere.other.names).toEqual(['pool_id']);
      expect(elsewhere.rows.filter(({ fate }) => fate !== 'still fails')).toEqual([]);
      expect(sent.filter(({ url }) => url.includes('pool-a/rebuild'))).toEqual([]);

      sent.length = 0;
      const asked = await replay({ configuration: { ...configuration, allow_rebuild: false }, report, ids });
      expect(asked.rows.filter(({ fate }) => fate === 'mended')).toEqual([]);
      expect(sent.map(inWords).filter((one) => one.includes('pool-a'))).toEqual([]);

      sent.length = 0;
      const capped = await replay({ configuration: configured({ limits: { rebuilds: 10 } }), report, ids });
      expect(sent.length).toBeLessThan(40);
      expect(capped.rows.some(({ why }) => why.includes('limit on rebuilds'))).toBe(true);
    } finally {
      recorder.close();
    }
  });
});
