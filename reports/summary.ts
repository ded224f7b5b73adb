import type { Finding, Report, Result, Verdict } from '../specs/report.ts';
import type { Level } from '../specs/requirement.ts';

export const verdicts: readonly Verdict[] = ['pass', 'fail', 'untested', 'error', 'waived'];
export const levels: readonly Level[] = ['MUST', 'SHOULD', 'MAY'];

export type Counts = Readonly<Record<Verdict, number>>;

export function count(results: readonly Result[]): Counts {
  const counts: Record<Verdict, number> = { pass: 0, fail: 0, untested: 0, error: 0, waived: 0 };
  for (const { verdict } of results) counts[verdict]++;
  return counts;
}

/** Verdicts across, levels down; levels without results are left out. */
export function countByLevel(report: Report): readonly { readonly level: Level; readonly counts: Counts }[] {
  return levels
    .map((level) => ({ level, results: report.results.filter((result) => result.level === level) }))
    .filter(({ results }) => results.length > 0)
    .map(({ level, results }) => ({ level, counts: count(results) }));
}

/** Orders the heaviest level first. */
export function byLevel(a: Result, b: Result): number {
  return levels.indexOf(a.level) - levels.indexOf(b.level);
}

/** The results of one verdict, heaviest level first. */
export function withVerdict(report: Report, verdict: Verdict): readonly Result[] {
  return report.results.filter((result) => result.verdict === verdict).sort(byLevel);
}

/** Whether a failing result weighs on the outcome. */
export function counts(report: Report, result: Result): boolean {
  return result.level === 'MUST' || (report.strict && result.level === 'SHOULD');
}

export function area(requirement: string): string {
  return requirement.split('/', 1)[0] ?? requirement;
}

export function groupBy<T>(items: readonly T[], key: (item: T) => string): ReadonlyMap<string, readonly T[]> {
  const groups = new Map<string, T[]>();
  for (const item of items) {
    const group = groups.get(key(item));
    if (group) group.push(item);
    else groups.set(key(item), [item]);
  }
  return groups;
}

/** `Acme Workspace 1.2 (Acme) at https://…` */
export function targetLine({ target }: Report): string {
  const name = [target.name, target.version].filter(Boolean).join(' ');
  const vendor = target.vendor ? ` (${target.vendor})` : '';
  return name || vendor ? `${name}${vendor} at ${target.url}` : target.url;
}

/** `POST https://…`, headers left out. */
export function requestLine({ exchange: { request } }: Pick<Finding, 'exchange'>): string {
  return `${request.method} ${request.url}`;
}

/** `HTTP 200`, or why nothing came. */
export function answerLine({ exchange: { response, failure } }: Pick<Finding, 'exchange'>): string {
  return response ? `HTTP ${response.status}` : `no answer: ${failure ?? 'unknown cause'}`;
}

/** `3 cases, failed 2 of 3 times`; says nothing when one case always fails. */
export function frequency(finding: Finding): string {
  const parts: string[] = [];
  if (finding.count > 1) parts.push(`${finding.count} cases fail this way`);
  if (finding.failed < finding.sent) parts.push(`flaky: failed ${finding.failed} of ${finding.sent} times`);
  return parts.join('; ');
}
