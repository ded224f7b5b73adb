import type { LevelOf } from '../../specs/contexts.ts';

/** How many that are to come on a used connection make a stretch of their own. */
const fewest = 3;

/**
 * What is sent, in stretches that each begin by leaving an open connection: whoever is to come on a used one comes behind
 * somebody who leaves one. `connectionOf`: how each comes. `wanted`: so many stretches if it can be had; those beyond the
 * openings go on with what earlier ones have left.
 */
export function stretchesOf<T>(
  items: readonly T[],
  connectionOf: (item: T) => LevelOf<'connection'>,
  wanted = 1,
): readonly (readonly T[])[] {
  const of = (level: LevelOf<'connection'>): readonly T[] => items.filter((item) => connectionOf(item) === level);
  const dealt = (some: readonly T[], turn: number, count: number): readonly T[] =>
    some.filter((_, i) => i % count === turn);
  const [opening, reused] = [of('fresh'), of('reused')];
  const own = Math.max(1, opening.length);
  const count = Math.max(own, Math.min(wanted, Math.floor(reused.length / fewest)));
  return Array.from({ length: count }, (_, turn) => [
    ...(turn < own ? dealt(of('closing'), turn, own) : []),
    ...opening.slice(turn, turn + 1),
    ...dealt(reused, turn, count),
  ]);
}
