import { expect, test } from 'vitest';
import { startReference } from '../../reference/endpoint.ts';
import { readConfiguration } from '../../runner/configuration/configuration.ts';
import { createCredentials } from '../../runner/credentials/credentials.ts';
import { runWith } from '../../runner/run.ts';
import { createLane, transportOptions } from '../../runner/wire/connection.ts';
import { createDriver } from '../../runner/wire/driver.ts';
import type { Configuration } from '../../specs/configuration.ts';
import type { Report } from '../../specs/report.ts';
import { playReference } from './reference.ts';
import { alarms, byStatus } from './simulate.ts';

/** Compositions over sockets: the seed decides which requests are disturbed, and the rest goes round. */
const first = Number(process.env['COMPOSITIONS_SEED'] ?? 1);
const busy = [0, 60, 250] as const;

/** A whole run over sockets; Pact is not asked, for its child would take most of the time. */
function play(configuration: Configuration, seed: number): Promise<Report> {
  const laneFor = (origin: string) => createLane(origin, transportOptions(configuration));
  const credentials = createCredentials(configuration.auth, laneFor, { seed });
  const driver = createDriver({ configuration, credentials, seed });
  const options = { configuration, seed, runs: 0, only: [], strict: true, edition: '2025-11' } as const;
  return runWith({ driver, auth: credentials.kind, contracts: byStatus }, options);
}

test('the reference with its nuisances raises no alarm in simulated time either, however long a pool is busy', async () => {
  for (let seed = first; seed < first + 20; seed += 1) {
    const busyMs = [...busy, 2_000, 20_000][seed % 5] ?? 0;
    const report = await playReference(undefined, {
      seed,
      busyMs,
      handler: seed % 3 > 0,
      nuisance: true,
      contracts: byStatus,
    });
    expect({ seed, alarms: alarms(report) }).toEqual({ seed, alarms: [] });
  }
});

console.info(`compositions over HTTP: COMPOSITIONS_SEED=${first}`);

test.each(Array.from({ length: 3 }, (_, i) => ({ seed: first + i, busyMs: busy[i % 3] ?? 0, handler: i % 2 === 0 })))(
  'the reference with its nuisances raises no alarm: seed $seed, busy for $busyMs ms, state handler $handler',
  async ({ seed, busyMs, handler }) => {
    const reference = await startReference({ seed, busyMs, nuisance: true });
    try {
      const { state_handler, ...data } = reference.configuration;
      const configuration = readConfiguration({ data: { ...data, ...(handler ? { state_handler } : {}) }, env: {} });
      expect(alarms(await play(configuration, seed))).toEqual([]);
    } finally {
      await reference.close();
    }
  },
  120_000,
);
