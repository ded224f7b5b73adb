import type { CredentialUse, TokenEdit } from '../../generators/model.ts';
import { applyTokenEdit } from './edit.ts';

/** A word of the shell for text as it is. */
export function quoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}

/** What stands for a token in a shell: a variable, or what the shell makes of one. It never holds the token. */
export interface ShellForm {
  /** The real token, which only decides where it is cut. */
  readonly token: string;
  /** Name of the environment variable that holds it. */
  readonly name: string;
}

/**
 * A word of the shell whose value is the token in this use; undefined where the value may be written out as it is, or
 * where no shell can make it.
 */
export function shellWord(use: CredentialUse, sent: string, { token, name }: ShellForm): string | undefined {
  switch (use.form) {
    case 'valid':
    case 'of the state':
      return `"\${${name}}"`;
    case 'edited':
      return use.edit.on === 'token' ? editedWord(token, use.edit, name) : undefined;
    case 'two':
      return split(sent, token, name);
    default:
      return undefined;
  }
}

/** The token where it stands in a longer text. */
function split(sent: string, token: string, name: string): string | undefined {
  if (token === '' || !sent.includes(token)) return undefined;
  return sent
    .split(token)
    .map((text) => (text === '' ? '' : quoted(text)))
    .join(`"\${${name}}"`);
}

function editedWord(token: string, edit: TokenEdit, name: string): string | undefined {
  const sent = applyTokenEdit(token, edit);
  // `cut` counts bytes, and lines.
  if (sent === undefined || !/^[\x20-\x7e]+$/.test(token)) return undefined;
  const whole = `"\${${name}}"`;
  const cut = (range: string, then = ''): string => `"$(printf %s "$${name}" | cut -c${range}${then})"`;
  switch (edit.edit) {
    case 'truncate':
      return sent.length === token.length - 1 ? `"\${${name}%?}"` : cut(`-${sent.length}`);
    case 'append':
      return `${whole}${quoted(edit.text)}`;
    case 'wrap':
      return [edit.before, undefined, edit.after]
        .map((text) => (text === undefined ? whole : text === '' ? '' : quoted(text)))
        .join('');
    case 'replace':
    case 'recase': {
      const [start, end] = stretch(token, sent);
      const middle =
        edit.edit === 'replace' ? quoted(sent.slice(start, end)) : cut(`${start + 1}-${end}`, ' | tr A-Za-z a-zA-Z');
      return `${start === 0 ? '' : cut(`-${start}`)}${middle}${end === token.length ? '' : cut(`${end + 1}-`)}`;
    }
    case 'rewrite':
      return {
        'percent-encoded': `"$(printf %s "$${name}" | od -An -v -tx1 | tr -d ' \\n' | tr a-f A-F | sed 's/../%&/g')"`,
        Base64: `"$(printf %s "$${name}" | base64 | tr -d '\\n')"`,
        reversed: `"$(printf %s "$${name}" | rev)"`,
        doubled: `${whole}${whole}`,
      }[edit.as];
  }
}

/** Where two texts of one length differ: from the first place to behind the last one. */
function stretch(a: string, b: string): readonly [number, number] {
  let start = 0;
  while (start < a.length && a[start] === b[start]) start += 1;
  let end = a.length;
  while (end > start && a[end - 1] === b[end - 1]) end -= 1;
  return [start, end];
}
