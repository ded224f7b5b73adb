import type { Case, Fixture, GeneratedCase } from '../generators/case.ts';
import { fits } from '../generators/oracle.ts';
import type { Requirement, Stimulus } from '../specs/requirement.ts';
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
    withoutFields(drafts(row, fixture, seed, 0).fixed[index]?.(fixture), row.send);
  let sent = 0;
  while (current !== undefined) {
    let smaller: GeneratedCase | undefined;
    for (const candidate of current.shrink()) {
      if (!fits(row.send, candidate.value)) continue;
      if (sent >= mostRequests || (judge.session.exhausted && isValid) || judge.waitedTooLong('generated')) return;
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

/** Without its order a billed image is another case. */
const whole: readonly Stimulus['kind'][] = ['billed image', 'empty order'];

/** A fixed case whose smaller relatives lack optional fields: all but the one that it is about, then one each. */
function withoutFields(value: Case | undefined, send: Stimulus): GeneratedCase | undefined {
  const body = value === undefined || whole.includes(send.kind) ? undefined : objectIn(value);
  if (value === undefined || body === undefined) return undefined;
  const about = 'field' in send ? send.field : undefined;
  const removable = Object.keys(body).filter((name) => name !== 'image_id' && name !== about);
  const without = (...names: readonly string[]): GeneratedCase | undefined => {
    const rest = Object.fromEntries(Object.entries(body).filter(([name]) => !names.includes(name)));
    const left = Object.entries(rest).filter(([name]) => name !== 'image_id');
    const isListed = send.kind === 'valid body' && send.vary === 'combinations';
    const listed = left.map(([name, one]) => (name === 'message' ? name : `${name} ${JSON.stringify(one)}`)).join(', ');
    const label = isListed ? `with ${listed || 'no optional field'}` : value.label;
    return withoutFields({ ...value, label, body: new TextEncoder().encode(JSON.stringify(rest)) }, send);
  };
  return {
    value,
    *shrink() {
      const sets = removable.length > 1 ? [removable, ...removable.map((name) => [name])] : [removable];
      for (const names of sets) {
        const smaller = names.length === 0 ? undefined : without(...names);
        if (smaller !== undefined) yield smaller;
      }
    },
  };
}

/** The body, where it is a small object written plainly. */
function objectIn({ body }: Case): Readonly<Record<string, unknown>> | undefined {
  if (body === undefined || body.length > 4096) return undefined;
  const text = new TextDecoder().decode(body);
  try {
    const value: unknown = JSON.parse(text);
    const isObject = typeof value === 'object' && value !== null && !Array.isArray(value);
    return isObject && JSON.stringify(value) === text ? { ...value } : undefined;
  } catch {
    return undefined;
  }
}
