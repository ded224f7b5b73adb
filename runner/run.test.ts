import { expect, test } from 'vitest';
import { startReference } from '../reference/endpoint.ts';
import { readConfiguration } from './configuration/configuration.ts';
import { run } from './run.ts';

test('the reference endpoint is conformant with fixed cases, in at most 600 requests', async () => {
  const reference = await startReference({});
  try {
    const configuration = readConfiguration({ data: reference.configuration, env: {} });
    const report = await run({ configuration, seed: 1, runs: 0, only: [], strict: true, edition: '2025-11' });
    const bad = report.results.filter((r) => r.verdict !== 'pass');
    expect(bad.filter((r) => r.verdict !== 'untested' || r.level === 'MUST')).toEqual([]);
    expect(report.requests).toBeLessThanOrEqual(600);
  } finally {
    await reference.close();
  }
});
