import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { merged } from '../cli/merge.ts';
import { replayCommand } from '../cli/replay.ts';
import { run } from '../index.ts';
import { startReference } from '../reference/endpoint.ts';
import { isIntact, sealed } from '../reports/checksum.ts';
import { changeBetween, matrixOf } from '../reports/compare.ts';
import { json } from '../reports/json.ts';
import { changeTerminal } from '../reports/matrix-text.ts';
import { anonymous, folderOf, readme } from '../reports/publish.ts';
import { complete, consistent, intact } from '../reports/verify.ts';
import type { Report } from '../specs/report.ts';

const folder = mkdtempSync(join(tmpdir(), 'report-commands-'));
const row = 'body/delay-time-type-is-integer';

/** A run of the reference endpoint, with a fault or without. */
async function play(fault: string | undefined, over: Parameters<typeof run>[0] = {}): Promise<Report> {
  const reference = await startReference(fault === undefined ? {} : { fault });
  try {
    const target = { ...(reference.configuration as { target: object }).target, url: reference.url };
    return await run({ config: { ...reference.configuration, target }, seed: 5, runs: 0, ...over });
  } finally {
    await reference.close();
  }
}

/** All reports are of one address, as those of shards are. */
function at(report: Report): Report {
  return sealed({ ...report, target: { ...report.target, url: 'http://127.0.0.1:1' } });
}

let right: Report;
let broken: Report;
beforeAll(async () => {
  right = at(await play(undefined));
  broken = at(await play('accepts-any-type-of-delay-time'));
}, 240_000);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('merge', () => {
  let shards: readonly Report[];
  beforeAll(async () => {
    const each: Report[] = [];
    for (const index of [1, 2, 3])
      each.push(at(await play('accepts-any-type-of-delay-time', { shard: { index, total: 3 } })));
    shards = each;
  }, 240_000);

  it('gives the verdicts of one run, whatever the order', () => {
    const [a, b, c] = shards as [Report, Report, Report];
    const whole = merged([c, a, b]);
    const verdicts = ({ results }: Report) =>
      results.map(({ requirement, technique, verdict }) => [requirement, technique, verdict]);
    expect(verdicts(whole)).toEqual(verdicts(broken));
    expect([whole.outcome, whole.headline]).toEqual([broken.outcome, broken.headline]);
    expect(whole.requests).toBe(a.requests + b.requests + c.requests);
    expect(isIntact(whole)).toBe(true);
    expect(merged([a, b, c]).results).toEqual(whole.results);
  });

  it.each([1, 2])(
    'a fault of any answer fails in whichever of two shards meets it, and in the whole: seed %i',
    async (seed) => {
      const fault = 'crashes-on-null-image-type';
      const whole = await play(fault, { seed });
      const halves = [at(await play(fault, { seed, shard: { index: 1, total: 2 } }))];
      halves.push(at(await play(fault, { seed, shard: { index: 2, total: 2 } })));
      const failing = ({ results }: Report): readonly string[] =>
        results.filter(({ verdict }) => verdict === 'fail').map(({ requirement }) => requirement);
      expect(failing(whole)).toContain('answers/client-fault-is-no-server-error');
      expect(failing(merged(halves))).toEqual(failing(whole));
      expect(merged(halves).outcome).toBe('nonconformant');
    },
  );

  it('refuses shards that are missing, doubled or foreign', () => {
    const [a, b, c] = shards as [Report, Report, Report];
    expect(() => merged([a, c])).toThrow('Missing: shard 2/3');
    expect(() => merged([a, b, b, c])).toThrow('Shard 2/3 was given twice');
    expect(() => merged([a, b, { ...c, seed: 6 }])).toThrow('the seed is 5 in one, 6 in another');
    expect(() => merged([a, b, { ...c, target: { url: 'http://127.0.0.1:2' } }])).toThrow('different runs: the target');
    expect(() => merged([right])).toThrow('run with --shard');
  });
});

describe('compare', () => {
  it('says what broke, was mended and still fails, over rows that both have', () => {
    const ids = (rows: readonly { readonly id: string }[]): readonly string[] => rows.map(({ id }) => id);
    expect(ids(changeBetween(right, broken).broke)).toContain(row);
    expect(ids(changeBetween(broken, right).mended)).toContain(row);
    expect(ids(changeBetween(broken, broken).still)).toContain(row);
    const untested: Report = {
      ...right,
      results: right.results.map((one) => (one.requirement === row ? { ...one, verdict: 'untested' } : one)),
    };
    expect(ids(changeBetween(right, untested).lost)).toEqual([row]);
    expect(changeTerminal(changeBetween(right, untested))).toContain('not tested any more: 1');
    expect(ids(changeBetween(untested, right).gained)).toEqual([row]);
    expect(changeBetween(untested, broken)).toMatchObject({ lost: [], gained: [] });
    const older = { ...right, results: right.results.filter(({ requirement }) => requirement !== row) };
    expect(changeBetween(older, broken)).toMatchObject({ added: [row], removed: [] });
    expect(ids(changeBetween(older, broken).broke)).not.toContain(row);
  });

  it('knows whose failure is theirs alone, and whose is everybody’s', () => {
    const lineOf = (reports: readonly Report[]) => matrixOf(reports).lines.find(({ id }) => id === row);
    expect(lineOf([right, broken, right])).toMatchObject({ only: 1, everybody: false });
    expect(lineOf([broken, broken])).toMatchObject({ only: undefined, everybody: true });
    expect(new Set(matrixOf([right, right, right]).names).size).toBe(3);
  });
});

describe('verify-report', () => {
  it('tells what was changed, and what is missing', () => {
    expect([intact(right).holds, complete(right).holds]).toEqual([true, true]);
    const read = JSON.parse(json(right)) as Report;
    expect(intact(read).holds).toBe(true);
    expect(intact({ ...read, headline: 'conformant!' }).holds).toBe(false);
    const cut = sealed({ ...right, results: right.results.slice(1) });
    expect([intact(cut).holds, complete(cut).holds]).toEqual([true, false]);
    expect(complete(cut).why).toContain('missing: ');
  });
});

it('takes a trace of another run for no proof, and for no disproof', () => {
  expect(consistent(right, right).holds).toBe(true);
  expect(consistent(right, { ...broken, started_at: right.started_at }).holds).toBe(false);
  expect(consistent(right, { ...broken, started_at: '2026-01-01T00:00:00.000Z' }).holds).toBeUndefined();
});

describe('replay', () => {
  const file = join(folder, 'report.json');
  const replay = async (fault: string | undefined): Promise<number> => {
    writeFileSync(file, json(broken));
    const reference = await startReference(fault === undefined ? {} : { fault });
    const config = join(folder, 'conformance.json');
    writeFileSync(config, JSON.stringify(reference.configuration));
    try {
      return await replayCommand(file, { config, only: [row] });
    } finally {
      await reference.close();
    }
  };
  it('says whether what failed is mended', async () => {
    expect(await replay('accepts-any-type-of-delay-time')).toBe(1);
    expect(await replay(undefined)).toBe(0);
  });
  it('says which target it asked, and why it cannot tell', async () => {
    const written: string[] = [];
    const write = vi.spyOn(process.stdout, 'write').mockImplementation((text) => written.push(String(text)) > 0);
    try {
      writeFileSync(file, json(broken));
      const states = { 'pool is ready': { project_id: 'p1', pool_id: 'pool-a', image_id: 'img-1' } };
      const config = join(folder, 'nobody.json');
      const target = { url: 'http://127.0.0.1:2' };
      writeFileSync(config, JSON.stringify({ target, auth: { token: 'a-token-of-a-test' }, states }));
      expect(await replayCommand(file, { config, only: [row] })).toBe(2);
    } finally {
      write.mockRestore();
    }
    expect(written.join('')).toMatch(/^asked http:\/\/127\.0\.0\.1:2; the report is of another target, http/);
    expect(written.join('')).toMatch(/cannot tell .*: .*ECONNREFUSED/);
  });
  it('sends no credential to where a report says', async () => {
    writeFileSync(file, json(broken));
    await expect(replayCommand(file, {})).rejects.toThrow('the address in a report is not trusted');
  });
  it('cannot tell where the report holds no request, and says so', async () => {
    const results = broken.results.map((result) => ({
      ...result,
      findings: result.findings.map(({ case: _, ...finding }) => finding),
    }));
    writeFileSync(file, json({ ...broken, results }));
    const reference = await startReference();
    const config = join(folder, 'conformance.json');
    writeFileSync(config, JSON.stringify(reference.configuration));
    const written: string[] = [];
    const write = vi.spyOn(process.stdout, 'write').mockImplementation((text) => written.push(String(text)) > 0);
    try {
      expect(await replayCommand(file, { config, only: [row] })).toBe(2);
    } finally {
      write.mockRestore();
      await reference.close();
    }
    expect(written.join('')).toContain(`cannot tell  ${row}: the report has no request on record`);
    expect(written.join('')).not.toContain('byte by byte');
  });
});

describe('a published report', () => {
  it('has a folder of its own, inside of the one that was given', () => {
    const hostile = {
      ...right,
      target: { url: 'http://x', vendor: '../..', name: '/etc/passwd\u0000', version: '..' },
    };
    expect(folderOf(hostile)).toBe('etc-passwd/unversioned');
    expect(folderOf({ ...right, target: { url: 'http://x', vendor: 'Acme', name: 'Desk Top', version: '4.2' } })).toBe(
      'acme-desk-top/4.2',
    );
    mkdirSync(join(folder, folderOf(hostile)), { recursive: true });
  });
  it('says how to do it again', () => {
    const text = readme(right);
    expect(text).toContain('## Reproduce');
    expect(text).toContain('--seed 5 --runs 0');
    expect(text).toContain(right.claim?.set_hash);
  });
  it('can be anonymous', () => {
    const named = sealed({ ...broken, target: { ...broken.target, vendor: 'Acme Limited', name: 'Desk Product' } });
    const text = json(anonymous(named, 'vendor A'));
    expect(text).not.toMatch(/Acme Limited|Desk Product|127\.0\.0\.1:1\b/);
    expect(text).not.toContain('sha256');
    expect(intact(JSON.parse(text) as Report).holds).toBe(true);
  });
});
