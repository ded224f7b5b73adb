import { expect, test } from 'vitest';
import { fields, states } from './requirement.ts';
import { requirements } from './requirements.ts';

test('ids are unique, lower-case, and state a truth without modal verbs', () => {
  const ids = requirements.map(({ id }) => id);
  expect(new Set(ids).size).toBe(ids.length);
  for (const id of ids) {
    expect(id).toMatch(/^[a-z]+\/[a-z0-9-]+$/);
    expect(id).not.toMatch(/\b(must|should|may|can|shall)\b/);
  }
});

test('each row has a title of one sentence, a source and a technique', () => {
  for (const row of requirements) {
    expect(row.title, row.id).toMatch(/^[A-Z\w"].*\.$/);
    expect(row.source.length, row.id).toBeGreaterThan(0);
    expect(row.techniques.length, row.id).toBeGreaterThan(0);
  }
});

test('every field and every state has rows', () => {
  for (const field of fields) {
    expect(requirements.some(({ send }) => send.kind === 'field of wrong type' && send.field === field)).toBe(true);
  }
  for (const state of states) expect(requirements.some(({ given }) => given === state)).toBe(true);
});
