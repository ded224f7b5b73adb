import type { CredentialUse } from '../../generators/model.ts';
import { type CredentialHeaders, givesAway, tokenHeaders } from './edit.ts';

/** Changed tokens that are remembered; an answer that holds the one of its own request is redacted in any case. */
const mostShown = 256;

/** What all kinds of credentials keep. */
export interface Common {
  readonly seed: number;
  /** Tokens of states, and changed tokens that give a real one away, as far as they were used. */
  readonly shown: Set<string>;
}

/** The headers for a token. One that the state handed out is used, and changed, in its place. */
export function tokenUse(
  token: string,
  use: CredentialUse,
  override: string | undefined,
  { seed, shown }: Common,
): CredentialHeaders | undefined {
  if (override !== undefined) shown.add(override);
  if (use.form === 'of the state') return override === undefined ? undefined : { 'X-Auth-Token': override };
  const real = override ?? token;
  const headers = tokenHeaders(real, use, seed);
  const sent = headers?.['X-Auth-Token'];
  if (use.form === 'edited' && use.edit.on === 'token' && sent !== undefined && givesAway(sent, real, use.edit))
    if (shown.size < mostShown) shown.add(sent);
  return headers;
}
