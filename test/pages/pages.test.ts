import { readFile, writeFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import * as recipes from '../../reports/recipes.ts';
import { readConfiguration } from '../../runner/configuration/configuration.ts';
import schema from '../../specs/config.schema.json' with { type: 'json' };
import { requirements } from '../../specs/requirements.ts';
import { configurationPage } from './configuration.ts';
import { reasonOf } from './reasons.ts';
import { requirementsPage } from './requirements.ts';

const folder = new URL('../../docs/', import.meta.url);

test.each([
  ['requirements.md', requirementsPage],
  ['configuration.md', configurationPage],
])('docs/%s says what is so (UPDATE_DOCS=1 writes it)', async (file, page) => {
  if (process.env['UPDATE_DOCS'] === '1') await writeFile(new URL(file, folder), page());
  expect(await readFile(new URL(file, folder), 'utf8')).toBe(page());
});

test('each requirement has an address that its id makes', () => {
  const page = requirementsPage();
  for (const { id } of requirements) expect(page.split(`<a id="${id}"></a>`)).toHaveLength(2);
});

test('how to mend a row is told in the words of reports', () => {
  const { accepted, others, ...single } = recipes;
  const all = [...Object.values(single), ...Object.values(accepted), ...Object.values(others)];
  for (const row of requirements) expect(all).toContain(reasonOf(row).mend);
});

test('the defaults of the schema are those that are taken', () => {
  const { limits } = readConfiguration({ data: { target: { url: 'https://target.example' } }, env: {} });
  const { properties } = schema.properties.limits;
  expect(Object.fromEntries(Object.entries(properties).map(([name, { default: value }]) => [name, value]))).toEqual(
    limits,
  );
});
