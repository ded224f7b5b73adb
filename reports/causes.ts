import type { Finding, Report, Result } from '../specs/report.ts';
import type { Level } from '../specs/requirement.ts';
import { type Advice, adviceFor } from './advice.ts';
import { type Effect, effectOf, effects, keyOf, type Place, placeOf } from './effects.ts';
import { type Fingerprint, type Framework, fingerprintOf, isValidation } from './fingerprint.ts';
import { byLevel, counts } from './summary.ts';
import { titleOf } from './titles.ts';

/** A finding, and the result that it belongs to. */
export interface Member {
  readonly result: Result;
  readonly finding: Finding;
  readonly print: Fingerprint;
}

/** Findings with one reason, whatever rows they are of. */
export interface Cause {
  /** Fit for an anchor: `cause-1`, in the order of the report. */
  readonly id: string;
  readonly title: string;
  readonly effect: Effect;
  readonly place: Place;
  /** That of its heaviest row. */
  readonly level: Level;
  /** Whether it weighs on the outcome. */
  readonly counts: boolean;
  /** The heaviest row first, then the smallest request. */
  readonly members: readonly [Member, ...Member[]];
  /** Ids of its rows, each once, the heaviest first. */
  readonly rows: readonly string[];
  readonly advice: Advice;
}

/** The causes of what fails in a report, the gravest first: the one place that puts findings together. */
export function causesOf(report: Report): readonly Cause[] {
  return group(
    report,
    report.results.filter(({ verdict }) => verdict === 'fail'),
  );
}

/** The framework that the answers of a report give away, if they agree. */
export function frameworkOf(report: Report): Framework | undefined {
  const tally = new Map<Framework, number>();
  for (const { findings } of report.results)
    for (const { exchange, count } of findings) {
      const { author } = fingerprintOf(exchange);
      if (author !== undefined) tally.set(author, (tally.get(author) ?? 0) + Math.max(1, count));
    }
  return [...tally].sort(([, a], [, b]) => b - a)[0]?.[0];
}

function group(report: Report, results: readonly Result[]): readonly Cause[] {
  const framework = frameworkOf(report);
  const groups = new Map<string, { effect: Effect; members: [Member, ...Member[]] }>();
  for (const result of results) {
    for (const finding of result.findings) {
      const print = fingerprintOf(finding.exchange);
      const effect = effectOf(result, finding, print);
      const key = `${effect}: ${keyOf(result, finding, effect, print)}`;
      const member = { result, finding, print };
      const known = groups.get(key);
      if (known === undefined) groups.set(key, { effect, members: [member] });
      else known.members.push(member);
    }
  }
  return [...groups.values()]
    .map(({ effect, members }) => causeOf(report, framework, effect, members))
    .sort(byGravity)
    .map((cause, i) => ({ ...cause, id: `cause-${i + 1}` }));
}

function causeOf(
  report: Report,
  framework: Framework | undefined,
  effect: Effect,
  members: [Member, ...Member[]],
): Cause {
  members.sort((a, b) => byLevel(a.result, b.result) || sizeOf(a) - sizeOf(b));
  const [first] = members;
  const place = placeOf(first.result, first.finding, effect);
  const dimension = first.finding.deviation?.dimension;
  const about = { effect, place, dimension, print: first.print, isValidation: isValidation(first.print), framework };
  return {
    id: '',
    title: titleOf(first, about),
    effect,
    place,
    level: first.result.level,
    counts: members.some(({ result }) => counts(report, result)),
    members,
    rows: [...new Set(members.map(({ result }) => result.requirement))],
    advice: adviceFor(about),
  };
}

function byGravity(a: Cause, b: Cause): number {
  // What is only recorded comes last, whatever it is.
  const recorded = Number(a.level === 'MAY') - Number(b.level === 'MAY');
  const gravity = effects.indexOf(a.effect) - effects.indexOf(b.effect);
  return recorded || gravity || byLevel(a.members[0].result, b.members[0].result) || b.rows.length - a.rows.length;
}

function sizeOf({ finding }: Member): number {
  return finding.exchange.request.body_bytes;
}
