import { isGuessed, jsonCase, pinned } from '../generators/cases.ts';
import type { Field, Requirement } from '../specs/requirement.ts';
import type { Draft } from './drafts.ts';
import { statusOf } from './exchange.ts';
import type { Judge } from './judge.ts';

/**
 * Tries the plausible values that nobody pinned: all together, and each alone when that is refused. What is refused
 * alone with 4xx needs a pin, and is left out of bodies from here on. Returns the names of those fields.
 */
export async function learnPins(judge: Judge, row: Requirement): Promise<readonly Field[]> {
  const ready = judge.provided('pool is ready');
  if (ready === undefined || !('fixture' in ready)) return [];
  const guessed = (['image_type', 'os_type', 'order_id'] as const).filter((field) => isGuessed(ready.fixture, field));
  const isRefused = async (...fields: readonly (typeof guessed)[number][]): Promise<boolean> => {
    const draft: Draft = (fixture) => {
      const known = pinned(fixture);
      const values = Object.fromEntries(fields.map((field) => [field, known[field]]));
      const label = `${fields.join(', ')} with plausible values`;
      return jsonCase(fixture, label, { image_id: fixture.image_id, ...values });
    };
    const settled = await judge.settle(draft, [{ ...row, expect: { statuses: ['2xx', '4xx'] } }]);
    const status = 'judged' in settled ? statusOf(settled.judged) : undefined;
    return status !== undefined && status >= 400 && status < 500;
  };
  const withheld: Field[] = [];
  if (guessed.length > 0 && (await isRefused(...guessed)))
    for (const field of guessed) if (guessed.length === 1 || (await isRefused(field))) withheld.push(field);
  await judge.withhold(withheld);
  return withheld;
}
