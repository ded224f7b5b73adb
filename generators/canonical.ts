import type { Requirement } from '../specs/requirement.ts';
import { canonicalPlay, type Play } from './cases.ts';
import { full, plain, withLevel } from './contexts.ts';
import type { Setting } from './deviations/source.ts';

/** The one request that stands for a row, in contracts for instance. Throws where no single request does. */
export function canonicalCase(row: Pick<Requirement, 'id' | 'send' | 'given'>, setting: Setting): Play {
  const play = canonicalCaseIn(row, setting);
  if (play === undefined) throw new Error(`no single request stands for ${row.id}`);
  return play;
}

/** The same in a setting; undefined where that has no such request: without a credential none can be left out. */
export function canonicalCaseIn(
  { send, given }: Pick<Requirement, 'send' | 'given'>,
  setting: Setting,
): Play | undefined {
  if (send.kind === 'context' && send.which === 'full') return { context: full(setting.edition), deviation: undefined };
  if (send.kind === 'context' && given === 'image is billed')
    return { context: withLevel(plain, 'order_id', 'given'), deviation: undefined };
  return canonicalPlay(send, setting);
}
