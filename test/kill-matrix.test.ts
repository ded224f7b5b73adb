import { describe, expect, test } from 'vitest';
import { naming } from '../reference/breaks.ts';
import { startReference } from '../reference/endpoint.ts';
import { type Fault, faults } from '../reference/faults.ts';
import { readConfiguration } from '../runner/configuration/configuration.ts';
import { run } from '../runner/run.ts';
import { defaultEdition, type EditionName, edition, editions } from '../specs/editions.ts';
import type { Report } from '../specs/report.ts';
import { requirements } from '../specs/requirements.ts';

/** Milliseconds for one exchange: faults that hang cost as much for each case. */
const timeout = 1000;

async function play(fault: Fault | undefined, edition: EditionName): Promise<Report> {
  const reference = await startReference({ edition, ...(fault === undefined ? {} : { fault }) });
  try {
    const configuration = readConfiguration({ data: reference.configuration, env: {}, overrides: { timeout } });
    return await run({ configuration, seed: 1, runs: 0, only: [], strict: true, edition: configuration.edition });
  } finally {
    await reference.close();
  }
}

/** Every requirement that some fault made fail. */
const broken = new Set<string>();

const nameOf = ({ requirement, technique }: Report['results'][number]): string => `${requirement} by ${technique}`;

/** In the default edition every fault that needs no other one; in another edition those that need that. */
function faultsOf(name: EditionName): readonly Fault[] {
  return faults.filter(({ needs }) => (needs?.edition ?? defaultEdition) === name);
}

test.each(editions)('the correct endpoint is conformant in edition %s', async (name) => {
  const { outcome, results, suite } = await play(undefined, name);
  expect(results.filter(({ verdict }) => verdict !== 'pass')).toEqual([]);
  expect(outcome).toBe('conformant');
  expect(suite.edition).toBe(name);
  expect(new Set(results.map(({ requirement }) => requirement))).toEqual(
    new Set(edition(name).requirements.map(({ id }) => id)),
  );
});

describe.each(editions)('in edition %s the fixed cases find each fault, and nothing but it', (name) => {
  for (const fault of faultsOf(name)) {
    const isNamed = naming(fault.breaks);
    const isAllowed = naming([...fault.breaks, ...(fault.sometimes ?? [])]);
    test.concurrent(fault.id, async () => {
      const { results } = await play(fault, name);
      const failing = results.filter(({ verdict }) => verdict === 'fail');
      for (const result of failing) if (isNamed(result)) broken.add(result.requirement);
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

test('each requirement failed for a fault that names it', () => {
  expect(requirements.filter(({ id }) => !broken.has(id)).map(({ id }) => id)).toEqual([]);
});
