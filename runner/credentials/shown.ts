import type { CredentialUse } from '../../generators/model.ts';
import type { Credentials } from './credentials.ts';

const variables: Readonly<Record<string, string>> = {
  'x-auth-token': '$WORKSPACE_TOKEN',
  authorization: '$WORKSPACE_SIGNATURE',
  'x-security-token': '$WORKSPACE_SECURITY_TOKEN',
};

/** The headers of a credential as they may be shown: what is good or was made of something good is never written out. */
export function shownCredential(
  use: CredentialUse,
  headers: Readonly<Record<string, string>>,
  { describe }: Pick<Credentials, 'describe'>,
): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => {
      const variable = variables[name.toLowerCase()];
      if (variable === undefined || value === '') return [name, value];
      if (use.form === 'valid') return [name, variable];
      if (use.form === 'of the state') return [name, '$STATE_TOKEN'];
      return [name, use.form === 'edited' || use.form === 'two' ? describe(use) : value];
    }),
  );
}
