import { didYouMean } from '../runner/closest.ts';
import { type Selection, select } from '../runner/selection.ts';
import { UsageError } from '../runner/usage-error.ts';
import { requirements } from '../specs/requirements.ts';

/** Refuses patterns that match no requirement, and a shard that gets none of those that match. */
export function checkSelection({ only, shard }: Selection): void {
  const ids = requirements.map(({ id }) => id);
  for (const pattern of only) {
    if (pattern !== '' && select({ only: [pattern] }).length > 0) continue;
    throw new UsageError(`--only "${pattern}" matches no requirement.${didYouMean(pattern, ids)}`);
  }
  if (shard === undefined || select({ only, shard }).length > 0) return;
  throw new UsageError(`--shard ${shard.index}/${shard.total} leaves no requirement to test; use fewer parts.`);
}
