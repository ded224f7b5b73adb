import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { checkPackage, createPackageFromTarballData } from '@arethetypeswrong/core';
import { publint } from 'publint';
import { formatMessage } from 'publint/utils';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import packageJson from '../package.json' with { type: 'json' };

const root = fileURLToPath(new URL('..', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'package-'));
afterAll(() => rmSync(folder, { recursive: true }));

interface Packed {
  readonly filename: string;
  readonly files: readonly { readonly path: string }[];
}
let packed: Packed;
let tarball: Buffer;

/** The tarball of what `npm run build` left: scripts are not run, lest they take `dist` from under other tests. */
beforeAll(async () => {
  const { stdout } = await promisify(execFile)(
    'npm',
    ['pack', '--json', '--ignore-scripts', '--pack-destination', folder],
    { cwd: root, maxBuffer: 32 * 1024 * 1024 },
  );
  // Older versions of npm answer a list, newer ones an object by the name of the package.
  const answer: unknown = JSON.parse(stdout);
  [packed] = Object.values(answer as Record<string, Packed>) as [Packed];
  tarball = readFileSync(join(folder, packed.filename));
}, 120_000);

describe('the package', () => {
  it('holds the files that were reviewed, those of dist by folder', async () => {
    const paths = packed.files.map(({ path }) => path).sort();
    const outside = paths.filter((path) => !/^dist\/\w+\//.test(path));
    const folders = [...new Set(paths.map((path) => /^dist\/\w+\//.exec(path)?.[0] ?? ''))].filter(Boolean);
    await expect(`${[...folders.map((name) => `${name}…`), ...outside].join('\n')}\n`).toMatchFileSnapshot(
      './package-files.txt',
    );
  });

  it('has no tests, no bench and no dependencies of others', () => {
    const ours = packed.files.map(({ path }) => path).filter((path) => !path.startsWith('examples/'));
    expect(ours.filter((path) => /\.test\.|\bbench\b|\.map$|^(dist\/)?test\//.test(path))).toEqual([]);
    expect(packed.files.filter(({ path }) => path.includes('node_modules'))).toEqual([]);
  });

  it('has each file that is built from a source, and none that lost it', async () => {
    const sources = await promisify(execFile)(
      'git',
      ['ls-files', '--cached', '--others', '--exclude-standard', '*.ts', '*.tsx'],
      { cwd: root },
    );
    const expected = sources.stdout
      .split('\n')
      .filter((path) =>
        /^(cli|index|vitest)\.ts$|^(specs|generators|contracts|runner|reports|reference|cli)\//.test(path),
      )
      .filter((path) => !/\.test\.tsx?$/.test(path))
      .map((path) => `dist/${path.replace(/\.tsx?$/, '.js')}`);
    const built = packed.files.map(({ path }) => path).filter((path) => /^dist\/.*\.js$/.test(path));
    expect(built.sort()).toEqual(expected.sort());
  });

  it('exports what is there, and the command', () => {
    const paths = new Set(packed.files.map(({ path }) => `./${path}`));
    const targets = Object.values(packageJson.exports).flatMap((to) =>
      typeof to === 'string' ? to : Object.values(to),
    );
    for (const path of [...targets, `./${packageJson.bin['rebuild-conformance']}`]) expect(paths).toContain(path);
  });

  it('brings the documents that the README points to', () => {
    const paths = new Set(packed.files.map(({ path }) => path));
    const readme = readFileSync(join(root, 'README.md'), 'utf8');
    const links = [...readme.matchAll(/\]\((?!https?:|#)([^)#\s]+)/g)].map(([, to = '']) => to);
    const named = [...readme.matchAll(/`((?:docs|examples)\/[^`\s]+?)\/?`/g)].map(([, to = '']) => to);
    const missing = [...links, ...named].filter(
      (to) => !/[A-Z]{3}|\*/.test(to) && ![...paths].some((path) => path === to || path.startsWith(`${to}/`)),
    );
    expect(missing).toEqual([]);
  });

  it('passes publint', async () => {
    const bytes = Uint8Array.from(tarball).buffer;
    const { messages, pkg } = await publint({ strict: true, pack: { tarball: bytes } });
    expect(messages.map((message) => formatMessage(message, pkg, { color: false }))).toEqual([]);
  });

  it('has types that resolve as ECMAScript modules', async () => {
    const analysis = await checkPackage(createPackageFromTarballData(tarball), {
      // Of a document in YAML no types are to be had.
      excludeEntrypoints: ['openapi.yaml'],
    });
    if (analysis.types === false) throw new Error('the package has no types');
    // The profile esm-only: whoever cannot import an ECMAScript module cannot use this one.
    const ignored = ['node10', 'node16-cjs'];
    const problems = analysis.problems.filter(
      (problem) =>
        !('resolutionKind' in problem && ignored.includes(problem.resolutionKind)) &&
        !(problem.kind === 'CJSResolvesToESM'),
    );
    expect(problems).toEqual([]);
  }, 120_000);
});
