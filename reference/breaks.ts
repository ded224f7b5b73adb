import picomatch from 'picomatch';
import type { Requirement, Technique } from '../specs/requirement.ts';

/** Rows by id or glob: with every technique that they have, or with some of them alone. */
export type Breaks = string | { readonly rows: string; readonly techniques: readonly Technique[] };

/** One verdict of a run, as far as faults name it. */
interface Judged {
  readonly requirement: string;
  readonly technique: Technique;
}

/** The glob of an entry. */
export function rowsOf(breaks: Breaks): string {
  return typeof breaks === 'string' ? breaks : breaks.rows;
}

/** Tells whether a list names a verdict. */
export function naming(list: readonly Breaks[]): (judged: Judged) => boolean {
  const entries = list.map((entry) => ({
    matches: picomatch(rowsOf(entry)),
    techniques: typeof entry === 'string' ? undefined : entry.techniques,
  }));
  return ({ requirement, technique }) =>
    entries.some(({ matches, techniques }) => matches(requirement) && (techniques?.includes(technique) ?? true));
}

/** Whether a list names a contract among these rows, so that Pact must be asked. */
export function namesContract(
  list: readonly Breaks[],
  rows: readonly Pick<Requirement, 'id' | 'techniques'>[],
): boolean {
  const isNamed = naming(list);
  return rows.some(
    ({ id, techniques }) => techniques.includes('contract') && isNamed({ requirement: id, technique: 'contract' }),
  );
}
