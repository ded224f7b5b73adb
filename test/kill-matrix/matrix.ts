import { describe, expect, test } from 'vitest';
import { play } from '../../cli/selfcheck.ts';
import { naming } from '../../reference/breaks.ts';
import type { Fault } from '../../reference/faults.ts';
import type { Report } from '../../specs/report.ts';

const nameOf = ({ requirement, technique }: Report['results'][number]): string => `${requirement} by ${technique}`;

/** Milliseconds for one of many that run at once. */
const patience = 300_000;

/** A test for each fault: the fixed cases find it, and nothing but it. */
export function killMatrix(faults: readonly Fault[]): void {
  describe('the fixed cases find each fault, and nothing but it', () => {
    for (const fault of faults) {
      const isNamed = naming(fault.breaks);
      const isAllowed = naming([...fault.breaks, ...(fault.sometimes ?? [])]);
      // What rests on time is played alone: among thirty others it would come too late.
      const inTurn = fault.needs?.busyMs === undefined ? test.concurrent : test;
      inTurn(fault.id, { timeout: patience }, async () => {
        const { results } = await play(fault);
        const failing = results.filter(({ verdict }) => verdict === 'fail');
        // Levels that bind: nothing fails that is not named.
        const binding = failing.filter(({ level }) => level !== 'MAY');
        expect(binding.filter((result) => !isAllowed(result)).map(nameOf)).toEqual([]);
        // What is named fails, by each technique that the row has.
        const named = results.filter((result) => isNamed(result) && result.verdict !== 'fail');
        expect(named.map(nameOf)).toEqual([]);
        expect(failing.some((result) => isAllowed(result))).toBe(true);
      });
    }
  });
}
