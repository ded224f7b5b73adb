import type { DeviationKind } from '../../../specs/deviations.ts';
import type { Core } from '../core.ts';
import { isAccepted, type Observation, outcomeOf } from '../observation.ts';
import type { Procedure, Sending } from '../procedure.ts';
import { acceptedControl, ask, makeReady } from '../readiness.ts';
import { settle } from '../settle.ts';
import { countAll, type RelationProcedure, tellingSending } from './relation.ts';

/** Sent over and over: with the like of them elsewhere enough to find what happens in one of ten tries. */
const times = 5;

const repeated: readonly DeviationKind[] = ['absent credential', 'made-up credential', 'missing image'];

/** The same requests again and again, some side by side and some in a row: each gets the same status each time. */
export const repetition: RelationProcedure = function* (core, row) {
  yield* makeReady(core);
  const trains = repeated.flatMap((kind): Sending[][] => {
    const all = Array.from({ length: times }, () => tellingSending(core, kind) ?? []).flat();
    return all.length === 0 ? [] : [all.slice(0, Math.ceil(times / 2)), all.slice(Math.ceil(times / 2))];
  });
  const settled = yield* settle(core, trains);
  const byKind = new Map<string, Observation[]>();
  for (const { observation, error, sending } of settled) {
    if (observation === undefined || error !== undefined || 'unsent' in observation.result) continue;
    const kind = sending.play.deviation?.kind ?? '';
    byKind.set(kind, [...(byKind.get(kind) ?? []), observation]);
  }
  for (const observations of byKind.values()) {
    countAll(core, row, observations);
    const usual = mostFrequent(observations.map(outcomeOf));
    const others = observations.filter((one) => outcomeOf(one) !== usual);
    const [odd] = others;
    if (odd === undefined) continue;
    // A pool that goes busy in between answers 409 to what it looks at first.
    const busy = observations.find((one) => core.target.saysBusy(one));
    if (busy !== undefined && !(yield* isBusyByItself(core, busy))) continue;
    const flaw = { expected: `${usual} each time`, actual: outcomeOf(odd) };
    core.ledger.add({ row, check: 'same status', flaw }, odd, others.length, observations.length);
  }
  const control = core.room < 1 || core.isSparing ? undefined : yield* acceptedControl(core);
  if (control !== undefined) core.ledger.count(row, control);
  return { done: true };
};

/** How often a request must be answered by 409 when it comes again, on a pool that accepts a valid one right behind it. */
const turns = 3;

/** Whether a rejection that comes again is answered by 409 though the pool is ready. */
function* isBusyByItself(core: Core, { sending }: Observation): Procedure<boolean> {
  for (let n = 0; n < turns; n += 1) {
    if (core.room < 1 || core.isSparing) return false;
    yield* makeReady(core, 2);
    const twice = Array.from({ length: 2 }, () => core.sending(sending.play, sending.given, []));
    const second = (yield* settle(core, [twice])).at(-1)?.observation;
    const control = yield* ask(core, core.plain());
    const isOwn = second !== undefined && core.target.saysBusy(second);
    if (!isOwn || control === undefined || !isAccepted(control)) return false;
  }
  return true;
}

function mostFrequent(texts: readonly string[]): string {
  const counts = new Map<string, number>();
  for (const text of texts) counts.set(text, (counts.get(text) ?? 0) + 1);
  return [...counts].sort(([, a], [, b]) => b - a)[0]?.[0] ?? '';
}
