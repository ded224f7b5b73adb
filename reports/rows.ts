import { traitsOf } from '../specs/deviations.ts';
import type { Report, Result, Verdict } from '../specs/report.ts';
import type { Level, Requirement } from '../specs/requirement.ts';
import { requirements } from '../specs/requirements.ts';
import { area } from './summary.ts';

/** A requirement as a report sees it: all its results together. */
export interface Row {
  readonly id: string;
  readonly level: Level;
  readonly title: string;
  /** The worst of its results. */
  readonly verdict: Verdict;
  readonly results: readonly [Result, ...Result[]];
  /** Undefined in a report of another version, which may have other rows. */
  readonly requirement: Requirement | undefined;
}

/** The worst first. */
const severity: readonly Verdict[] = ['fail', 'error', 'untested', 'waived', 'pass'];
const known: ReadonlyMap<string, Requirement> = new Map(requirements.map((row) => [row.id, row]));

/** The worse of two verdicts. */
export function worse(a: Verdict, b: Verdict): Verdict {
  return severity.indexOf(a) <= severity.indexOf(b) ? a : b;
}

/** The rows of a report, in its order. Whoever counts, counts these. */
export function rowsOf({ results }: Report): readonly Row[] {
  const rows = new Map<string, [Result, ...Result[]]>();
  for (const result of results) {
    const row = rows.get(result.requirement);
    if (row === undefined) rows.set(result.requirement, [result]);
    else row.push(result);
  }
  return [...rows.values()].map((own) => {
    const [{ requirement: id, level, title }] = own;
    const verdict = own.map((result) => result.verdict).reduce(worse);
    return { id, level, title, verdict, results: own, requirement: known.get(id) };
  });
}

/** Why a row has no verdict, or is waived. */
export function reasonOf({ results, verdict }: Row): string {
  const own = results.find((result) => result.verdict === verdict && result.reason !== undefined);
  return own?.reason ?? 'no reason given';
}

/** Kinds of what is asked, in the order of a picture. */
export const askings = [
  'valid',
  'type',
  'range',
  'structure',
  'bytes',
  'who asks',
  'what for',
  'how',
  'several',
  'every answer',
] as const;
export type Asking = (typeof askings)[number];

const ofDimension = {
  type: 'type',
  range: 'range',
  member: 'structure',
  body: 'structure',
  oddity: 'structure',
  encoding: 'bytes',
  credential: 'who asks',
  project: 'who asks',
  pool: 'what for',
  image: 'what for',
  request: 'how',
} as const satisfies Readonly<Record<string, Asking>>;

/** Where a row stands in a picture: the field or area that it is about, and what is asked. */
export function placeInPicture({ id, requirement }: Row): { readonly about: string; readonly asking: Asking } {
  const send = requirement?.send;
  const about = area(id);
  switch (send?.kind) {
    case 'deviation':
      return { about: send.field ?? about, asking: ofDimension[traitsOf(send.of).dimension] };
    case 'relation':
      return { about, asking: 'several' };
    case 'answers':
      return { about, asking: 'every answer' };
    default:
      return { about, asking: 'valid' };
  }
}
