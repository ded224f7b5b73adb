import { describe, expect, test } from 'vitest';
import { judge } from '../../cli/selfcheck.ts';
import { shuffled } from '../../generators/covering.ts';
import { randomOf } from '../../generators/random.ts';
import { naming } from '../../reference/breaks.ts';
import type { Fault } from '../../reference/fault.ts';
import { faults } from '../../reference/faults.ts';
import { requirements } from '../../specs/requirements.ts';
import { playFault } from './matrix.ts';

/** Rebuilds that a run may take here, and faults that are played with them; `selfcheck --rebuilds 20` plays all. */
const rebuilds = 20;
const count = 40;
const seed = Number(process.env['SCARCE_SEED'] ?? Math.floor(Math.random() * 1_000_000));

/** Two requests are on their way together by chance, and there is but one try. */
const byChance: readonly unknown[] = ['two together'];

/** Rows that are judged with so few: MAY rows are not. */
const judged = requirements.filter(
  ({ level, send }) => level !== 'MAY' && !(send.kind === 'relation' && byChance.includes(send.relation)),
);

/** Whether a fault breaks one of them. */
function isJudged({ breaks }: Fault): boolean {
  const isBroken = naming(breaks);
  return judged.some(({ id, techniques }) => techniques.some((technique) => isBroken({ requirement: id, technique })));
}

describe(`twenty rebuilds are enough to find a fault (again with SCARCE_SEED=${seed})`, () => {
  const random = randomOf(seed, 0);
  const sample = shuffled(faults.filter(isJudged), (max) => random.nextInt(0, max)).slice(0, count);
  console.info(`SCARCE_SEED=${seed}: ${count} of ${faults.length} faults`);
  for (const fault of sample)
    test.concurrent(fault.id, async () => {
      const report = await playFault(fault, { rebuilds });
      const { verdict } = judge(fault, report);
      // What is seen on a pool alone that is kept busy takes several rebuilds a turn: where they, or the time to wait,
      // run out, no row that it breaks passes.
      const isBroken = naming(fault.breaks);
      const isOpen = report.results.filter(isBroken).every((one) => one.verdict === 'untested');
      const keepsBusy = fault.needs?.busyMs !== undefined || fault.needs?.pools !== undefined;
      expect(keepsBusy && isOpen ? 'open' : verdict).toMatch(/^(found|open)$/);
    });
});
