import { shorten, visibleLine } from '../../reports/visible.ts';
import { member, type Observation } from '../../runner/decide/observation.ts';

/** Characters that are shown of it. */
const most = 200;

/** What the target itself gives as the reason of a refusal, on one line: ` (it says: …)`; empty where it gives none. */
export function said(observation: Observation): string {
  const texts = ['error_code', 'error_msg'].flatMap((name) => {
    const value = member(observation, name);
    return typeof value === 'string' && value.trim() !== '' ? [value.trim()] : [];
  });
  return texts.length === 0 ? '' : ` (it says: ${shorten(visibleLine(texts.join(', ')), most)})`;
}
