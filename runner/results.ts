import type { Waiver } from '../specs/configuration.ts';
import type { Result } from '../specs/report.ts';
import type { Requirement, Technique } from '../specs/requirement.ts';
import { requirements } from '../specs/requirements.ts';
import type { Judged } from './exchange.ts';
import type { FindingBook, Redact } from './findings.ts';

/** What a verdict rests on. */
export interface Grounds {
  readonly reason?: string;
  readonly book?: FindingBook;
  readonly cases?: number;
  readonly accepted?: number;
  readonly rejected?: number;
  readonly cut_by?: Result['cut_by'];
}

export interface ResultsOptions {
  readonly redact: Redact;
  /** Only these get verdicts, whatever else is played. */
  readonly selected: ReadonlySet<Requirement>;
  /** A command that plays again what an example is one of. */
  readonly replay: (row: Requirement, example: Judged) => string;
  readonly waivers: readonly Waiver[];
  readonly onResult: (result: Result) => void;
}

/** The verdicts of a run, one for each requirement and technique. */
export class Results {
  readonly #options: ResultsOptions;
  readonly #known = new Map<string, Result>();

  constructor(options: ResultsOptions) {
    this.#options = options;
  }

  get(row: Requirement, technique: Technique): Result | undefined {
    return this.#known.get(`${row.id}\n${technique}`);
  }

  get failed(): number {
    return [...this.#known.values()].filter(({ verdict }) => verdict === 'fail').length;
  }

  put(row: Requirement, technique: Technique, verdict: Result['verdict'], grounds: Grounds = {}): void {
    const { redact, replay, onResult, selected } = this.#options;
    if (!selected.has(row)) return;
    const waiver = verdict === 'fail' ? this.#waiver(row.id) : undefined;
    const reason = waiver?.reason ?? (grounds.reason === undefined ? undefined : redact(grounds.reason));
    const result: Result = {
      requirement: row.id,
      level: row.level,
      technique,
      title: row.title,
      verdict: waiver === undefined ? verdict : 'waived',
      ...(reason === undefined ? {} : { reason }),
      cases: grounds.cases ?? 0,
      accepted: grounds.accepted ?? 0,
      rejected: grounds.rejected ?? 0,
      ...(grounds.cut_by === undefined ? {} : { cut_by: grounds.cut_by }),
      findings: grounds.book?.findings(row, redact, (example) => replay(row, example)) ?? [],
    };
    this.#known.set(`${row.id}\n${technique}`, result);
    onResult(result);
  }

  /** The same verdict for every technique of a row. */
  putAll(row: Requirement, verdict: 'untested' | 'error', reason: string): void {
    for (const technique of row.techniques) this.put(row, technique, verdict, { reason });
  }

  #waiver(id: string): Waiver | undefined {
    const today = new Date().toISOString().slice(0, 10);
    return this.#options.waivers.find(
      ({ requirement, until }) => requirement === id && (until === undefined || until >= today),
    );
  }

  /** What readers should know of the waivers: those that are not needed any more, and those that have ended. */
  waiverNotes(): readonly string[] {
    return this.#options.waivers.flatMap(({ requirement, until }) => {
      const mine = [...this.#known.values()].filter((result) => result.requirement === requirement);
      if (mine.length > 0 && mine.every(({ verdict }) => verdict === 'pass'))
        return [`The waiver of ${requirement} is stale: it passes.`];
      const hasEnded = mine.some(({ verdict }) => verdict === 'fail');
      return hasEnded ? [`The waiver of ${requirement} ended on ${until}: it counts again.`] : [];
    });
  }

  /** Every row and technique in table order; what was not played says why. */
  all(broken: string | undefined): readonly Result[] {
    const { selected } = this.#options;
    return requirements.flatMap((row) =>
      row.techniques.map((technique): Result => {
        const known = this.get(row, technique);
        if (known !== undefined) return known;
        const { id: requirement, level, title } = row;
        const verdict = selected.has(row) ? 'error' : 'untested';
        const reason = selected.has(row) ? (broken ?? 'the run ended before it') : 'not selected';
        const nothing = { cases: 0, accepted: 0, rejected: 0, findings: [] };
        return { requirement, level, technique, title, verdict, reason, ...nothing };
      }),
    );
  }
}
