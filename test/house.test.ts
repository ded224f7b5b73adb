import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';

/** Who may import whom; `cli`, `bench` and the top level may import all. */
const allowed: Readonly<Record<string, readonly string[]>> = {
  specs: [],
  generators: ['specs'],
  reports: ['specs'],
  reference: ['specs'],
  contracts: ['specs', 'generators'],
  runner: ['specs', 'generators', 'contracts'],
};

const root = new URL('..', import.meta.url).pathname;

for (const [folder, may] of Object.entries(allowed)) {
  test(`${folder} imports ${may.join(', ') || 'nothing of ours'}`, () => {
    const files = readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' }).filter(
      (file) => /\.tsx?$/.test(file) && !/\.test\.tsx?$/.test(file),
    );
    expect(files.length).toBeGreaterThan(0);
    const others = Object.keys(allowed).concat('cli', 'bench');
    const wrong = files.flatMap((file) =>
      [...readFileSync(join(root, folder, file), 'utf8').matchAll(/from '\.\.\/(?:\.\.\/)?(\w+)\//g)]
        .map(([, to = '']) => to)
        .filter((to) => to !== folder && others.includes(to) && !may.includes(to))
        .map((to) => `${file} imports ${to}`),
    );
    expect(wrong).toEqual([]);
  });
}
