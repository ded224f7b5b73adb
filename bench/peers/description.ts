import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { tokens } from '../../reference/world.ts';
import errorSchema from '../../specs/error.schema.json' with { type: 'json' };
import requestSchema from '../../specs/rebuild-request.schema.json' with { type: 'json' };
import responseSchema from '../../specs/rebuild-response.schema.json' with { type: 'json' };

type Json = Readonly<Record<string, unknown>>;

const folder = new URL(import.meta.url.endsWith('.ts') ? '../../specs/' : '../../../specs/', import.meta.url);

/** Our OpenAPI document as it is, for tools that read 3.1 and follow references. */
export const descriptionFile = new URL('openapi.yaml', folder);

/** The same in one piece as OpenAPI 3.0, with an example for each answer, for tools that need that. */
export function plainDescription(): Json {
  const document = parse(readFileSync(descriptionFile, 'utf8')) as Json;
  const [[path, { post }]] = Object.entries(document['paths'] as Record<string, { post: Json }>) as [
    [string, { post: Json }],
  ];
  const example = {
    image_id: 'img-1',
    image_type: 'private',
    os_type: 'Windows',
    delay_time: 15,
    message: 'Save.',
    order_id: 'CS123',
    is_fix: false,
  };
  const answer = (description: string, schema: Json, value: Json) => ({
    description,
    content: { 'application/json': { schema: plain(schema), example: value } },
  });
  const refused = answer('Refused or failed.', errorSchema, { error_code: 'WKS.0001' });
  return {
    openapi: '3.0.3',
    info: { title: 'Desktop pool rebuild', version: '2025-11' },
    servers: [{ url: 'http://127.0.0.1' }],
    paths: {
      [path]: {
        post: {
          operationId: post['operationId'],
          summary: post['summary'],
          parameters: [
            { name: 'project_id', in: 'path', required: true, schema: { type: 'string' }, example: 'p1' },
            { name: 'pool_id', in: 'path', required: true, schema: { type: 'string' }, example: 'pool-a' },
            { name: 'X-Auth-Token', in: 'header', schema: { type: 'string' }, example: tokens.valid },
          ],
          requestBody: { required: true, content: { 'application/json': { schema: plain(requestSchema), example } } },
          responses: {
            200: answer('Accepted.', responseSchema, { job_id: 'job-1' }),
            ...Object.fromEntries([400, 401, 403, 404, 409, 500].map((status) => [status, refused])),
          },
        },
      },
    },
  };
}

/** A schema without what OpenAPI 3.0 does not know. */
function plain(schema: Json): Json {
  return Object.fromEntries(
    Object.entries(schema)
      .filter(([name]) => !name.startsWith('$') && !name.startsWith('x-'))
      .map(([name, value]) => [
        name,
        name === 'properties' ? properties(value as Readonly<Record<string, Json>>) : value,
      ]),
  );
}

function properties(all: Readonly<Record<string, Json>>): Json {
  return Object.fromEntries(Object.entries(all).map(([name, schema]) => [name, plain(schema)]));
}
