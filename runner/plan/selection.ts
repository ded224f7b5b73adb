import picomatch from 'picomatch';
import { type EditionName, edition, editions } from '../../specs/editions.ts';
import type { Requirement } from '../../specs/requirement.ts';
import { requirements } from '../../specs/requirements.ts';
import { didYouMean } from '../configuration/closest.ts';
import { UsageError } from '../configuration/usage-error.ts';

/** Which requirements a run plays. */
export interface Selection {
  readonly edition: EditionName;
  /** Globs of requirement ids; empty: all. */
  readonly only: readonly string[];
  /** The I-th of N parts, counted from one. */
  readonly shard?: { readonly index: number; readonly total: number } | undefined;
}

/**
 * The selected requirements, in table order; a shard takes every N-th row of the whole table of the edition, and those
 * about every answer, for no other shard sees its answers.
 */
export function select({ only, shard, edition: name }: Selection): readonly Requirement[] {
  const matches = only.length === 0 ? () => true : picomatch(only.map(wholeArea));
  const isOwn = (index: number): boolean => shard === undefined || index % shard.total === shard.index - 1;
  const rows = edition(name).requirements;
  if (!rows.some((row, index) => matches(row.id) && isOwn(index))) return [];
  return rows.filter((row, index) => matches(row.id) && (isOwn(index) || row.send.kind === 'answers'));
}

const areas = new Set(requirements.map(({ id }) => id.split('/', 1)[0]));

/** The name of an area stands for all its rows. */
function wholeArea(pattern: string): string {
  const area = pattern.replace(/\/$/, '');
  return areas.has(area) ? `${area}/*` : pattern;
}

/** Refuses patterns that match no requirement, and a shard that gets none of those that match. */
export function checkSelection({ only, shard, edition: name }: Selection): void {
  const ids = edition(name).requirements.map(({ id }) => id);
  for (const pattern of only) {
    if (pattern !== '' && select({ only: [pattern], edition: name }).length > 0) continue;
    const others = pattern === '' ? [] : requirements.filter(({ id }) => picomatch(pattern)(id));
    const elsewhere = editions.filter((one) => others.some((row) => row.editions.includes(one)));
    if (elsewhere.length > 0)
      throw new UsageError(
        `--only "${pattern}" matches no requirement of edition ${name}; it holds in ${elsewhere.join(', ')}: give --edition.`,
      );
    throw new UsageError(`--only "${pattern}" matches no requirement.${didYouMean(pattern, ids)}`);
  }
  if (shard === undefined || select({ only, shard, edition: name }).length > 0) return;
  throw new UsageError(`--shard ${shard.index}/${shard.total} leaves no requirement to test; use fewer parts.`);
}
