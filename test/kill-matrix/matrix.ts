import { describe, expect, test } from 'vitest';
import { play } from '../../cli/selfcheck.ts';
import { naming } from '../../reference/breaks.ts';
import type { Fault } from '../../reference/faults.ts';
import type { Report } from '../../specs/report.ts';

const nameOf = ({ requirement, technique }: Report['results'][number]): string => `${requirement} by ${technique}`;

/** Milliseconds for one of many that run at once. */
const patience = 300_000;

/** A test for each fault: the fixed cases find it, and nothing but it. Those that have to be waited for begin first. */
export function killMatrix(faults: readonly Fault[]): void {
  describe('the fixed cases find each fault, and nothing but it', () => {
    const waiting = faults.filter(({ needs }) => needs !== undefined);
    for (const fault of [...waiting, ...faults.filter((one) => !waiting.includes(one))]) {
      const isNamed = naming(fault.breaks);
      const isAllowed = naming([...fault.breaks, ...(fault.sometimes ?? [])]);
      test.concurrent(fault.id, { timeout: patience }, async () => {
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
