import { readdirSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { naming } from '../../reference/breaks.ts';
import { faults } from '../../reference/faults.ts';
import { requirements } from '../../specs/requirements.ts';

test('each requirement is named by a fault, and what a fault names fails in the matrix', () => {
  const lists = faults.map(({ breaks }) => naming(breaks));
  const isNamed = ({ id, techniques }: (typeof requirements)[number]): boolean =>
    lists.some((names) => techniques.some((technique) => names({ requirement: id, technique })));
  expect(requirements.filter((row) => !isNamed(row)).map(({ id }) => id)).toEqual([]);
});

test('each file of faults is played by a part of the matrix', () => {
  const folder = new URL('.', import.meta.url);
  const parts = readdirSync(folder).filter((name) => name.endsWith('.test.ts'));
  const played = parts.map((name) => readFileSync(new URL(name, folder), 'utf8')).join('\n');
  const list = readFileSync(new URL('../../reference/faults.ts', folder), 'utf8');
  const files = [...list.matchAll(/from '\.\/(faults\/[\w-]+\.ts)'/g)].map(([, file]) => file);
  expect(files.length).toBeGreaterThan(0);
  expect(files.filter((file) => !played.includes(`reference/${file}`))).toEqual([]);
});
