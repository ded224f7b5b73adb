import { describe, expect, test } from 'vitest';
import { namesContract, naming } from '../../reference/breaks.ts';
import { startReference } from '../../reference/endpoint.ts';
import type { Fault } from '../../reference/faults.ts';
import { readConfiguration } from '../../runner/configuration/configuration.ts';
import { run } from '../../runner/run.ts';
import type { EditionName } from '../../specs/editions.ts';
import type { Report } from '../../specs/report.ts';
import { requirements } from '../../specs/requirements.ts';

/** Plays the fixed cases: with a fault, in the edition that it needs; without one, on the correct endpoint. */
export async function play(fault: Fault | undefined, edition?: EditionName): Promise<Report> {
  const reference = await startReference({
    ...(fault === undefined ? {} : { fault }),
    ...(edition === undefined ? {} : { edition }),
  });
  try {
    const configuration = readConfiguration({ data: reference.configuration, env: {}, overrides: {} });
    const contracts = fault === undefined || namesContract(fault.breaks, requirements);
    return await run({
      configuration,
      seed: 1,
      runs: 0,
      only: [],
      strict: true,
      edition: configuration.edition,
      contracts,
    });
  } finally {
    await reference.close();
  }
}

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
