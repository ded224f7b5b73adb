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

/** Of the runner, who may import whom besides: deciding knows no sockets, planning no decisions. */
const inside: Readonly<Record<string, readonly string[]>> = {
  'runner/plan': ['configuration'],
  'runner/decide': ['plan'],
  'runner/credentials': ['configuration', 'decide', 'wire'],
  'runner/trace': ['configuration', 'decide', 'wire'],
  'runner/evidence': ['decide', 'credentials'],
  'runner/rehearsal': ['decide'],
};

/** What deciding, planning and rehearsing must not know: time, chance, the machine and the network. */
const impure: readonly (readonly [RegExp, string])[] = [
  [/from 'node:/, 'imports a module of Node'],
  [/\bawait\b|\basync\b/, 'waits'],
  [/\bDate\.now\b|\bnew Date\(\)|\bperformance\b/, 'reads a clock'],
  [/\bsetTimeout\b|\bsetInterval\b/, 'sets a timer'],
  [/\bMath\.random\b/, 'draws by chance'],
  [/\bprocess\./, 'looks at the process'],
];

const root = new URL('..', import.meta.url).pathname;

function sources(folder: string): readonly string[] {
  return readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' }).filter(
    (file) => /\.tsx?$/.test(file) && !/\.test\.tsx?$/.test(file),
  );
}

/** Code without its comments. */
function codeOf(folder: string, file: string): string {
  return readFileSync(join(root, folder, file), 'utf8').replace(/\/\*[\s\S]*?\*\/|\/\/.*$/gm, '');
}

for (const [folder, may] of Object.entries(allowed)) {
  test(`${folder} imports ${may.join(', ') || 'nothing of ours'}`, () => {
    const files = sources(folder);
    expect(files.length).toBeGreaterThan(0);
    const others = Object.keys(allowed).concat('cli', 'bench');
    const wrong = files.flatMap((file) =>
      [...codeOf(folder, file).matchAll(/from '(?:\.\.\/)+(\w+)\//g)]
        .map(([, to = '']) => to)
        .filter((to) => to !== folder && others.includes(to) && !may.includes(to))
        .map((to) => `${file} imports ${to}`),
    );
    expect(wrong).toEqual([]);
  });
}

for (const [folder, may] of Object.entries(inside)) {
  test(`${folder} imports of the runner ${may.join(', ') || 'nothing'}`, () => {
    const rooms = readdirSync(join(root, 'runner'), { withFileTypes: true }).flatMap((entry) =>
      entry.isDirectory() ? [entry.name] : [],
    );
    const own = folder.split('/')[1] ?? '';
    const wrong = sources(folder).flatMap((file) =>
      [...codeOf(folder, file).matchAll(/from '(?:\.\.\/)+(\w+)\//g)]
        .map(([, to = '']) => to)
        .filter((to) => to !== own && rooms.includes(to) && !may.includes(to))
        .map((to) => `${file} imports ${to}`),
    );
    expect(wrong).toEqual([]);
  });
}

test.each(['runner/plan', 'runner/decide', 'runner/rehearsal'])('%s is pure', (folder) => {
  const wrong = sources(folder).flatMap((file) => {
    const code = codeOf(folder, file);
    return impure.flatMap(([pattern, what]) => (pattern.test(code) ? [`${file} ${what}`] : []));
  });
  expect(wrong).toEqual([]);
});

test('no circle of imports', () => {
  const folders = ['specs', 'generators', 'contracts', 'runner', 'reports', 'reference', 'cli'];
  const files = folders.flatMap((folder) => sources(folder).map((file) => join(folder, file)));
  const imports = new Map(
    files.map((file) => {
      // A type alone ties nothing together at run time.
      const code = codeOf('', file).replace(/import type[\s\S]*?from '[^']*';/g, '');
      const to = [...code.matchAll(/from '(\.[^']*\.tsx?)'/g)].map(([, path = '']) => join(file, '..', path));
      return [file, to] as const;
    }),
  );
  const done = new Set<string>();
  const circles: string[] = [];
  const visit = (file: string, path: readonly string[]): void => {
    if (path.includes(file)) circles.push([...path.slice(path.indexOf(file)), file].join(' -> '));
    if (path.includes(file) || done.has(file)) return;
    for (const next of imports.get(file) ?? []) visit(next, [...path, file]);
    done.add(file);
  };
  for (const file of files) visit(file, []);
  expect(circles).toEqual([]);
});
