import { visibleLine } from '../../reports/visible.ts';
import { reasonGiven } from '../../runner/decide/diagnosis.ts';
import type { Observation } from '../../runner/decide/observation.ts';

/** What the target itself gives as the reason of a refusal, on one line: ` (it says: …)`; empty where it gives none. */
export function said(observation: Observation): string {
  const reason = reasonGiven(observation);
  return reason === '' ? '' : ` (it says: ${visibleLine(reason)})`;
}
