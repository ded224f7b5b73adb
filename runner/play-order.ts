import type { Requirement, Stimulus } from '../specs/requirement.ts';

export type Group = readonly [Requirement, ...Requirement[]];

/** Requests that have been seen to bring a server down: they go last, so that little else is lost with it. */
const harsh: readonly Stimulus['kind'][] = ['malformed pool id', 'beyond reason', 'invalid UTF-8', 'odd JSON'];

/** Rows that are played by the same requests, in the order in which they are played: controls before what rests on them, and last
 * what sums up all rejections. */
export function playOrder(rows: readonly Requirement[]): readonly Group[] {
  const groups = new Map<string, [Requirement, ...Requirement[]]>();
  for (const row of rows) {
    if (row.send.kind === 'every answer') continue;
    const key = JSON.stringify([row.given, row.send]);
    const known = groups.get(key);
    if (known === undefined) groups.set(key, [row]);
    else known.push(row);
  }
  const isControl = ({ send }: Requirement): boolean => send.kind === 'billed image' && send.order;
  const late = ([row]: Group): number =>
    isControl(row) ? -1 : row.send.kind === 'rejected, then accepted' ? 2 : harsh.includes(row.send.kind) ? 1 : 0;
  return [...groups.values()].sort((a, b) => late(a) - late(b));
}
