import { describe, expect, test } from 'vitest';
import { namesContract, naming } from '../../reference/breaks.ts';
import type { Fault } from '../../reference/faults.ts';
import { createPactJudge, noJudge } from '../../runner/contracts.ts';
import type { Command, Fact } from '../../runner/decide/procedure.ts';
import type { Report } from '../../specs/report.ts';
import { requirements } from '../../specs/requirements.ts';
import { checkAgainst, shortOf, told } from '../simulated/golden.ts';
import { playReference, type ReferencePlay } from '../simulated/reference.ts';

const nameOf = ({ requirement, technique }: Report['results'][number]): string => `${requirement} by ${technique}`;

/** A fault in simulated time; Pact, which takes most of the time, is asked for faults that break a contract. */
export function playFault(fault: Fault, asking: ReferencePlay = {}): Promise<Report> {
  const contracts = namesContract(fault.breaks, requirements) ? createPactJudge() : noJudge;
  return playReference(fault, { contracts, ...asking });
}

/** What a fault breaks fails, by each technique that the row has, and nothing that binds but that. */
export function expectFound(fault: Fault, { results }: Report): void {
  const isNamed = naming(fault.breaks);
  const isAllowed = naming([...fault.breaks, ...(fault.sometimes ?? [])]);
  const failing = results.filter(({ verdict }) => verdict === 'fail');
  const binding = failing.filter(({ level }) => level !== 'MAY');
  expect(binding.filter((result) => !isAllowed(result)).map(nameOf)).toEqual([]);
  const named = results.filter((result) => isNamed(result) && result.verdict !== 'fail');
  expect(named.map(nameOf)).toEqual([]);
  expect(failing.some((result) => isAllowed(result))).toBe(true);
}

/**
 * A test for each fault: the fixed cases find it, and nothing but it. What was asked is held against what is on record
 * under the name of the part, so that a change of the suite shows what it moves.
 */
export function killMatrix(part: string, faults: readonly Fault[]): void {
  describe('the fixed cases find each fault, and nothing but it', () => {
    const lines = new Map<string, string>();
    for (const fault of faults)
      test.concurrent(fault.id, async () => {
        const asked: string[] = [];
        const report = await playFault(fault, {
          told: (command: Command, fact: Fact) => void asked.push(...told(command, fact)),
        });
        expectFound(fault, report);
        const { requests, rebuilds, results } = report;
        const failed = results.filter(({ verdict }) => verdict === 'fail').length;
        lines.set(fault.id, `${requests} requests, ${rebuilds} rebuilds, ${failed} fail, ${shortOf(asked.join('\n'))}`);
      });

    test('each is asked as it was (UPDATE_GOLDEN=1 writes it again)', ({ skip }) => {
      if (lines.size < faults.length) skip('not all of them were found');
      checkAgainst(`matrix/${part}`, faults.map(({ id }) => `${id}: ${lines.get(id)}\n`).join(''));
    });
  });
}
