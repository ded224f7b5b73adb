import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import { consumerName, providerName } from '../../contracts/examples.ts';
import { Verifier } from '../../contracts/verifier-process.ts';
import { plausible } from '../../generators/plausible.ts';
import { stateValues, tokens } from '../../reference/world.ts';
import { defaultEdition } from '../../specs/editions.ts';
import type { State } from '../../specs/requirement.ts';
import type { Bench, Tool } from './tool.ts';

const pactFile = fileURLToPath(
  new URL(
    `${import.meta.url.endsWith('.ts') ? '../../' : '../../../'}contracts/pacts/${consumerName}-${providerName}.json`,
    import.meta.url,
  ),
);

/** Pact's Verifier by itself, with our pact and a state handler as a provider would write it. */
export async function createPact({ url, folder }: Bench): Promise<Tool> {
  const server = createServer((incoming, outgoing) => {
    const chunks: Buffer[] = [];
    incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
    incoming.on('end', () => {
      const { state } = JSON.parse(Buffer.concat(chunks).toString()) as { state: State };
      const ready = { project_id: 'p1', pool_id: 'pool-a', image_id: 'img-1' };
      const source = { fixture: ready, edition: defaultEdition };
      const guesses = {
        image_type: plausible(source, 'image_type'),
        os_type: plausible(source, 'os_type'),
        order_id: plausible(source, 'order_id'),
      };
      const values = { ...ready, ...guesses, token: tokens.valid, ...stateValues[state] };
      outgoing.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(values));
    });
  });
  await listening(server);
  const statesUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  return {
    name: 'Pact Verifier',
    cases: 'our contracts',
    async judge() {
      const reply = await new Verifier().verify({ folder, pactFile, provider: providerName, baseUrl: url, statesUrl });
      if ('error' in reply) return { found: true, said: reply.error };
      const { errors = [] } = JSON.parse(reply.json) as { errors?: readonly unknown[] };
      return { found: errors.length > 0, said: JSON.stringify(errors) };
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function listening(server: Server): Promise<void> {
  return new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
}
