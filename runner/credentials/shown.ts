import type { CredentialUse } from '../../generators/model.ts';
import type { Credentials } from './credentials.ts';
import { shellWord } from './shell.ts';

/** The environment variable that stands for a signature, which nobody can keep. */
export const signatureVariable = 'WORKSPACE_SIGNATURE';

/** Environment variables that stand for what is no token. */
const variables: Readonly<Record<string, string>> = {
  authorization: signatureVariable,
  'x-security-token': 'WORKSPACE_SECURITY_TOKEN',
};

/** The token that a credential is, or was made of. */
export interface Origin {
  readonly token: string | undefined;
  /** The environment variable that holds it, by the name that the configuration uses. */
  readonly name: string;
}

/** A credential as it may be shown. */
export interface Shown {
  /** Its headers: `${NAME}` for what is good, `[truncated]` for what was made of it, in full what is made up. */
  readonly credential: Readonly<Record<string, string>>;
  /** Words of a shell for the values that are not shown in full, by header. */
  readonly inShell: Readonly<Record<string, string>>;
}

/** The headers of a credential as they may be shown: what is good or was made of something good is never written out. */
export function shownCredential(
  use: CredentialUse,
  headers: Readonly<Record<string, string>>,
  { describe }: Pick<Credentials, 'describe'>,
  { token, name }: Origin,
): Shown {
  const inShell: Record<string, string> = {};
  const credential = Object.entries(headers).map(([header, value]) => {
    const isToken = header.toLowerCase() === 'x-auth-token';
    const variable = isToken ? name : variables[header.toLowerCase()];
    if (variable === undefined || value === '') return [header, value];
    const isMadeUp = use.form === 'two' && use.by === 'other header' && token !== undefined && !isToken;
    if (isMadeUp) return [header, value];
    const word = isToken && token !== undefined ? shellWord(use, value, { token, name }) : undefined;
    if (word !== undefined) inShell[header] = word;
    if (use.form === 'valid' || use.form === 'of the state') {
      inShell[header] ??= `"\${${variable}}"`;
      return [header, `\${${variable}}`];
    }
    return [header, use.form === 'edited' || use.form === 'two' ? describe(use) : value];
  });
  return { credential: Object.fromEntries(credential), inShell };
}
