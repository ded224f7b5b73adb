import fc from 'fast-check';
import { expect, test } from 'vitest';
import { membersOf, parseForeign } from './foreign-json.ts';

test('any JSON of reasonable depth is parsed as it is', () => {
  fc.assert(
    fc.property(fc.json({ maxDepth: 20 }), (text) => {
      expect(parseForeign(text)).toEqual(JSON.parse(text));
    }),
  );
});

test('no text at all makes it throw', () => {
  fc.assert(fc.property(fc.string({ unit: 'binary', maxLength: 200 }), (text) => void parseForeign(text)));
});

test.each([
  ['arrays', '['.repeat(100_000) + ']'.repeat(100_000)],
  ['objects', `${'{"a":'.repeat(100_000)}1${'}'.repeat(100_000)}`],
  ['what is never closed', '['.repeat(1_000_000)],
  ['what stands behind a string', `{"a":"\\"]","b":${'['.repeat(300)}${']'.repeat(300)}}`],
])('%s nested beyond reason are not parsed', (_, text) => {
  expect(parseForeign(text)).toBeUndefined();
});

test('brackets in a string nest nothing', () => {
  const text = JSON.stringify({ a: `"${'['.repeat(1000)}\\` });
  expect(parseForeign(text)).toEqual(JSON.parse(text));
});

test('members are own ones, whatever they are called', () => {
  const members = membersOf(parseForeign('{"__proto__":{"job_id":"x"},"constructor":1}'));
  expect(Object.keys(members ?? {})).toEqual(['__proto__', 'constructor']);
  expect(members?.['job_id']).toBeUndefined();
  expect(members?.['toString']).toBeUndefined();
  expect([[], null, 'a', 1, undefined].map(membersOf)).toEqual([undefined, undefined, undefined, undefined, undefined]);
});
