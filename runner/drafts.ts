import type { Case, CaseSource, Fixture, GeneratedCase } from '../generators/case.ts';
import { caseSource, minimalCase } from '../generators/cases.ts';
import type { Requirement, Stimulus } from '../specs/requirement.ts';

/** A case that is made anew when the state hands out other values. */
export type Draft = (fixture: Fixture) => Case;

/** The first fixed case of a stimulus. */
export function firstOf(stimulus: Stimulus): Draft {
  return (fixture) => caseSource(stimulus, fixture, 0).fixed[0] ?? minimalCase(fixture);
}

/** The drafts of a stimulus: the fixed ones, and `runs` generated ones. */
export function drafts(
  play: Requirement,
  fixture: Fixture,
  seed: number,
  runs: number,
): { readonly fixed: readonly Draft[]; readonly random: readonly Draft[] } {
  const memo = new Map<string, CaseSource>();
  const source = (f: Fixture): CaseSource => {
    const key = JSON.stringify(f);
    const known = memo.get(key) ?? caseSource(play.send, f, seed);
    memo.set(key, known);
    return known;
  };
  const first = source(fixture);
  const fixed = first.fixed.map(
    (_, i): Draft =>
      (f) =>
        source(f).fixed[i] ?? minimalCase(f),
  );
  if (first.random === undefined) return { fixed, random: [] };
  const random = Array.from(
    { length: runs },
    (_, n): Draft =>
      (f) =>
        source(f).random?.(n).value ?? minimalCase(f),
  );
  return { fixed, random };
}

/** The generated case behind the n-th draft, for shrinking. */
export function generated(play: Requirement, fixture: Fixture, seed: number, index: number): GeneratedCase | undefined {
  const source = caseSource(play.send, fixture, seed);
  const n = index - source.fixed.length;
  return n < 0 ? undefined : source.random?.(n);
}
