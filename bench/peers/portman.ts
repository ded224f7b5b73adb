import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { tokens } from '../../reference/world.ts';
import { plainDescription } from './description.ts';
import { runTool } from './process.ts';
import { type Shot, shots } from './shots.ts';
import type { Bench, Tool } from './tool.ts';

const operation = 'POST::/v2/{project_id}/desktop-pools/{pool_id}/rebuild';

/** What each answer is checked for. */
function checks(status: number) {
  return {
    contractTests: [
      { statusCode: { enabled: true, code: status } },
      { contentType: { enabled: true } },
      { jsonBody: { enabled: true } },
      { schemaValidation: { enabled: true } },
    ],
  };
}

function token(value: string) {
  return { key: 'X-Auth-Token', value, overwrite: true };
}

function variation({ name, status, project, pool, token: own, body }: Shot) {
  return {
    name,
    openApiResponse: String(status),
    overwrites: [
      {
        overwriteRequestPathVariables: [
          { key: 'project_id', value: project, overwrite: true },
          { key: 'pool_id', value: pool, overwrite: true },
        ],
        overwriteRequestHeaders: [own === undefined ? { key: 'X-Auth-Token', remove: true } : token(own)],
        overwriteRequestBody: [{ key: '.', value: body, overwrite: true }],
      },
    ],
    tests: checks(status),
  };
}

/** Portman makes a Postman collection of contract tests, variations and fuzzed fields; Newman runs it. */
export async function createPortman({ bin, url, folder }: Bench): Promise<Tool> {
  const [description, config, collection] = ['portman.json', 'portman-config.json', 'collection.json'].map((file) =>
    join(folder, file),
  ) as [string, string, string];
  await writeFile(description, JSON.stringify(plainDescription()));
  await writeFile(
    config,
    JSON.stringify({
      version: 1,
      tests: {
        contractTests: [{ openApiOperation: operation, ...Object.assign({}, ...checks(200).contractTests) }],
        variationTests: [
          { openApiOperation: operation, variations: shots.map(variation) },
          {
            openApiOperation: operation,
            variations: [
              {
                name: 'fuzzed',
                openApiResponse: '400',
                fuzzing: [
                  {
                    requestBody: [
                      {
                        requiredFields: { enabled: true },
                        minimumNumberFields: { enabled: true },
                        maximumNumberFields: { enabled: true },
                        minLengthFields: { enabled: true },
                        maxLengthFields: { enabled: true },
                      },
                    ],
                  },
                ],
                tests: checks(400),
              },
            ],
          },
        ],
      },
      overwrites: [{ openApiOperation: operation, overwriteRequestHeaders: [token(tokens.valid)] }],
      globals: {},
    }),
  );
  const made = await runTool(
    join(bin, 'portman'),
    ['--local', description, '--baseUrl', url, '--portmanConfigFile', config, '--output', collection],
    folder,
  );
  if (made.code !== 0) throw new Error(`Portman made no collection: ${made.output}`);
  return {
    name: 'Portman, Newman',
    cases: 'the requests of our contracts, and fuzzed fields',
    async judge() {
      const { code, output } = await runTool(
        join(bin, 'newman'),
        ['run', collection, '--timeout-request', '10000', '--color', 'off'],
        folder,
      );
      return { found: code !== 0, said: output };
    },
  };
}
