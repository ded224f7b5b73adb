import type { CredentialUse } from '../../generators/model.ts';
import { type CredentialHeaders, givesAway, tokenHeaders } from './edit.ts';
import type { Secrets } from './secrets.ts';

/** Secrets from which on no changed token is remembered; an answer that holds the one of its own request is redacted in any case. */
const mostShown = 256;

/** What all kinds of credentials keep. */
export interface Common {
  readonly seed: number;
  /** What is configured or fetched; of tokens of states, and of changed tokens that give a real one away, those that were used. */
  readonly secrets: Secrets;
}

/** The headers for a token. One that the state handed out is used, and changed, in its place. */
export function tokenUse(
  token: string,
  use: CredentialUse,
  override: string | undefined,
  { seed, secrets }: Common,
): CredentialHeaders | undefined {
  if (override !== undefined) secrets.add(override);
  if (use.form === 'of the state') return override === undefined ? undefined : { 'X-Auth-Token': override };
  const real = override ?? token;
  const headers = tokenHeaders(real, use, seed);
  const sent = headers?.['X-Auth-Token'];
  if (use.form === 'edited' && use.edit.on === 'token' && sent !== undefined && givesAway(sent, real, use.edit))
    if (secrets.all.length < mostShown) secrets.add(sent);
  return headers;
}
