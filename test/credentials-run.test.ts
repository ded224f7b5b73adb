import { expect, test } from 'vitest';
import { type ReferenceOptions, startReference } from '../reference/endpoint.ts';
import { readConfiguration } from '../runner/configuration.ts';
import { run } from '../runner/run.ts';
import type { Report } from '../specs/report.ts';

async function play(options: ReferenceOptions): Promise<Report> {
  const reference = await startReference(options);
  try {
    const configuration = readConfiguration({ data: reference.configuration, env: {} });
    return await run({ configuration, seed: 1, runs: 0, only: [], strict: false, edition: '2025-11' });
  } finally {
    await reference.close();
  }
}

test.each<ReferenceOptions>([
  { auth: 'token', nuisance: true },
  { auth: 'aksk' },
  { auth: 'aksk', nuisance: true },
  { auth: 'iam' },
  { auth: 'iam', nuisance: true },
])('a whole run with %j blames the reference endpoint for nothing', async (options) => {
  const report = await play(options);
  const wrong = report.results.filter(
    ({ level, verdict }) => verdict === 'error' || (verdict === 'fail' && level === 'MUST'),
  );
  expect(wrong).toEqual([]);
  expect(report.incomplete).toBe(false);
  expect(report.rebuilds).toBeGreaterThan(0);
});
