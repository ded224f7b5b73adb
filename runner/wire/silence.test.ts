import { expect, test } from 'vitest';
import { explain } from './silence.ts';

const progress = { reused: false, connected: true, secured: true, answered: false, size: 20 };

function broken(syscall: 'read' | 'write', code = 'ECONNRESET'): Error {
  return Object.assign(new Error(`${syscall} ${code}`), { code, syscall });
}

test.each([
  ['is a refusal of the head', broken('write'), 62_000, true],
  ['is a refusal of the head, whatever it is called', broken('write', 'EPIPE'), 17_000, true],
  ['behind a head of a usual length is a drop', broken('write'), 2_000, false],
  ['behind a whole head is a drop', broken('read'), 62_000, false],
])('a connection that breaks %s', (_, error, head, whileSending) => {
  expect(explain(error, { ...progress, head })).toMatchObject({ silence: 'reset', whileSending });
});

test('an answer that breaks off is no refusal', () => {
  expect(explain(broken('write'), { ...progress, answered: true, head: 62_000 })).toMatchObject({ silence: 'broken' });
});
