import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { parse, stringify } from 'yaml';
import configSchema from './config.schema.json' with { type: 'json' };
import { defaultEdition, type EditionName, edition, editions } from './editions.ts';
import { pinnable } from './schemas.ts';
import { upgradeOf } from './upgrade.ts';
import type { ObjectSchema } from './value-schema.ts';

/** What is written from the editions for readers that are no programs of ours: UPDATE_EDITIONS=1 writes it again. */
const isUpdate = process.env['UPDATE_EDITIONS'] === '1';

const openapi = new URL('openapi.yaml', import.meta.url);
const named = (name: EditionName): URL => new URL(`openapi/${name}.yaml`, import.meta.url);

interface Operation {
  requestBody: { content: Record<string, { schema: unknown; example: Record<string, unknown> }> };
  responses: Record<string, { content?: Record<string, { schema: unknown }> }>;
}

interface Document {
  info: { version: string };
  paths: Record<string, { post: Operation }>;
  components: { responses: Record<string, { content: Record<string, { schema: unknown }> }>; schemas?: unknown };
}

/** A schema inside a document: it has no address of its own. */
function inlined(schema: ObjectSchema): object {
  const { $schema: _, $id: __, ...rest } = schema as ObjectSchema & { $schema?: string; $id?: string };
  return rest;
}

/** The OpenAPI document of an edition, all in one: that of the schema files, with its own schemas and example. */
function documentOf(name: EditionName): Document {
  const document = parse(readFileSync(openapi, 'utf8')) as Document;
  const { request, response, error, fields } = edition(name);
  document.info.version = name;
  for (const { post } of Object.values(document.paths)) {
    for (const content of Object.values(post.requestBody.content)) {
      content.schema = { $ref: '#/components/schemas/RebuildRequest' };
      content.example = Object.fromEntries(
        fields.map((field) => [field, content.example[field] ?? request.properties[field]?.examples?.[0]]),
      );
    }
    for (const content of Object.values(post.responses['200']?.content ?? {}))
      content.schema = { $ref: '#/components/schemas/RebuildResponse' };
  }
  for (const { content } of Object.values(document.components.responses))
    for (const one of Object.values(content)) one.schema = { $ref: '#/components/schemas/Error' };
  document.components.schemas = {
    RebuildRequest: inlined(request),
    RebuildResponse: inlined(response),
    Error: inlined(error),
  };
  return document;
}

const others = editions.filter((name) => name !== defaultEdition);

test.each(others)('the OpenAPI document of edition %s', (name) => {
  if (isUpdate) {
    mkdirSync(new URL('openapi', import.meta.url), { recursive: true });
    writeFileSync(named(name), stringify(documentOf(name)));
  }
  expect(parse(readFileSync(named(name), 'utf8'))).toEqual(documentOf(name));
});

test('the OpenAPI document of the schema files has their edition and an example of every field', () => {
  const document = parse(readFileSync(openapi, 'utf8')) as Document;
  const [operation] = Object.values(document.paths);
  const [content] = Object.values(operation?.post.requestBody.content ?? {});
  expect(document.info.version).toBe(defaultEdition);
  expect(Object.keys(content?.example ?? {})).toEqual(edition(defaultEdition).fields);
});

/** What each edition has that the one before it has not, as a page. */
function pageOfEditions(): string {
  const ordered = [...editions].sort();
  const sections = ordered.map((name, i) => {
    const since = ordered[i - 1];
    const lines = since === undefined ? [] : linesOf(name, since);
    const isDefault = name === defaultEdition ? ', the default' : '';
    return [`## ${name}${isDefault}`, '', `${edition(name).source}.`, ...(lines.length === 0 ? [] : ['', ...lines])];
  });
  const head = [
    '# Editions',
    '',
    'Revisions of the page, and what each changes of the one before it. Written from `specs/`: `UPDATE_EDITIONS=1 npx vitest run specs`.',
  ];
  return `${[head, ...sections].map((lines) => lines.join('\n')).join('\n\n')}\n`;
}

function linesOf(name: EditionName, since: EditionName): readonly string[] {
  const { members, added, gone } = upgradeOf(name, since);
  const ids = (title: string, rows: typeof added): readonly string[] =>
    rows.length === 0 ? [] : [`- ${title}: ${rows.map(({ id, level }) => `\`${id}\` (${level})`).join(', ')}`];
  return [
    ...members.map(({ of, member, change, says }) => `- ${of}, ${change}: \`${member}\`, ${says}`),
    ...ids('requirements that come', added),
    ...ids('requirements that go', gone),
  ];
}

test('the page about editions', () => {
  const file = new URL('../docs/editions.md', import.meta.url);
  if (isUpdate) writeFileSync(file, pageOfEditions());
  expect(readFileSync(file, 'utf8')).toBe(pageOfEditions());
});

/** The schema of the configuration, with every edition and every field that can be pinned in one. */
function withEditions(schema: typeof configSchema): unknown {
  const plain = schema.$defs.values.properties.image_id;
  const { title: _, description: __, ...text } = plain;
  const pins = [...pinnable].map(([field, { title, type, uniqueItems }]) => {
    const value =
      type === 'array' ? { type, minItems: 1, ...(uniqueItems === true ? { uniqueItems } : {}), items: text } : text;
    return [field, { title, description: `Pins ${field} in valid bodies.`, ...value }] as const;
  });
  const values = ({ token, ...properties }: Record<string, unknown>): unknown => {
    const own = Object.entries(properties).filter(([name]) => ['project_id', 'pool_id', 'image_id'].includes(name));
    return Object.fromEntries([...own, ...pins, ['token', token]]);
  };
  const { values: one, readyValues } = schema.$defs;
  return {
    ...schema,
    properties: { ...schema.properties, edition: { ...schema.properties.edition, enum: editions } },
    $defs: {
      ...schema.$defs,
      values: { ...one, properties: values(one.properties) },
      readyValues: { ...readyValues, properties: values(readyValues.properties) },
    },
  };
}

test('the schema of the configuration knows every edition, and every field that can be pinned', () => {
  const file = new URL('config.schema.json', import.meta.url);
  const wanted = withEditions(configSchema);
  if (isUpdate) writeFileSync(file, `${JSON.stringify(wanted, null, 2)}\n`);
  expect(JSON.parse(readFileSync(file, 'utf8'))).toEqual(JSON.parse(JSON.stringify(wanted)));
});
