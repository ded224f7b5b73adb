import type { Case, Fixture, GeneratedCase } from '../generators/case.ts';
import { fits } from '../generators/oracle.ts';
import type { Requirement } from '../specs/requirement.ts';
import { checkStatus } from './checks.ts';
import { drafts, generated } from './drafts.ts';
import type { FindingBook } from './findings.ts';
import type { PlayContext } from './property-technique.ts';

/** Requests that looking for a smaller example may take. */
const mostRequests = 200;

/** Looks for the smallest relative of a failing case that fails too; every relative is still what its stimulus says. */
export async function shrink(
  { judge, seed }: PlayContext,
  row: Requirement,
  rows: readonly Requirement[],
  fixture: Fixture,
  index: number,
  book: FindingBook | undefined,
): Promise<void> {
  const isValid = row.send.kind === 'valid body';
  let current: GeneratedCase | undefined =
    generated(row, fixture, seed, index) ??
    // Taking a field away keeps a valid body valid; an invalid one could lose its fault.
    (isValid ? withoutFields(drafts(row, fixture, seed, 0).fixed[index]?.(fixture)) : undefined);
  let sent = 0;
  while (current !== undefined) {
    let smaller: GeneratedCase | undefined;
    for (const candidate of current.shrink()) {
      if (!fits(row.send, candidate.value)) continue;
      if (sent >= mostRequests || (judge.session.exhausted && isValid) || judge.waitedTooLong) return;
      sent += 1;
      const settled = await judge.settle(() => candidate.value, rows);
      if (!('judged' in settled)) return;
      const flaw = checkStatus(settled.judged, row.expect.statuses, row.send.kind);
      if (flaw !== undefined) {
        book?.add('status', flaw, settled.judged);
        smaller = candidate;
        break;
      }
    }
    current = smaller;
  }
}

/** A fixed case whose smaller relatives lack one optional field each. */
function withoutFields(value: Case | undefined): GeneratedCase | undefined {
  if (value?.body === undefined || value.body.length > 4096) return undefined;
  const text = new TextDecoder().decode(value.body);
  let body: unknown;
  try {
    body = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (typeof body !== 'object' || body === null || Array.isArray(body) || JSON.stringify(body) !== text)
    return undefined;
  const whole: Readonly<Record<string, unknown>> = { ...body };
  return {
    value,
    *shrink() {
      for (const name of Object.keys(whole)) {
        if (name === 'image_id') continue;
        const { [name]: _, ...rest } = whole;
        const smaller = withoutFields({
          ...value,
          label: `${value.label}, without ${name}`,
          body: new TextEncoder().encode(JSON.stringify(rest)),
        });
        if (smaller !== undefined) yield smaller;
      }
    },
  };
}
