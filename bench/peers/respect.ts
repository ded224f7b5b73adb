import { copyFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { descriptionFile } from './description.ts';
import { runTool } from './process.ts';
import { shots } from './shots.ts';
import type { Bench, Tool } from './tool.ts';

/** Redocly Respect plays an Arazzo document: a workflow for each example, beside the checks that it makes by itself. */
export async function createRespect({ bin, url, folder }: Bench): Promise<Tool> {
  const files = ['openapi.yaml', 'rebuild-request.schema.json', 'rebuild-response.schema.json', 'error.schema.json'];
  for (const file of files) await copyFile(new URL(file, descriptionFile), join(folder, file));
  const document = {
    arazzo: '1.0.1',
    info: { title: 'Examples of the rebuild operation', version: '1.0.0' },
    sourceDescriptions: [{ name: 'rebuild', type: 'openapi', url: 'openapi.yaml' }],
    workflows: shots.map(({ name, status, project, pool, token, body }) => ({
      workflowId: name,
      steps: [
        {
          stepId: 'rebuild',
          operationId: 'rebuild.RebuildDesktopPool',
          parameters: [
            { in: 'path', name: 'project_id', value: project },
            { in: 'path', name: 'pool_id', value: pool },
            ...(token === undefined ? [] : [{ in: 'header', name: 'X-Auth-Token', value: token }]),
          ],
          requestBody: { contentType: 'application/json', payload: body },
          successCriteria: [{ condition: `$statusCode == ${status}` }],
        },
      ],
    })),
  };
  const file = join(folder, 'examples.arazzo.yaml');
  await writeFile(file, stringify(document));
  return {
    name: 'Redocly Respect',
    cases: 'the requests of our contracts, as Arazzo',
    async judge() {
      const { code, output } = await runTool(
        join(bin, 'redocly'),
        ['respect', file, '--server', `rebuild=${url}`],
        folder,
      );
      return { found: code !== 0, said: output };
    },
  };
}
