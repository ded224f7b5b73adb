import { expect, test } from 'vitest';
import { alarms, simulate, untested } from './simulate.ts';

test('probe', async () => {
  for (const busy of [0, 100, 2000, 20000, 300000]) {
    const t = performance.now();
    const { report, took, waited } = await simulate({ busy: { ms: busy, how: 'always' } });
    console.log(
      busy,
      report.outcome,
      report.requests,
      report.rebuilds,
      'virtual',
      took,
      waited,
      (took / Math.max(1, busy)).toFixed(1),
      'cpu',
      performance.now() - t,
      report.headline,
    );
    console.log(alarms(report), untested(report, 'MUST', 'SHOULD'));
  }
  expect(1).toBe(1);
});
