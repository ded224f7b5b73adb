import { readFileSync, writeFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import packageJson from '../package.json' with { type: 'json' };
import { requirements } from './requirements.ts';

const release = packageJson.version.split('.').slice(0, 2).join('.');
const file = new URL(`releases/${release}.json`, import.meta.url);

test(`the table is that of release ${release} (UPDATE_RELEASE=1 writes it again)`, () => {
  const table = { release, requirements: Object.fromEntries(requirements.map(({ id, level }) => [id, level])) };
  if (process.env['UPDATE_RELEASE'] === '1') writeFileSync(file, `${JSON.stringify(table, null, 2)}\n`);
  expect(table).toEqual(JSON.parse(readFileSync(file, 'utf8')));
});
