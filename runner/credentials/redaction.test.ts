import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createRedaction } from './redaction.ts';
import { Secrets } from './secrets.ts';

const token = 'Zq9-Canary+kT4vWm7/RbXc2LpHs8NdGy==';
const redact = createRedaction(new Secrets([token]));
const shown = (text: string, secret = token): string => createRedaction(new Secrets([secret]))(text).text;

/** The longest part of the token that is left in a text, whatever its case. */
function left(text: string, secret = token): number {
  const [low, inside] = [text.toLowerCase(), secret.toLowerCase()];
  let most = 0;
  for (let at = 0; at < inside.length; at += 1)
    while (at + most < inside.length && low.includes(inside.slice(at, at + most + 1))) most += 1;
  return most;
}

const bytes = Buffer.from(token);
const percent = [...bytes].map((byte) => `%${byte.toString(16).padStart(2, '0')}`).join('');
const unicode = [...token].map((c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`).join('');

describe('a secret is hidden', () => {
  test.each<[string, string]>([
    ['as it is', token],
    ['in capitals', token.toUpperCase()],
    ['in small letters', token.toLowerCase()],
    ['with every byte percent-encoded', percent],
    ['percent-encoded twice', encodeURIComponent(encodeURIComponent(token))],
    ['as JSON writes it with numbers', unicode],
    ['with every slash escaped', token.replaceAll('/', '\\/')],
    ['as numbers of HTML', [...token].map((c) => `&#${c.charCodeAt(0)};`).join('')],
    ['as numbers of HTML, escaped again', [...token].map((c) => `&amp;#x${c.charCodeAt(0).toString(16)};`).join('')],
    ['in hexadecimal digits', bytes.toString('hex')],
    ['in hexadecimal capitals', bytes.toString('hex').toUpperCase()],
    ['in Base64', bytes.toString('base64')],
    ['in Base64 for addresses', bytes.toString('base64url')],
    ['in Base64 behind another character', Buffer.from(`x${token}`).toString('base64')],
    ['in Base64 behind two', Buffer.from(`xx${token}`).toString('base64')],
    ['in Base64 of Base64', Buffer.from(bytes.toString('base64')).toString('base64')],
    ['in Base64 in another case', Buffer.from(token.toLowerCase()).toString('base64')],
    ['in Base64 of JSON', Buffer.from(JSON.stringify({ token })).toString('base64')],
    ['in Base64 cut by a line', bytes.toString('base64').replace(/(.{12})(?=.)/g, '$1\r\n')],
    ['with a space between any two characters', [...token].join(' ')],
    ['with a point between any two characters', [...token].join('.')],
    ['spaced out and backwards', [...token].reverse().join('-')],
    ['backwards', [...token].reverse().join('')],
  ])('%s', (_, written) => {
    const { text, isTold } = redact(`before ${written} behind`);
    expect(text).toBe('before [redacted] behind');
    expect(isTold).toBe(true);
  });

  test.each<[string, string]>([
    ['without its end', token.slice(0, -1)],
    ['without its beginning', token.slice(1)],
    ['the half of it', token.slice(0, token.length / 2)],
    ['with a tail', `${token}x`],
    ['with another first character', `X${token.slice(1)}`],
    ['with another last character', `${token.slice(0, -1)}X`],
    ['with another character in the middle', `${token.slice(0, 17)}!${token.slice(18)}`],
    ['cut in two by a line', `${token.slice(0, 17)}\n  ${token.slice(17)}`],
    ['cut in two by a line of JSON', `${token.slice(0, 17)}\\n${token.slice(17)}`],
  ])('where it is changed: %s', (_, written) => expect(left(shown(`"${written}"`))).toBeLessThan(8));

  test('wherever it stands, and what is around it stays', () => {
    const around = fc.string({ unit: 'grapheme', maxLength: 40 });
    fc.assert(
      fc.property(around, around, (before, behind) => {
        const { text, isTold } = redact(`${before} ${token} ${behind}`);
        expect(text).toBe(`${before} [redacted] ${behind}`);
        expect(isTold).toBe(true);
      }),
    );
  });

  test('even if it is no ASCII, or has spaces', () => {
    const odd = 'a/b "c"+é and so on';
    for (const written of [odd, encodeURIComponent(odd), encodeURIComponent(odd).toLowerCase(), JSON.stringify(odd)])
      expect(shown(`<${written}>`, odd)).toMatch(/^<"?\[redacted\]"?>$/);
    expect(shown(Buffer.from(odd).toString('base64'), odd)).toBe('[redacted]');
    expect(shown(`q=${encodeURIComponent(odd).replaceAll('%20', '+')}`, odd)).toBe('q=[redacted]');
    expect(shown(Buffer.from('pässwörter').toString('latin1'), 'pässwörter')).toBe('[redacted]');
  });
});

describe('what is no secret stays', () => {
  test.each(['other', 'a', 'status', '200', 'pool', 'image_id', 'error_code', 'application/json', 'no', ''])(
    'although %j is the token',
    (word) => {
      const text = '{"error_code":"a","error_msg":"no other pool, status 200: image_id","type":"application/json"}';
      expect(createRedaction(new Secrets([word]))(text)).toEqual({ text, isTold: false });
    },
  );

  test('a short secret is one as a word alone', () => {
    const hide = createRedaction(new Secrets(['k9x2']));
    expect(hide('k9x2s and "k9x2"')).toEqual({ text: 'k9x2s and "[redacted]"', isTold: true });
  });

  test('a part of a secret accuses nobody', () => {
    expect(redact('kT4vWm7/')).toEqual({ text: '[redacted]', isTold: false });
  });

  test('other text is the same as before', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect(redact(text)).toEqual({ text, isTold: false });
      }),
    );
  });
});

test.each<[string, string]>([
  ['backslashes', '\\'.repeat(65_536)],
  ['breaks and spaces', `\n${' '.repeat(65_535)}`],
  ['escaped ampersands', '&amp;'.repeat(13_000)],
  ['percent signs', '%'.repeat(65_536)],
  ['letters', 'QUFB'.repeat(16_384)],
  ['digits', '4141'.repeat(16_384)],
  ['beginnings of the secret', token.slice(0, 8).repeat(8_192)],
])('%s without end take no time', (_, text) => {
  const start = performance.now();
  redact(text);
  expect(performance.now() - start).toBeLessThan(2_000);
});

test('secrets may come to be known later', () => {
  const secrets = new Secrets();
  const hide = createRedaction(secrets);
  expect(hide(token).text).toBe(token);
  secrets.add(token);
  expect(hide(token).text).toBe('[redacted]');
  expect(hide('only-here-1', ['only-here-1']).text).toBe('[redacted]');
  expect(hide('only-here-1').text).toBe('only-here-1');
});
