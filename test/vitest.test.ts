import { execFile } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startReference } from '../reference/endpoint.ts';
import type { Report } from '../specs/report.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'vitest-entry-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** The example as a project of its own, in which the packages are installed. */
beforeAll(() => {
  for (const name of ['vitest', 'shared.js', 'package.json'])
    cpSync(join(root, 'examples', name), join(folder, name), {
      recursive: true,
      filter: (path) => !path.includes('node_modules'),
    });
  const packages = { 'rebuild-conformance': root };
  for (const name of ['vitest', 'hono', 'ajv', '@hono/node-server'])
    Object.assign(packages, { [name]: join(root, 'node_modules', name) });
  for (const [name, place] of Object.entries(packages)) {
    const link = join(folder, 'node_modules', name);
    mkdirSync(dirname(link), { recursive: true });
    symlinkSync(place, link, 'dir');
  }
});

interface Tests {
  readonly code: number;
  readonly output: string;
  /** Of each test of the file, in their order. */
  readonly tests: readonly { readonly fullName: string; readonly status: string; readonly failureMessages: string[] }[];
  readonly junit: string;
}

/** Runs vitest in a folder of the project. */
function vitest(cwd: string, args: readonly string[], env: NodeJS.ProcessEnv = {}): Promise<Tests> {
  const [json, junit] = [join(cwd, 'tests.json'), join(cwd, 'tests.xml')];
  const reporters = ['json', 'junit', 'default'].map((name) => `--reporter=${name}`);
  const files = [`--outputFile.json=${json}`, `--outputFile.junit=${junit}`];
  const script = join(root, 'node_modules/vitest/vitest.mjs');
  const inherited = Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('VITEST')));
  return new Promise((done) => {
    const child = execFile(
      process.execPath,
      [script, 'run', ...reporters, ...files, ...args],
      { cwd, env: { ...inherited, ...env, NO_COLOR: '1' }, maxBuffer: 32 * 1024 * 1024 },
      (_, stdout, stderr) => {
        const read = JSON.parse(readFileSync(json, 'utf8')) as {
          testResults: { assertionResults: Tests['tests'] }[];
        };
        done({
          code: child.exitCode ?? -1,
          output: stdout + stderr,
          tests: read.testResults.flatMap(({ assertionResults }) => assertionResults),
          junit: readFileSync(junit, 'utf8'),
        });
      },
    );
  });
}

const reportIn = (cwd: string): Report => JSON.parse(readFileSync(join(cwd, 'reports/latest/report.json'), 'utf8'));

test('the example passes, the tests that were asked for are all that is sent, and the reports are written', async () => {
  const cwd = join(folder, 'vitest');
  const { code, output, tests } = await vitest(cwd, ['-t', 'billing/missing|body/minimal|unknown-pool-is-not-found']);
  expect(code, output).toBe(0);
  expect(tests.filter(({ status }) => status === 'passed').map(({ fullName }) => fullName)).toEqual([
    'rebuild conformance body body/minimal-is-accepted · contract',
    'rebuild conformance body body/minimal-is-accepted · property',
    'rebuild conformance path path/unknown-pool-is-not-found · contract',
    'rebuild conformance path path/unknown-pool-is-not-found · property',
    'rebuild conformance billing billing/missing-order-is-400 · property',
  ]);
  const { results, target } = reportIn(cwd);
  expect(target.name).toBe('Our service');
  expect(results.filter(({ verdict }) => verdict !== 'untested')).toHaveLength(5);
  for (const name of ['report.html', 'junit.xml', 'summary.md'])
    expect(readFileSync(join(cwd, 'reports/latest', name), 'utf8')).toContain('billing/billed-image-needs-an-order');
});

test('a failure is shown as at the terminal; what is untested or does not count is skipped, with its reason', async () => {
  const reference = await startReference({ fault: 'accepts-missing-image-id' });
  try {
    const { state_handler: _, states, ...rest } = reference.configuration;
    const { 'pool is ready': ready } = states as Record<string, unknown>;
    const cwd = join(folder, 'broken');
    mkdirSync(cwd);
    writeFileSync(
      join(cwd, 'conformance.test.js'),
      `import { describeConformance } from 'rebuild-conformance/vitest';
       describeConformance({ runs: 0, config: JSON.parse(process.env.CONFIG) });`,
    );
    const config = JSON.stringify({ ...rest, states: { 'pool is ready': ready } });
    const { code, tests, junit, output } = await vitest(cwd, ['-t', 'image-id-is-required|state/busy'], {
      CONFIG: config,
    });
    expect(code, output).toBe(1);
    const failed = tests.filter(({ status }) => status === 'failed');
    expect(failed.map(({ fullName }) => fullName)).toContain(
      'rebuild conformance body body/image-id-is-required · property',
    );
    const [message = ''] = failed.at(-1)?.failureMessages ?? [];
    expect(message).toMatch(/✗ MUST body\/image-id-is-required property\n.*\n {4}sent .*\n {4}expected +400/);
    expect(message).toContain('curl');
    expect(message).not.toMatch(/^\s+at .*:\d+/m);
    expect(tests.find(({ fullName }) => fullName.includes('state/busy-pool-is-a-conflict'))?.status).toBe('skipped');
    expect(junit).toMatch(/name="untested" value="untested: [^"]*pool is busy/);
  } finally {
    await reference.close();
  }
});

test.each([
  ['', '2025-11', '{}'],
  [", edition: '2026-01'", '2026-01', '{}'],
  ['', '2026-01', "{ edition: '2026-01' }"],
])(
  'a whole run has a test for each row of its edition, and no other: %#',
  async (more, edition, options) => {
    const cwd = mkdtempSync(join(folder, 'whole-'));
    writeFileSync(
      join(cwd, 'conformance.test.js'),
      `import { describeConformance } from 'rebuild-conformance/vitest';
     describeConformance({ runs: 0, seed: 1${more} }, ${options});`,
    );
    const { code, tests, output } = await vitest(cwd, []);
    expect(code, output).toBe(0);
    expect(reportIn(cwd).suite.edition).toBe(edition);
    expect(tests).toHaveLength(reportIn(cwd).results.length + 1);
  },
  60_000,
);

test('tests of another edition than that of the run are told', async () => {
  const cwd = mkdtempSync(join(folder, 'other-'));
  writeFileSync(
    join(cwd, 'conformance.test.js'),
    `import { describeConformance } from 'rebuild-conformance/vitest';
     describeConformance(() => ({ runs: 0, edition: '2026-01' }));`,
  );
  const { code, output } = await vitest(cwd, ['-t', 'the run could be done|body/minimal']);
  expect(code).toBe(1);
  expect(output).toContain("give { edition: '2026-01' } as the options of describeConformance");
}, 60_000);

test('what keeps a run from being done fails once', async () => {
  const cwd = join(folder, 'nowhere');
  mkdirSync(cwd);
  writeFileSync(
    join(cwd, 'conformance.test.js'),
    `import { describeConformance } from 'rebuild-conformance/vitest';
     describeConformance({ rnus: 1 });`,
  );
  const { code, output } = await vitest(cwd, []);
  expect(code).toBe(1);
  expect(output.match(/Unknown key "rnus"\. Did you mean "runs"\?/g)).toHaveLength(1);
});
