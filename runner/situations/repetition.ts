import { minimalCase } from '../../generators/cases.ts';
import type { Draft } from '../drafts.ts';
import { hungUpOnBody, isAccepted, outcomeOf } from '../exchange.ts';
import { invalid, valid, withCredential } from './requests.ts';
import type { Situation } from './situation.ts';

/** Earlier rejections that are sent again. */
const sampled = 5;

/** Sent over and over: with the like of them elsewhere enough to find what happens in one of ten tries. */
const repeated: readonly (readonly [Draft, number])[] = [
  [withCredential('absent', 'no credential, over and over'), 4],
  [withCredential('garbage', 'a made-up credential, over and over'), 5],
  [invalid, 3],
];

/** Two exchanges of the same case with different statuses. */
export const repetition: Situation = async ({ judge, row, book }) => {
  const all = [...judge.rejections.values()];
  const sample = all.filter(({ judged }) => judged.case.credential !== 'garbage').slice(0, sampled);
  for (const { draft, judged: earlier } of sample) {
    const settled = await judge.settle(draft, [
      { ...row, expect: earlier.plays[0]?.expect ?? row.expect },
      ...earlier.plays,
    ]);
    // A large body may be refused by hanging up as well as by a status.
    if (!('judged' in settled) || hungUpOnBody(settled.judged.result) || hungUpOnBody(earlier.result)) continue;
    if (outcomeOf(settled.judged) !== outcomeOf(earlier)) {
      book.add(
        'same status',
        { expected: `${outcomeOf(earlier)}, as before`, actual: outcomeOf(settled.judged) },
        settled.judged,
      );
    }
  }
  for (const { draft, exchange: earlier } of judge.refusedControls) {
    const settled = await judge.settle(draft, [valid(row)]);
    if (!('judged' in settled) || !isAccepted(settled.judged)) continue;
    const flaw = { expected: `${outcomeOf(settled.judged)} each time`, actual: `${outcomeOf(earlier)} at first` };
    book.add('same status', flaw, { ...earlier, plays: [valid(row)] });
  }
  let again = 0;
  for (const [draft, times] of repeated) {
    let expected: string | undefined;
    for (let attempt = 0; attempt < times; attempt += 1) {
      const settled = await judge.settle(draft, [row]);
      if (!('judged' in settled)) continue;
      again += 1;
      expected ??= outcomeOf(settled.judged);
      if (outcomeOf(settled.judged) !== expected) {
        book.add(
          'same status',
          { expected: `${expected} each time`, actual: outcomeOf(settled.judged) },
          settled.judged,
        );
      }
    }
  }
  const control = await judge.settle(minimalCase, [valid(row)]);
  if ('judged' in control && !isAccepted(control.judged)) {
    book.add('same status', { expected: '200, as before', actual: outcomeOf(control.judged) }, control.judged);
  }
  return { cases: sample.length + again + 1, accepted: 1 };
};
