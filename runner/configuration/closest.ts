import { distance, closest as nearest } from 'fastest-levenshtein';

/** ` Did you mean "x"?` with a leading space, or nothing when no name is near. */
export function didYouMean(name: string, known: readonly string[]): string {
  if (known.length === 0) return '';
  const best = nearest(name, known);
  return distance(name, best) <= Math.max(3, name.length * 0.6)
    ? ` Did you mean "${best}"?`
    : ` The closest is "${best}".`;
}
