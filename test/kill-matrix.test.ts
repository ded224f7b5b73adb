import picomatch from 'picomatch';
import { describe, expect, test } from 'vitest';
import { startReference } from '../reference/endpoint.ts';
import { faults } from '../reference/faults.ts';
import { readConfiguration } from '../runner/configuration.ts';
import { run } from '../runner/run.ts';
import type { Report } from '../specs/report.ts';
import { requirements } from '../specs/requirements.ts';

/** Faults that cost a time-out for each case. */
const hanging = new Set(['hangs-on-malformed-json']);
/** Faults that show in some of the requests only, so that which rows fail depends on the order. */
const intermittent = new Set([
  'accepts-one-in-ten-unauthenticated',
  'fails-after-fifty-requests',
  'remembers-credential-of-connection',
]);
const isGlob = (pattern: string): boolean => pattern.includes('*');

async function play(fault: string): Promise<Report> {
  const reference = await startReference({ fault });
  try {
    const configuration = readConfiguration({ data: reference.configuration, env: {}, overrides: { timeout: 2000 } });
    return await run({ configuration, seed: 1, runs: 0, only: [], strict: true, edition: '2025-11' });
  } finally {
    await reference.close();
  }
}

/** Every requirement that some fault made fail. */
const broken = new Set<string>();

function sorted(ids: Iterable<string>): readonly string[] {
  return [...new Set(ids)].sort();
}

describe('the fixed cases find each fault, and nothing but it', () => {
  for (const { id, breaks } of faults.filter((fault) => !hanging.has(fault.id))) {
    test.concurrent(id, async () => {
      const isBroken = picomatch([...breaks]);
      const { results } = await play(id);
      const failing = results.filter(({ verdict }) => verdict === 'fail');
      const failingMust = sorted(failing.filter(({ level }) => level === 'MUST').map((result) => result.requirement));
      const failingIds = sorted(failing.map((result) => result.requirement));
      for (const requirement of failingIds) if (isBroken(requirement)) broken.add(requirement);
      expect(failingIds.filter((requirement) => isBroken(requirement))).not.toEqual([]);
      expect(failingMust.filter((requirement) => !isBroken(requirement))).toEqual([]);
      if (intermittent.has(id)) return;
      const must = results.filter(({ level, requirement }) => level === 'MUST' && isBroken(requirement));
      expect(failingMust).toEqual(sorted(must.map((result) => result.requirement)));
      expect(failingIds).toEqual(expect.arrayContaining(breaks.filter((pattern) => !isGlob(pattern))));
    });
  }
});

test('each requirement failed for a fault that names it', () => {
  expect(requirements.filter(({ id }) => !broken.has(id)).map(({ id }) => id)).toEqual([]);
});
