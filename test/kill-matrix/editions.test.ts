import { expect, test } from 'vitest';
import { editionFaults } from '../../reference/faults/editions.ts';
import { edition, editions } from '../../specs/editions.ts';
import { playReference } from '../simulated/reference.ts';
import { killMatrix } from './matrix.ts';

test.each(editions)('the correct endpoint is conformant in edition %s', async (name) => {
  const { outcome, results, suite } = await playReference(undefined, { edition: name });
  expect(results.filter(({ verdict }) => verdict !== 'pass')).toEqual([]);
  expect(outcome).toBe('conformant');
  expect(suite.edition).toBe(name);
  expect(new Set(results.map(({ requirement }) => requirement))).toEqual(
    new Set(edition(name).requirements.map(({ id }) => id)),
  );
});

killMatrix('editions', editionFaults);
