import { describe, expect, test } from 'vitest';
import { play } from '../../cli/selfcheck.ts';
import { shuffled } from '../../generators/covering.ts';
import { randomOf } from '../../generators/random.ts';
import { faults } from '../../reference/faults.ts';
import { editions } from '../../specs/editions.ts';
import type { Report } from '../../specs/report.ts';
import { playReference } from '../simulated/reference.ts';
import { expectFound } from './matrix.ts';

/** Faults that are played over sockets, too; `selfcheck` plays all of them so. */
const count = 12;
const seed = Number(process.env['SOCKETS_SEED'] ?? Math.floor(Math.random() * 1_000_000));

/** What a run says of each row, and on how many answers that rests. */
function saidOf({ requests, rebuilds, statistics, results }: Report): object {
  const rows = results.map(({ requirement, technique, verdict, cases, reason }) => [
    `${requirement} by ${technique}`,
    verdict,
    cases,
    reason,
  ]);
  return { requests, rebuilds, statuses: statistics?.statuses, rows };
}

test.each(editions)(
  'the correct endpoint is asked and judged over sockets as in simulated time, in %s',
  async (name) => {
    const [sockets, simulated] = [
      await play(undefined, { edition: name }),
      await playReference(undefined, { edition: name }),
    ];
    expect(saidOf(sockets)).toEqual(saidOf(simulated));
  },
);

describe(`faults are found over sockets as in simulated time (again with SOCKETS_SEED=${seed})`, () => {
  const random = randomOf(seed, 0);
  const sample = shuffled(faults, (max) => random.nextInt(0, max)).slice(0, count);
  console.info(`SOCKETS_SEED=${seed}: ${count} of ${faults.length} faults`);
  // One after the other: some of them rest on milliseconds.
  for (const fault of sample) test(fault.id, async () => expectFound(fault, await play(fault)));
});
