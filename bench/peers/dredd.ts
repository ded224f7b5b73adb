import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { plainDescription } from './description.ts';
import { runTool } from './process.ts';
import { shots } from './shots.ts';
import type { Bench, Tool } from './tool.ts';

/**
 * Dredd takes the example of each documented status; hooks bring what the status needs, as its documentation advises,
 * and let the others than 200 run, which it skips by itself. One request a status is all that it makes.
 */
export async function createDredd({ bin, url, folder }: Bench): Promise<Tool> {
  const description = join(folder, 'dredd.json');
  const hooks = join(folder, 'dredd-hooks.cjs');
  await writeFile(description, JSON.stringify(plainDescription()));
  // Of several the last one: for 400 it is the one that a person would take, a body without image_id.
  const examples = new Map(
    shots.filter(({ name }) => !name.startsWith('billing')).map((shot) => [String(shot.status), shot]),
  );
  await writeFile(
    hooks,
    `const hooks = require('hooks');
const shots = ${JSON.stringify(Object.fromEntries(examples))};
hooks.beforeEach((transaction) => {
  const shot = shots[transaction.expected.statusCode];
  transaction.skip = shot === undefined;
  if (shot === undefined) return;
  transaction.fullPath = '/v2/' + shot.project + '/desktop-pools/' + shot.pool + '/rebuild';
  transaction.request.uri = transaction.fullPath;
  if (shot.token === undefined) delete transaction.request.headers['X-Auth-Token'];
  else transaction.request.headers['X-Auth-Token'] = shot.token;
  transaction.request.body = JSON.stringify(shot.body);
});
`,
  );
  return {
    name: 'Dredd',
    cases: 'one example a status, by hooks',
    async judge() {
      const args = [description, url, `--hookfiles=${hooks}`, '--loglevel=error'];
      const { code, output } = await runTool(join(bin, 'dredd'), args, folder);
      return { found: code !== 0, said: output };
    },
  };
}
