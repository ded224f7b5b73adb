import { fixedPlays } from '../../generators/cases.ts';
import type { Deviation } from '../../generators/model.ts';
import { isLoopback } from '../../runner/configuration/configuration.ts';
import { needsKnownKey } from '../../runner/credentials/altered-signature.ts';
import type { Core } from '../../runner/decide/core.ts';
import type { Auth, Configuration } from '../../specs/configuration.ts';
import type { Requirement } from '../../specs/requirement.ts';

/** Rows that need a form which the configured credential does not have, and what in the configuration would change it. */
export interface Formless {
  readonly rows: readonly Requirement[];
  readonly change: string;
}

/** Finds the rows that cannot be tested with the configured credential. Their states must have been asked for. */
export function formless(
  core: Core,
  { auth, target }: Pick<Configuration, 'auth' | 'target'>,
  rows: readonly Requirement[],
): readonly Formless[] {
  // A key may be locked by bad signatures: only one for trials, or one of a target at home, is put at risk.
  const hasNoTrials = auth?.kind === 'aksk' && auth.trial_key === undefined && !isLoopback(target.url);
  const lacking: Requirement[] = [];
  const untried: Requirement[] = [];
  for (const row of rows) {
    const setting = core.setting(row.given);
    if (row.send.kind !== 'deviation' || setting === undefined) continue;
    const plays = fixedPlays(row.send, setting);
    if (plays.length === 0) lacking.push(row);
    else if (hasNoTrials && plays.every(({ deviation }) => isTrial(deviation))) untried.push(row);
  }
  return [
    { rows: lacking, change: otherKind(auth) },
    { rows: untried, change: 'auth.trial_key would change it' },
  ].filter((found) => found.rows.length > 0);
}

function isTrial(deviation: Deviation | undefined): boolean {
  const use = deviation?.change.on === 'credential' ? deviation.change.use : undefined;
  return use?.form === 'edited' && use.edit.on === 'signature' && needsKnownKey(use.edit.part);
}

/** What has the forms that the configured credential lacks. */
function otherKind(auth: Auth | undefined): string {
  if (auth === undefined) return 'a credential under auth would change it';
  return auth.kind === 'aksk'
    ? 'auth: {token: …} would change it'
    : 'auth: {access_key: …, secret_key: …} would change it';
}
