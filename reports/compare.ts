import type { Report, Verdict } from '../specs/report.ts';
import type { Level } from '../specs/requirement.ts';
import { type Row, rowsOf } from './rows.ts';

/** What became of the rows of one report in a later one. */
export interface Change {
  /** Fail now, and did not before. */
  readonly broke: readonly Row[];
  /** Pass now, and failed before. */
  readonly mended: readonly Row[];
  readonly still: readonly Row[];
  /** Were judged before, and are not now. */
  readonly lost: readonly Row[];
  /** Are judged now without a failure, and were not before. */
  readonly gained: readonly Row[];
  /** Ids that one report alone has; nothing is said of them. */
  readonly added: readonly string[];
  readonly removed: readonly string[];
  /** Under which editions of the page the reports were made, where that is more than one. */
  readonly editions: readonly string[];
}

/** The editions of reports, where they differ: then only what all of them hold can be compared. */
function differingEditions(reports: readonly Report[]): readonly string[] {
  const editions = [...new Set(reports.map(({ suite }) => suite.edition))];
  return editions.length > 1 ? editions : [];
}

/** Whether a verdict tells of a failure, waived or not. */
function hasFailed(verdict: Verdict): boolean {
  return verdict === 'fail' || verdict === 'waived';
}

/** Whether a verdict says anything of the target. */
function isJudged(verdict: Verdict): boolean {
  return verdict === 'pass' || hasFailed(verdict);
}

/** Compares rows that both reports have. */
export function changeBetween(before: Report, after: Report): Change {
  const earlier = new Map(rowsOf(before).map((row) => [row.id, row]));
  const later = rowsOf(after);
  const both = later.flatMap((row) => {
    const then = earlier.get(row.id);
    return then === undefined ? [] : [{ then, row }];
  });
  const now = new Set(later.map(({ id }) => id));
  const pick = (fits: (then: Row, row: Row) => boolean): readonly Row[] =>
    both.filter(({ then, row }) => fits(then, row)).map(({ row }) => row);
  return {
    broke: pick((then, row) => row.verdict === 'fail' && !hasFailed(then.verdict)),
    mended: pick((then, row) => row.verdict === 'pass' && hasFailed(then.verdict)),
    still: pick((then, row) => hasFailed(row.verdict) && hasFailed(then.verdict)),
    lost: pick((then, row) => isJudged(then.verdict) && !isJudged(row.verdict)),
    gained: pick((then, row) => !isJudged(then.verdict) && row.verdict === 'pass'),
    added: [...now].filter((id) => !earlier.has(id)),
    removed: [...earlier.keys()].filter((id) => !now.has(id)),
    editions: differingEditions([before, after]),
  };
}

/** One row across implementations. */
export interface MatrixLine {
  readonly id: string;
  readonly level: Level;
  readonly title: string;
  /** In the order of the implementations; undefined: the report has no such row. */
  readonly verdicts: readonly (Verdict | undefined)[];
  /** The one implementation that fails where all others that were tested pass. */
  readonly only: number | undefined;
  /** All that were tested fail: the row is suspect. */
  readonly everybody: boolean;
}

export interface Matrix {
  /** A name each, no two alike. */
  readonly names: readonly string[];
  readonly reports: readonly Report[];
  readonly lines: readonly MatrixLine[];
  /** Under which editions of the page they were tested, where that is more than one. */
  readonly editions: readonly string[];
}

/** What a report is called beside others. */
export function nameOf({ target }: Report): string {
  const name = [target.vendor, target.name, target.version].filter(Boolean).join(' ');
  return name === '' ? target.url : name;
}

/** Implementations side by side. `names`: what they are called, else what they say of themselves. */
export function matrixOf(reports: readonly Report[], names: readonly string[] = reports.map(nameOf)): Matrix {
  const rows = reports.map((report) => new Map(rowsOf(report).map((row) => [row.id, row])));
  const ids = [...new Set(rows.flatMap((own) => [...own.keys()]))];
  const seen = new Map<string, number>();
  const unique = names.map((name) => {
    const count = (seen.get(name) ?? 0) + 1;
    seen.set(name, count);
    return count === 1 ? name : `${name} (${count})`;
  });
  const editions = differingEditions(reports);
  // Under another edition a row that is missing is no row that was passed over.
  const shared = editions.length === 0 ? ids : ids.filter((id) => rows.every((own) => own.has(id)));
  return { names: unique, reports, lines: shared.flatMap((id) => lineOf(id, rows) ?? []), editions };
}

function lineOf(id: string, rows: readonly ReadonlyMap<string, Row>[]): MatrixLine | undefined {
  const first = rows.map((own) => own.get(id)).find((row) => row !== undefined);
  if (first === undefined) return undefined;
  const verdicts = rows.map((own) => own.get(id)?.verdict);
  const tested = verdicts.flatMap((verdict, i) =>
    verdict !== undefined && isJudged(verdict) ? [{ i, failed: hasFailed(verdict) }] : [],
  );
  const failing = tested.filter(({ failed }) => failed);
  const isAlone = failing.length === 1 && tested.length > 1;
  return {
    id,
    level: first.level,
    title: first.title,
    verdicts,
    only: isAlone ? failing[0]?.i : undefined,
    everybody: tested.length > 1 && failing.length === tested.length,
  };
}
