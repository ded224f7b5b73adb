import { expect, test } from 'vitest';
import { readConfiguration } from '../runner/configuration/configuration.ts';
import { run } from '../runner/run.ts';
import { type OddityName, oddities, startOddTarget } from './odd-target.ts';

const names = Object.keys(oddities) as OddityName[];

for (const name of names) {
  test.concurrent(`no MUST fails with: ${name}`, async () => {
    const target = await startOddTarget(oddities[name]);
    try {
      const configuration = readConfiguration({ data: target.configuration, env: {} });
      const report = await run({ configuration, seed: 1, runs: 0, only: [], strict: false, edition: '2025-11' });
      const bad = report.results.filter((r) => r.verdict === 'error' || (r.verdict === 'fail' && r.level === 'MUST'));
      expect(bad).toEqual([]);
      expect(report.incomplete).toBe(false);
    } finally {
      await target.close();
    }
  });
}
