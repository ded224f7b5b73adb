import { expect, it } from 'vitest';
import { inColumns } from './columns.ts';

it('cuts no word, and indents what goes on', () => {
  const words = `topic: ${'a word '.repeat(30)}${'x'.repeat(100)}`;
  const lines = inColumns(words).trimEnd().split('\n');
  expect(lines.join(' ').replace(/ +/g, ' ')).toBe(words);
  for (const line of lines) expect(line.length <= 80 || !line.trim().includes(' '), line).toBe(true);
  for (const line of lines.slice(1)) expect(line).toMatch(/^ {2}\S/);
});

it('keeps whole what is to be copied', () => {
  const copied = 'token is expired: {token: "$' + '{EXPIRED_TOKEN}"}';
  const line = `token is expired: untested (1 requirement), nothing provides it; under states, give   ${copied}`;
  expect(inColumns(line)).toBe(
    `token is expired: untested (1 requirement), nothing provides it; under states,\n  give   ${copied}\n`,
  );
  expect(inColumns(`${'word '.repeat(15)}give   ${copied}`)).toBe(`${'word '.repeat(15)}give\n  ${copied}\n`);
});

it('leaves a short line alone', () => expect(inColumns('clock: ok')).toBe('clock: ok\n'));
