import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readConfiguration } from './configuration.ts';
import { parseText } from './text.ts';
import { UsageError } from './usage-error.ts';

/** What is said of a configuration: an error in one sentence, or nothing. Any other error is thrown. */
function said(text: string, env: NodeJS.ProcessEnv = {}): string | undefined {
  try {
    readConfiguration({ text, file: 'c.yaml', env });
    return undefined;
  } catch (error) {
    if (error instanceof UsageError) return error.message;
    throw error;
  }
}

const target = 'target: {url: http://127.0.0.1:1}\n';

describe('a configuration that is meant to harm', () => {
  test.each<[string, string, RegExp]>([
    ['runs a program', `${target}waivers: !!js/function "() => 1"`, /tag/i],
    ['has a tag of its own', `${target}auth: {token: !mine a}`, /tag/i],
    ['asks for an older YAML', `%YAML 1.1\n---\n${target}auth: {token: !!binary aGk=}`, /./],
    [
      'is a billion laughs',
      `${target}a0: &a0 [x,x,x,x,x,x,x,x,x,x]\n${Array.from({ length: 12 }, (_, i) => `a${i + 1}: &a${i + 1} [${`*a${i},`.repeat(10)}]`).join('\n')}`,
      /alias/i,
    ],
    ['is nested in brackets', `${target}states: ${'['.repeat(100_000)}`, /nested deeper/],
    ['is nested in lists', `${target}states:\n  ${'- '.repeat(50_000)}a`, /nested deeper/],
    ['is nested in lines', `${target}${Array.from({ length: 5000 }, (_, i) => `${' '.repeat(i)}a:`).join('\n')}`, /./],
    ['is long', `${target}# ${'a'.repeat(2_000_000)}`, /longer than/],
    ['has the marks of a reference', `${target}auth: {token: "\uE000\uE001SECRET\uE002"}`, /U\+E000/],
    ['names a key of the environment', `${target}"\${SECRET}": 1`, /Unknown key "\$\{SECRET\}"/],
    ['has inherited keys', `${target}__proto__: {allow_rebuild: true}`, /Unknown key "__proto__"/],
    ['has a constructor', `${target}constructor: {prototype: {a: 1}}`, /Unknown key "constructor"/],
    ['waives by an inherited name', `${target}waivers: [{requirement: toString, reason: a}]`, /unknown requirement/],
  ])('is refused in a sentence where it %s', (_, text, expected) => {
    const message = said(text, { SECRET: 'the-secret' });
    expect(message).toMatch(expected);
    expect(message).not.toContain('the-secret');
    expect(({} as Record<string, unknown>)['allow_rebuild']).toBeUndefined();
  });

  test('a value of the environment is taken as it is, whatever it looks like', () => {
    const env = { A: `\${B}: {a: [*x, !!js/function "1"]}\n- b`, B: 'never' };
    expect(parseText('a: $' + '{A}', 'c.yaml', env).data).toEqual({ a: env.A });
    expect(parseText('# $' + '{NOT_SET}\na: 1', 'c.yaml', env).data).toEqual({ a: 1 });
  });
});

describe('any text at all', () => {
  const pieces = fc.constantFrom(
    ...[
      'target',
      'auth',
      'states',
      'limits',
      'waivers',
      'url',
      '__proto__',
      'constructor',
      'toString',
      'pool is ready',
    ],
    ...[
      ':',
      ' ',
      '\n',
      '  ',
      '- ',
      '[',
      ']',
      '{',
      '}',
      ',',
      '&a ',
      '*a',
      '!!map ',
      '!b ',
      '|',
      '>',
      '"',
      "'",
      '#',
      '%',
    ],
    ...[
      '$' + '{A}',
      '$' + '{B',
      '$',
      '---',
      '...',
      '? ',
      '<<',
      '1',
      'null',
      '~',
      'true',
      '\u0000',
      '\uFEFF',
      '\\',
      '\t',
    ],
  );
  const texts = fc.oneof(
    fc.array(pieces, { maxLength: 40 }).map((parts) => parts.join('')),
    fc.string({ unit: 'grapheme', maxLength: 200 }),
    fc.json({ maxDepth: 6 }),
  );

  test('is read, or refused in a sentence', () => {
    fc.assert(
      fc.property(texts, (text) => {
        const message = said(text, { A: 'a' });
        if (message !== undefined) expect(message).not.toMatch(/\n\s+at /);
      }),
      { numRuns: 500 },
    );
  });

  test('pollutes nothing', () => {
    const before = Object.getOwnPropertyNames(Object.prototype);
    fc.assert(
      fc.property(fc.anything({ withNullPrototype: true }), (data) => {
        try {
          readConfiguration({ data: { target: { url: 'http://127.0.0.1:1' }, states: data }, env: {} });
        } catch (error) {
          expect(error).toBeInstanceOf(UsageError);
        }
      }),
    );
    expect(Object.getOwnPropertyNames(Object.prototype)).toEqual(before);
  });
});
