import type { CredentialUse, TokenEdit } from '../../generators/model.ts';
import { madeUp, madeUpKeys, madeUpToken } from './made-up.ts';

/**
 * The token, changed. Undefined: it has no such form, or the form would be the same token again; a token of one
 * character cannot be cut, one of digits has no other case. No edit rests on white space at an end, which HTTP drops.
 */
export function applyTokenEdit(token: string, edit: TokenEdit): string | undefined {
  const edited = token === '' ? undefined : editedText(token, edit);
  return edited === undefined || edited.trim() === token.trim() || edited.trim() === '' ? undefined : edited;
}

function editedText(token: string, edit: TokenEdit): string | undefined {
  // Without the signs that only fill up Base64: whoever decodes it reads the same without them.
  const text = token.replace(/=+$/, '') || token;
  const fill = token.slice(text.length);
  switch (edit.edit) {
    case 'truncate':
      return text.slice(0, Math.min(text.length - 1, Math.max(1, Math.ceil(text.length * edit.keep))));
    case 'append':
      return `${token}${edit.text}`;
    case 'recase':
      return recased(text, edit.from, edit.to) + fill;
    case 'replace': {
      const place = placeIn(text.length, edit.at);
      if (place === undefined) return undefined;
      return `${text.slice(0, place)}${another(text.charAt(place))}${text.slice(place + 1)}${fill}`;
    }
    case 'wrap':
      return `${edit.before}${token}${edit.after}`;
    case 'rewrite':
      return rewritten[edit.as](token);
  }
}

const rewritten: Readonly<Record<Extract<TokenEdit, { edit: 'rewrite' }>['as'], (token: string) => string>> = {
  // Of every byte, since many tokens hold nothing that must be encoded.
  'percent-encoded': (token) => Buffer.from(token).toString('hex').toUpperCase().replace(/../g, '%$&'),
  Base64: (token) => Buffer.from(token).toString('base64'),
  reversed: (token) => [...token].reverse().join(''),
  doubled: (token) => token + token,
};

/** Where a replacement goes; undefined: so short a text has no such place. */
function placeIn(length: number, at: number): number | undefined {
  const last = length - 1;
  if (last < 1) return undefined;
  if (at <= 0 || at >= 1) return at <= 0 ? 0 : last;
  return last < 2 ? undefined : Math.min(last - 1, Math.max(1, Math.round(last * at)));
}

/** Another character: in no alphabet the same in other case, and in Base64 another one in its very first bit. */
function another(character: string): string {
  if (/[A-Za-f]/.test(character)) return character === 'X' ? 'y' : 'x';
  return character === 'g' ? 'H' : 'G';
}

function recased(text: string, from: number, to: number): string {
  const start = Math.floor(text.length * Math.min(from, to));
  const end = Math.ceil(text.length * Math.max(from, to));
  const stretch = text.slice(start, end);
  if (from !== to && /[A-Za-z]/.test(stretch)) return text.slice(0, start) + swapCase(stretch) + text.slice(end);
  const behind = text.slice(start).search(/[A-Za-z]/);
  const place = behind < 0 ? text.search(/[A-Za-z]/) : start + behind;
  return place < 0 ? text : text.slice(0, place) + swapCase(text.charAt(place)) + text.slice(place + 1);
}

function swapCase(text: string): string {
  return text.replace(/[A-Za-z]/g, (c) => (c >= 'a' ? c.toUpperCase() : c.toLowerCase()));
}

/** Headers that carry a credential. */
export type CredentialHeaders = Readonly<Record<string, string>>;

/** The headers for a token, used in a way; undefined: it has no such form. A state's own token is not made here. */
export function tokenHeaders(token: string, use: CredentialUse, seed: number): CredentialHeaders | undefined {
  if (use.form === 'absent') return {};
  if (use.form === 'other scheme') return otherScheme(use.scheme, seed);
  const both = use.form === 'two' && use.by === 'other header' && token !== '';
  if (both) return { 'X-Auth-Token': token, ...otherScheme('Bearer', seed) };
  const value = tokenText(token, use, seed);
  return value === undefined ? undefined : { 'X-Auth-Token': value };
}

function tokenText(token: string, use: CredentialUse, seed: number): string | undefined {
  switch (use.form) {
    case 'valid':
      return token;
    case 'empty':
      return '';
    case 'made up':
      return madeUpToken(token, use.shape ?? 'alike', `${seed}/token/${use.n ?? 0}`);
    case 'edited':
      return use.edit.on === 'token' ? applyTokenEdit(token, use.edit) : undefined;
    case 'very long':
      return madeUp(`${seed}/long`, use.length);
    case 'inherited':
      return use.name;
    case 'odd characters':
      return use.text + madeUpToken(token, 'alike', `${seed}/odd`);
    case 'two':
      return token === '' ? undefined : two(token, madeUpToken(token, 'alike', `${seed}/two`), use);
    default:
      return undefined;
  }
}

/** Two credentials in one header: of a header that is sent twice, each value has a line. */
export function two(valid: string, other: string, { order, by }: Extract<CredentialUse, { form: 'two' }>): string {
  const pair = { 'valid first': [valid, other], 'made up first': [other, valid], 'the same twice': [valid, valid] };
  return pair[order].join(by === 'comma' ? ', ' : '\n');
}

/** A made-up credential of another kind than the configured one. */
export function otherScheme(
  scheme: Extract<CredentialUse, { form: 'other scheme' }>['scheme'],
  seed: number,
): CredentialHeaders {
  const token = madeUp(`${seed}/bearer`, 40);
  switch (scheme) {
    case 'X-Auth-Token':
      return { 'X-Auth-Token': token };
    case 'Basic':
      return { Authorization: `Basic ${Buffer.from(`${token.slice(0, 12)}:${token}`).toString('base64')}` };
    case 'Digest':
      return { Authorization: `Digest username="${token}", realm="", nonce="", uri="/", response="${'0'.repeat(32)}"` };
    case 'SDK-HMAC-SHA256': {
      const { access_key } = madeUpKeys(`${seed}/scheme`);
      const signature = Buffer.from(madeUp(`${seed}/signature`, 32)).toString('hex');
      return { Authorization: `${scheme} Access=${access_key}, SignedHeaders=host;x-sdk-date, Signature=${signature}` };
    }
    default:
      return { Authorization: `${scheme} ${token}` };
  }
}

/** Characters in a row from which on a text gives a secret away. */
const telling = 8;

/** Whether an edited token gives the real one away, whatever its case and direction. */
export function givesAway(edited: string, token: string, edit: TokenEdit): boolean {
  if (edit.edit === 'rewrite') return true;
  const [text, secret] = [edited.toLowerCase(), token.toLowerCase()];
  const length = Math.min(telling, Math.floor(secret.length / 2) + 1);
  for (let at = 0; at + length <= secret.length; at++) if (text.includes(secret.slice(at, at + length))) return true;
  return false;
}

const edits: Readonly<Record<TokenEdit['edit'], string>> = {
  truncate: 'truncated',
  append: 'extended',
  recase: 'other case',
  replace: 'other character',
  wrap: 'wrapped',
  rewrite: 'rewritten',
};

/** What stands in a report in place of a credential: `[valid]`, `[truncated]`, `[signature: first digit]`. */
export function describeUse(use: CredentialUse): string {
  if (use.form !== 'edited') return `[${use.form}]`;
  return use.edit.on === 'token' ? `[${edits[use.edit.edit]}]` : `[signature: ${use.edit.part}]`;
}
