import { createHash } from 'node:crypto';
import { requirements } from './requirements.ts';

/** Names the whole set of requirements of this suite: two reports with one hash were judged by the same rows. */
export function hashOfSet(): string {
  const rows = requirements.map(({ id, level, techniques }) => [id, level, techniques]);
  return createHash('sha256').update(JSON.stringify(rows)).digest('hex');
}
