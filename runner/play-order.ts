import type { Requirement, Stimulus } from '../specs/requirement.ts';

export type Group = readonly [Requirement, ...Requirement[]];

/** Requests that have been seen to bring a server down: they go late, so that little else is lost with it. */
const harsh: readonly Stimulus['kind'][] = ['malformed pool id', 'beyond reason', 'invalid UTF-8', 'odd JSON'];

/** When a group is played; the contracts come before `repetition`. */
const places = { control: 0, usual: 1, harsh: 2, summary: 3, repetition: 4, should: 5, may: 6 } as const;

/** Rows that are played by the same requests, before the contracts and after them. */
export interface PlayOrder {
  readonly before: readonly Group[];
  readonly after: readonly Group[];
}

/**
 * The order in which rows are played: controls before what rests on them, and last what sums up a run. Where rebuilds
 * are capped, what weighs most is served first.
 */
export function playOrder(rows: readonly Requirement[], isCapped: boolean): PlayOrder {
  const groups = new Map<string, [Requirement, ...Requirement[]]>();
  for (const row of rows) {
    if (row.send.kind === 'every answer') continue;
    const key = JSON.stringify([row.given, row.send]);
    const known = groups.get(key);
    if (known === undefined) groups.set(key, [row]);
    else known.push(row);
  }
  const placed = [...groups.values()].map((group) => ({ group, place: placeOf(group, isCapped) }));
  placed.sort((a, b) => a.place - b.place);
  return {
    before: placed.flatMap(({ group, place }) => (place < places.repetition ? [group] : [])),
    after: placed.flatMap(({ group, place }) => (place < places.repetition ? [] : [group])),
  };
}

function placeOf(group: Group, isCapped: boolean): number {
  const [{ send }] = group;
  const has = (level: Requirement['level']): boolean => group.some((row) => row.level === level);
  if (isCapped && !has('MUST')) return has('SHOULD') ? places.should : places.may;
  if (send.kind === 'billed image' && send.order) return places.control;
  if (send.kind === 'repetition') return places.repetition;
  if (send.kind === 'rejected, then accepted') return places.summary;
  return harsh.includes(send.kind) ? places.harsh : places.usual;
}
