import { request } from 'undici';
import { startReference } from '../reference/endpoint.ts';
import { readConfiguration } from '../runner/configuration/configuration.ts';
import { run } from '../runner/run.ts';

/**
 * Requests a second of a whole run, as a ratio to bare undici requests at the same endpoint in the same process.
 * Prints one JSON line; it judges nothing.
 */
const reference = await startReference({});
try {
  const configuration = readConfiguration({ data: reference.configuration, env: {} });
  const report = await run({ configuration, seed: 1, runs: 100, only: [], strict: false, edition: '2025-11' });
  const started = performance.now();
  const bare = 2000;
  for (let sent = 0; sent < bare; sent += 4) {
    await Promise.all(
      Array.from({ length: 4 }, async () => {
        const answer = await request(`${reference.url}/v2/p1/desktop-pools/none/rebuild`, {
          method: 'POST',
          body: '{}',
        });
        await answer.body.dump();
      }),
    );
  }
  const bareRate = bare / ((performance.now() - started) / 1000);
  const rate = report.requests / (report.duration_ms / 1000);
  process.stdout.write(
    `${JSON.stringify({ requests: report.requests, seconds: report.duration_ms / 1000, rate, bare_rate: bareRate, ratio: rate / bareRate })}\n`,
  );
} finally {
  await reference.close();
}
