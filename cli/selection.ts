import picomatch from 'picomatch';
import { didYouMean } from '../runner/closest.ts';
import { UsageError } from '../runner/usage-error.ts';
import { requirements } from '../specs/requirements.ts';

/** Refuses patterns that match no requirement, and a shard that gets none of those that match. */
export function checkSelection(
  patterns: readonly string[],
  shard: { readonly index: number; readonly total: number } | undefined,
): void {
  const ids = requirements.map(({ id }) => id as string);
  for (const pattern of patterns) {
    if (pattern !== '' && ids.some((id) => picomatch.isMatch(id, pattern))) continue;
    throw new UsageError(`--only "${pattern}" matches no requirement.${didYouMean(pattern, ids)}`);
  }
  if (shard === undefined) return;
  const selected = ids.filter(
    (id, index) =>
      index % shard.total === shard.index - 1 && (patterns.length === 0 || picomatch.isMatch(id, [...patterns])),
  );
  if (selected.length > 0) return;
  throw new UsageError(`--shard ${shard.index}/${shard.total} leaves no requirement to test; use fewer parts.`);
}
