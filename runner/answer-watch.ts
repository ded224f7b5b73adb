import type { Requirement } from '../specs/requirement.ts';
import { checkAspect, type Memory } from './checks.ts';
import { isAccepted, isSilence, type Judged } from './exchange.ts';
import { FindingBook } from './findings.ts';
import type { Results } from './results.ts';
import type { Session } from './session.ts';

/** Looks at every answer of a run, whatever was asked, for the requirements that speak of all answers. */
export class AnswerWatch {
  readonly #books: ReadonlyMap<Requirement, FindingBook>;
  readonly #jobIds = new Set<string>();
  #seen = 0;
  #accepted = 0;

  constructor(rows: readonly Requirement[]) {
    this.#books = new Map(
      rows.filter(({ send }) => send.kind === 'every answer').map((row) => [row, new FindingBook()]),
    );
  }

  /** Looks at one answer in every aspect; the answer itself is not kept. */
  look(judged: Judged, secrets: readonly string[]): void {
    this.#seen += 1;
    if (isAccepted(judged)) this.#accepted += 1;
    const memory: Memory = { jobIds: this.#jobIds, secrets };
    for (const [{ send }, book] of this.#books) {
      if (send.kind !== 'every answer') continue;
      const flaw = checkAspect(send.aspect, judged, memory);
      if (flaw !== undefined) book.add(send.aspect, flaw, judged);
    }
  }

  /** The verdicts; `refused` says why nothing was accepted, `broken` why the run ended early. */
  conclude(results: Results, session: Session, refused: string, broken: string | undefined): void {
    this.#addLateAnswers(session);
    const accepted = this.#accepted;
    const rejected = this.#seen - accepted;
    for (const [row, book] of this.#books) {
      if (row.send.kind !== 'every answer') continue;
      const { aspect } = row.send;
      const grounds = { book, cases: this.#seen, accepted, rejected };
      // Without a witness of its kind an answer cannot be praised.
      const witnessed =
        (aspect.startsWith('error') || accepted > 0) && (aspect.startsWith('acceptance') || rejected > 0);
      if (book.size > 0) results.put(row, 'property', 'fail', grounds);
      else if (broken !== undefined) results.put(row, 'property', 'error', { ...grounds, reason: broken });
      else if (accepted === 0) results.put(row, 'property', 'untested', { ...grounds, reason: refused });
      else if (!witnessed) results.put(row, 'property', 'untested', { ...grounds, reason: 'no such answer was seen' });
      else results.put(row, 'property', 'pass', grounds);
    }
  }

  /** One time-out may be anybody's; several that went away when asked again are the target's. */
  #addLateAnswers({ lateAnswers }: Session): void {
    if (lateAnswers.length < 2) return;
    for (const [{ send }, book] of this.#books) {
      if (send.kind !== 'every answer' || send.aspect !== 'answered') continue;
      for (const exchange of lateAnswers) {
        const actual = `${isSilence(exchange.result) ? exchange.result.reason : 'none'}; it came when the request was sent again`;
        book.add('answered', { expected: 'an answer', actual }, { ...exchange, plays: [] }, 1, 2);
      }
    }
  }
}
