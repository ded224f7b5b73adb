import { expect, test } from 'vitest';
import { checkAgainst, shortOf, told } from '../simulated/golden.ts';
import { playService } from '../simulated/reference.ts';
import { alarms, byStatus } from '../simulated/simulate.ts';
import { createOddService, type Oddity, oddities } from './oddities.ts';

const lines = new Map<string, string>();

test.concurrent.each(Object.entries<Oddity>(oddities))('no MUST fails with: %s', async (name, oddity) => {
  const asked: string[] = [];
  const report = await playService((clock) => createOddService(oddity, clock), {
    contracts: byStatus,
    told: (command, fact) => void asked.push(...told(command, fact)),
  });
  expect(alarms(report, 'MUST')).toEqual([]);
  const { outcome, requests, rebuilds, results } = report;
  const others = results.filter(({ verdict }) => verdict !== 'pass');
  lines.set(
    name,
    [
      `${name}: ${outcome}, ${requests} requests, ${rebuilds} rebuilds, asked ${shortOf(asked.join('\n'))}\n`,
      ...others.map((one) =>
        `  ${one.requirement} ${one.technique} ${one.verdict} ${one.reason ?? ''}`.trimEnd().concat('\n'),
      ),
    ].join(''),
  );
});

test('each is asked and judged as it was (UPDATE_GOLDEN=1 writes it again)', ({ skip }) => {
  const names = Object.keys(oddities);
  if (lines.size < names.length) skip('not all of them came to their end');
  checkAgainst('odd-targets', names.map((name) => lines.get(name)).join(''));
});
