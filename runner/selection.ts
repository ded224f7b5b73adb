import picomatch from 'picomatch';
import type { Requirement } from '../specs/requirement.ts';
import { requirements } from '../specs/requirements.ts';

/** Which requirements a run plays. */
export interface Selection {
  /** Globs of requirement ids; empty: all. */
  readonly only: readonly string[];
  /** The I-th of N parts, counted from one. */
  readonly shard?: { readonly index: number; readonly total: number } | undefined;
}

/** The selected requirements, in table order; a shard takes every N-th row of the whole table. */
export function select({ only, shard }: Selection): readonly Requirement[] {
  const matches = only.length === 0 ? () => true : picomatch([...only]);
  return requirements.filter(
    (row, index) => matches(row.id) && (shard === undefined || index % shard.total === shard.index - 1),
  );
}
