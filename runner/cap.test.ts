import { expect, test } from 'vitest';
import { startReference } from '../reference/endpoint.ts';
import { readConfiguration } from './configuration.ts';
import { run } from './run.ts';

async function capped(rebuilds: number) {
  const reference = await startReference({});
  try {
    const data = { ...reference.configuration, limits: { rebuilds } };
    const configuration = readConfiguration({ data, env: {} });
    return await run({ configuration, seed: 1, runs: 5, only: [], strict: true, edition: '2025-11' });
  } finally {
    await reference.close();
  }
}

test.each([50, 40])('%i rebuilds suffice for every row that counts', async (rebuilds) => {
  const report = await capped(rebuilds);
  expect(report.rebuilds).toBeLessThanOrEqual(rebuilds);
  const open = report.results.filter(({ level, verdict }) => level !== 'MAY' && verdict !== 'pass');
  expect(open).toEqual([]);
  expect(report.outcome).toBe('conformant');
  // What a cap cut says so, and rests on at least one acceptance.
  const cut = report.results.filter(({ cut_by, verdict }) => cut_by === 'rebuilds' && verdict === 'pass');
  expect(cut.length).toBeGreaterThan(0);
  for (const { accepted } of cut) expect(accepted).toBeGreaterThan(0);
});

test('too few rebuilds leave rows untested, and the outcome is partial', async () => {
  const report = await capped(10);
  expect(report.rebuilds).toBeLessThanOrEqual(10);
  expect(report.outcome).toBe('partial');
});
