import { describe, expect, test } from 'vitest';
import { pairsMatrix, shows } from '../cli/selfcheck-pairs.ts';
import { fixedPlays, overridden } from '../generators/cases.ts';
import { shuffled } from '../generators/covering.ts';
import type { Setting } from '../generators/deviations/source.ts';
import { randomOf } from '../generators/random.ts';
import { recognise } from '../reference/pairs/classes.ts';
import { levelsTold } from '../reference/pairs/levels.ts';
import { subjects } from '../reference/pairs/pair.ts';
import { pairs } from '../reference/pairs.ts';
import { noJudge } from '../runner/contracts.ts';
import { covered, coveredLevels } from '../specs/contexts.ts';
import { defaultEdition } from '../specs/editions.ts';
import { playReference } from './simulated/reference.ts';

/** Pairs that are played, in simulated time; `selfcheck --pairs` plays all over sockets. */
const count = Number(process.env['PAIRS'] ?? 400);
const seed = Number(process.env['PAIRS_SEED'] ?? Math.floor(Math.random() * 1_000_000));

describe(`the fixed cases find generated faults of two conditions (again with PAIRS_SEED=${seed})`, () => {
  const random = randomOf(seed, 0);
  const sample = shuffled(pairs, (max) => random.nextInt(0, max)).slice(0, count);
  console.info(`PAIRS_SEED=${seed}: ${count} of ${pairs.length} pairs`);
  for (const pair of sample)
    test(pair.title, async () => {
      const { results } = await playReference(pair, { only: pair.rows, contracts: noJudge });
      expect(shows(pair, results)).toBe(true);
    });
});

test('titles tell pairs apart, and each names what shows it', () => {
  expect(new Set(pairs.map(({ title }) => title)).size).toBe(pairs.length);
  expect(pairs.filter(({ breaks }) => breaks.length === 0).map(({ title }) => title)).toEqual([]);
});

test('the endpoint tells each level that meets others', () => {
  for (const dimension of covered(defaultEdition))
    expect(levelsTold(dimension)).toEqual(expect.arrayContaining([...coveredLevels(dimension, defaultEdition)]));
});

test('no class is said to leave no room that a request of it has', () => {
  const setting: Setting = {
    fixture: { project_id: 'p1', pool_id: 'pool-a', image_id: 'img-1' },
    auth: 'token',
    seed,
    edition: defaultEdition,
  };
  for (const [subject, [row]] of subjects()) {
    if (row?.send.kind !== 'deviation') continue;
    const { classes } = recognise(subject);
    // What is signed depends on the credential, not on the change.
    const never = covered(defaultEdition).filter(
      (name) => name !== 'signing' && classes.every(({ without }) => without.includes(name)),
    );
    for (const { deviation } of fixedPlays(row.send, setting))
      expect(deviation === undefined ? [] : overridden(deviation.change), row.id).toEqual(
        expect.arrayContaining(never),
      );
  }
});

test('the matrix says what was missed', () => {
  const [one, other] = pairs;
  if (one === undefined || other === undefined) throw new Error('there are no pairs');
  const text = pairsMatrix([
    { pair: one, isFound: true },
    { pair: other, isFound: false },
  ]);
  expect(text).toBe(`missed      1/2  ${one.subject}: ${other.beside}\n\n1 of 2 pairs found\n`);
});
