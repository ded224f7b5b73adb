import { createHash } from 'node:crypto';
import type { MadeUpShape } from '../../generators/model.ts';

/** Characters from which on what was made up is repeated. */
const distinct = 2048;

/** Letters and digits that depend on the label alone. */
export function madeUp(label: string, length: number): string {
  let text = '';
  for (let block = 0; text.length < Math.min(length, distinct); block++) {
    const digest = createHash('sha512').update(`${label}/${block}`).digest('base64');
    text += digest.replace(/[^A-Za-z0-9]/g, '');
  }
  return text.repeat(Math.ceil(length / text.length) || 0).slice(0, length);
}

/** A token of a shape that nobody was given; `label` decides which. Never `token` itself. */
export function madeUpToken(token: string, shape: MadeUpShape, label: string): string {
  for (let round = 0; ; round++) {
    const text = shapes[shape](`${label}/${shape}/${round}`, token);
    if (text !== token) return text;
  }
}

/** A pair of keys that nobody was given. */
export function madeUpKeys(label: string): { readonly access_key: string; readonly secret_key: string } {
  return { access_key: madeUp(`${label}/access key`, 20).toUpperCase(), secret_key: madeUp(`${label}/secret key`, 40) };
}

function hexadecimal(label: string): string {
  return createHash('sha256').update(label).digest('hex').slice(0, 32);
}

function base64url(value: object): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url');
}

const shapes: Readonly<Record<MadeUpShape, (label: string, token: string) => string>> = {
  // Never so short that somebody may have it.
  alike: (label, token) => madeUp(label, token === '' ? 64 : Math.max(token.length, 16)),
  hexadecimal,
  UUID: (label) => hexadecimal(label).replace(/^(.{8})(.{4}).(.{3}).(.{3})(.{12})$/, '$1-$2-4$3-a$4-$5'),
  // Whoever believes what such a token says of itself asks nobody whether it is true.
  'unsigned JWT': (label) =>
    `${base64url({ alg: 'none', typ: 'JWT' })}.${base64url({ sub: madeUp(label, 20), exp: 4_102_444_800 })}.`,
  // Begins like the tokens of the vendor.
  Base64: (label) => `MII${madeUp(label, 1197)}`,
  // What careless clients and look-ups make of nothing. A token that is the same word gets a tail.
  null: (label, token) => word('null', label, token),
  undefined: (label, token) => word('undefined', label, token),
};

function word(text: string, label: string, token: string): string {
  return token === text ? `${text}-${madeUp(label, 16)}` : text;
}
