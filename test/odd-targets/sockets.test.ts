import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { shuffled } from '../../generators/covering.ts';
import { randomOf } from '../../generators/random.ts';
import { readConfiguration } from '../../runner/configuration/configuration.ts';
import { rejudge } from '../../runner/rejudge.ts';
import { run } from '../../runner/run.ts';
import { alarms } from '../simulated/simulate.ts';
import { type Deliver, deliveries } from './deliveries.ts';
import { type Oddity, oddities } from './oddities.ts';
import { startOddTarget } from './server.ts';

/** Oddities that are played over sockets, too, one each in a run with all the ways to deliver. */
const count = 6;
const seed = Number(process.env['ODD_SEED'] ?? Math.floor(Math.random() * 1_000_000));

const folder = mkdtempSync(join(tmpdir(), 'odd-targets-'));
afterAll(() => rmSync(folder, { recursive: true }));

const random = randomOf(seed, 0);
const sample = shuffled(Object.entries<Oddity>(oddities), (max) => random.nextInt(0, max)).slice(0, count);
const targets: readonly (readonly [name: string, oddity: Oddity, deliver?: Deliver])[] = [
  ...sample,
  ...Object.entries<Deliver>(deliveries).map(([name, deliver]) => [name, {}, deliver] as const),
];
console.info(`ODD_SEED=${seed}: ${count} of ${Object.keys(oddities).length} oddities`);

for (const [i, [name, oddity, deliver]] of targets.entries()) {
  test.concurrent(`no MUST fails over sockets with: ${name} (again with ODD_SEED=${seed})`, async () => {
    const target = await startOddTarget(oddity, deliver);
    try {
      const configuration = readConfiguration({ data: target.configuration, env: {} });
      const trace = join(folder, `${i}.ndjson`);
      const options = { seed: 1, runs: 0, only: [], strict: false, edition: '2025-11', trace } as const;
      const report = await run({ configuration, ...options });
      expect(alarms(report, 'MUST')).toEqual([]);
      // What was judged then is judged so again, whoever looks.
      if (i % 4 > 0) return;
      const { claim, ...told } = await rejudge(trace);
      expect({ ...told, claim: { ...claim, evidence: 'self-attested' } }).toEqual(report);
    } finally {
      await target.close();
    }
  });
}
