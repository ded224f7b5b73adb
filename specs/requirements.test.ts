import { describe, expect, it, test } from 'vitest';
import { dimensionNames, levelsOf, plainLevel, rowOfLevel } from './contexts.ts';
import { type DeviationKind, deviations, traitsOf } from './deviations.ts';
import { editions } from './editions.ts';
import reportSchema from './report.schema.json' with { type: 'json' };
import { fields, type Requirement, type Send, states } from './requirement.ts';
import { type RequirementId, requirement, requirements } from './requirements.ts';

type Deviating = Extract<Send, { kind: 'deviation' }>;

const deviating = requirements.flatMap((row): { row: Requirement<RequirementId>; send: Deviating }[] =>
  row.send.kind === 'deviation' ? [{ row, send: row.send }] : [],
);

test('ids are unique, lower-case, and state a truth without modal verbs', () => {
  const ids = requirements.map(({ id }) => id);
  expect(new Set(ids).size).toBe(ids.length);
  for (const id of ids) {
    expect(id).toMatch(/^[a-z]+\/[a-z0-9]+(-[a-z0-9]+)*$/);
    expect(id).not.toMatch(/\b(must|should|may|can|shall)\b/);
  }
});

test('an id that is not there does not compile', () => {
  expect(requirement('body/message-type-is-string').id).toBe('body/message-type-is-string');
  // @ts-expect-error: no such row
  expect(() => requirement('body/message-type-is-integer')).toThrow('no row');
});

test('each row has a title of one sentence, sources and techniques', () => {
  for (const { id, title, source, techniques } of requirements) {
    expect(title, id).toMatch(/^[A-Z\w"].*\.$/);
    expect(source.length, id).toBeGreaterThan(0);
    for (const { where, says } of source) {
      expect(where, id).toMatch(/\w/);
      expect(says, id).toMatch(/\w.*\.$/);
    }
    expect(techniques.length, id).toBeGreaterThan(0);
  }
});

test('statuses are named where the status is judged', () => {
  for (const { id, send, expect: expected } of requirements) {
    if (send.kind === 'context' || send.kind === 'deviation') expect(expected.statuses, id).not.toEqual([]);
    if (send.kind === 'answers') expect(expected.statuses, id).toEqual([]);
  }
});

test('every field and every state has rows', () => {
  for (const field of fields) {
    for (const kind of ['wrong type', 'convertible'] satisfies DeviationKind[])
      expect(deviating.filter(({ send }) => send.of === kind && send.field === field)).toHaveLength(1);
  }
  for (const state of states) expect(requirements.some(({ given }) => given === state)).toBe(true);
});

describe('levels of valid requests', () => {
  const named = editions.flatMap((edition) =>
    dimensionNames.flatMap((name) => levelsOf(name, edition).map((level) => rowOfLevel(name, level))),
  );

  it.each([...new Set(named.filter((id) => id !== undefined))])('name a row about them: %s', (id) => {
    const { send, given, techniques } = requirement(id);
    expect(send).toEqual({ kind: 'context', which: 'levels' });
    expect(given).toBe('pool is ready');
    expect(techniques).toEqual(['property']);
  });

  it('leave no row about them without a level', () => {
    for (const { id, send, given } of requirements) {
      if (send.kind === 'context' && send.which === 'levels' && given === 'pool is ready') expect(named).toContain(id);
    }
  });

  it('name rows of their edition, in each', () => {
    for (const edition of editions)
      for (const name of dimensionNames)
        for (const level of levelsOf(name, edition)) {
          const id = rowOfLevel(name, level);
          if (id !== undefined) expect(requirement(id).editions, `${name}=${level}`).toContain(edition);
        }
  });

  it('begin with the plain one in each dimension, and no other one is without a row', () => {
    for (const edition of editions)
      for (const name of dimensionNames) {
        const rows = levelsOf(name, edition).map((level) => rowOfLevel(name, level));
        expect(levelsOf(name, edition)[0]).toBe(plainLevel(name));
        expect(rows.filter((row) => row === undefined)).toHaveLength(1);
      }
  });
});

describe('kinds of deviation', () => {
  it.each(Object.keys(deviations))('each have a row of their own: %s', (kind) => {
    expect(deviating.some(({ send }) => send.of === kind && send.second === undefined)).toBe(true);
  });

  it('are about one field where they are about several rows by field', () => {
    const perField: readonly DeviationKind[] = [
      'wrong type',
      'convertible',
      'null',
      'out of range',
      'too long',
      'too long id',
      'unlisted value',
      'too many items',
      'too long item',
      'repeated item',
      'missing when required',
      'empty when required',
    ];
    for (const { row, send } of deviating)
      expect(send.field !== undefined, row.id).toBe(send.second === undefined && perField.includes(send.of));
  });

  it('leave the body as it was where the body has a fault of its own', () => {
    for (const { row, send } of deviating) {
      if (send.second === undefined) continue;
      expect(send.second.length, row.id).toBeGreaterThan(0);
      expect(traitsOf(send.of).body, row.id).toBe('valid');
    }
  });

  it('are refused by no MUST row where a correct target may accept them', () => {
    for (const { row, send } of deviating) {
      if (row.level !== 'MUST' || traitsOf(send.of).accepted === 'never') continue;
      expect(row.expect.statuses, row.id).toEqual(expect.arrayContaining(['2xx', '4xx']));
    }
  });

  it('are not held to be server errors by a MUST row where that is less than a MUST', () => {
    for (const { row, send } of deviating) {
      if (row.level !== 'MUST' || traitsOf(send.of).serverError === 'MUST') continue;
      expect(
        row.expect.statuses.some((status) => status === '5xx' || status === 500),
        row.id,
      ).toBe(true);
    }
  });
});

test('a report names the states that there are', () => {
  expect(reportSchema.$defs.state.enum).toEqual(states);
});
