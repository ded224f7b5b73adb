import { readFileSync, writeFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import packageJson from '../package.json' with { type: 'json' };
import { edition, editions } from './editions.ts';

const release = packageJson.version.split('.').slice(0, 2).join('.');
const file = new URL(`releases/${release}.json`, import.meta.url);

test(`the rows of each edition are those of release ${release} (UPDATE_RELEASE=1 writes them again)`, () => {
  const sets = editions.map((name) => {
    const rows = edition(name).requirements.map(({ id, level }) => [id, level] as const);
    return [name, Object.fromEntries(rows)] as const;
  });
  const table = { release, editions: Object.fromEntries(sets) };
  if (process.env['UPDATE_RELEASE'] === '1') writeFileSync(file, `${JSON.stringify(table, null, 2)}\n`);
  expect(table).toEqual(JSON.parse(readFileSync(file, 'utf8')));
});
