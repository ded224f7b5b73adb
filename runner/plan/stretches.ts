import type { LevelOf } from '../../specs/contexts.ts';

/**
 * What is sent, in stretches that each begin by leaving an open connection: whoever is to come on a used one comes behind
 * somebody who leaves one. `connectionOf`: how each comes.
 */
export function stretchesOf<T>(
  items: readonly T[],
  connectionOf: (item: T) => LevelOf<'connection'>,
): readonly (readonly T[])[] {
  const of = (level: LevelOf<'connection'>): readonly T[] => items.filter((item) => connectionOf(item) === level);
  const dealt = (some: readonly T[], turn: number, count: number): readonly T[] =>
    some.filter((_, i) => i % count === turn);
  const opening = of('fresh');
  const count = Math.max(1, opening.length);
  return Array.from({ length: count }, (_, turn) => [
    ...dealt(of('closing'), turn, count),
    ...opening.slice(turn, turn + 1),
    ...dealt(of('reused'), turn, count),
  ]);
}
