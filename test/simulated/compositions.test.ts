import fc from 'fast-check';
import { expect, test } from 'vitest';
import { legalNature } from './legal.ts';
import { alarms, simulate } from './simulate.ts';

test('probe', async () => {
  const n = Number(process.env['N'] ?? 20);
  const from = Number(process.env['FROM'] ?? 1);
  const c = process.cpuUsage();
  let bad = 0;
  const list = process.env['SEEDS']?.split(',').map(Number) ?? Array.from({ length: n }, (_, i) => from + i);
  for (const seed of list) {
    const [nature] = fc.sample(legalNature, { seed, numRuns: 1 });
    const { report, took } = await simulate(nature ?? {}, { options: { seed } });
    const found = alarms(report);
    if (found.length > 0) {
      bad++;
      console.log(
        seed,
        JSON.stringify(nature),
        report.outcome,
        report.requests,
        report.rebuilds,
        Math.round(took / 1000),
        '\n  ' + found.slice(0, 4).join('\n  ').slice(0, 1200),
      );
    }
  }
  const d = process.cpuUsage(c);
  console.log('bad', bad, 'of', n, 'cpu', (d.user + d.system) / 1000 / n);
  expect(1).toBe(1);
}, 600_000);
