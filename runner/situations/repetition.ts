import { minimalCase } from '../../generators/cases.ts';
import { isAccepted, type Judged, outcomeOf } from '../exchange.ts';
import { invalid, valid, withCredential } from './requests.ts';
import type { Situation } from './situation.ts';

/** Two exchanges of the same case with different statuses. */
export const repetition: Situation = async ({ judge, row, book }) => {
  const sample: Judged[] = [];
  for (const earlier of judge.rejections.values()) {
    if (sample.length < 8 && earlier.case.credential !== 'garbage') sample.push(earlier);
  }
  for (const earlier of sample) {
    const settled = await judge.settle(
      () => earlier.case,
      [{ ...row, expect: earlier.plays[0]?.expect ?? row.expect }, ...earlier.plays],
    );
    if (!('judged' in settled)) continue;
    if (outcomeOf(settled.judged) !== outcomeOf(earlier)) {
      book.add(
        'same status',
        { expected: `${outcomeOf(earlier)}, as before`, actual: outcomeOf(settled.judged) },
        settled.judged,
      );
    }
  }
  let repeated = 0;
  for (const draft of [withCredential('absent', 'no credential, over and over'), invalid]) {
    let expected: string | undefined;
    // Ten in a row find what happens in one of ten tries.
    for (let attempt = 0; attempt < 10; attempt += 1) {
      const settled = await judge.settle(draft, [row]);
      if (!('judged' in settled)) continue;
      repeated += 1;
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
  return { cases: sample.length + repeated + 1, accepted: 1 };
};
