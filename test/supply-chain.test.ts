import { expect, test } from 'vitest';
import packageJson from '../package.json' with { type: 'json' };
import lock from '../package-lock.json' with { type: 'json' };

interface Locked {
  readonly version?: string;
  readonly license?: string;
  readonly dev?: boolean;
  readonly hasInstallScript?: boolean;
}

/** Licences of what users install: a new one is looked at by somebody. */
const allowed = new Set(['0BSD', 'Apache-2.0', 'BSD-3-Clause', 'ISC', 'MIT', 'Python-2.0']);

const packages = Object.entries(lock.packages as unknown as Readonly<Record<string, Locked>>)
  .filter(([path, { dev }]) => path !== '' && dev !== true)
  .map(([path, locked]) => ({ name: path.replace(/^.*node_modules\//, ''), ...locked }));

test('everything that users install has a licence that fits ours', () => {
  expect(packages.length).toBeGreaterThan(20);
  const odd = packages.filter(
    ({ license = 'none' }) =>
      !license
        .replace(/[()]/g, '')
        .split(/ OR | AND /)
        .some((one) => allowed.has(one)),
  );
  expect(odd.map(({ name, license }) => `${name}: ${license}`)).toEqual([]);
});

test('nothing runs at install', () => {
  const own: readonly string[] = Object.keys(packageJson.scripts);
  for (const script of ['preinstall', 'install', 'postinstall', 'prepare']) expect(own).not.toContain(script);
  const running = packages.filter(({ hasInstallScript }) => hasInstallScript === true).map(({ name }) => name);
  expect(running).toEqual([]);
});
