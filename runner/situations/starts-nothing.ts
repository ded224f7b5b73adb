import { minimalCase } from '../../generators/cases.ts';
import { credentialWords } from '../../generators/credentials.ts';
import type { Requirement } from '../../specs/requirement.ts';
import { flawOf } from '../control-watch.ts';
import { type Draft, firstOf } from '../drafts.ts';
import { isAccepted, type Judged, outcomeOf, statusOf } from '../exchange.ts';
import type { Judge } from '../judge.ts';
import { invalid, malformed, otherMethod, unknownImage, valid, withCredential, wrongType } from './requests.ts';
import type { Situation } from './situation.ts';

/** What is sent when nothing was rejected before. */
const usual: readonly Draft[] = [
  malformed,
  wrongType('delay_time'),
  otherMethod('PUT'),
  otherMethod('GET'),
  otherMethod('DELETE'),
];

/** What is sent too when each requirement has a pool of its own, so that few rejections of a kind fell on one. */
const rare: readonly Draft[] = [invalid, wrongType('is_fix'), withCredential('absent', 'no credential'), unknownImage];

/** Bad credentials in a row; the states that know some come before them. */
const badCredentials = ['garbage', 'other end'] as const;

/** A kind of rejection, and the row for the state that it needs. */
interface Rejection {
  readonly draft: Draft;
  readonly plays: Requirement;
}

/** Rejections by what other states know, sent to the pool that is ready. */
async function rejectionsByState(judge: Judge, row: Requirement): Promise<readonly Rejection[]> {
  const all: Rejection[] = [];
  const onReadyPool =
    (make: Draft): Draft =>
    (fixture) => {
      const ready = judge.provided('pool is ready');
      const { image_id } = fixture;
      return make(ready !== undefined && 'fixture' in ready ? { ...ready.fixture, image_id } : fixture);
    };
  for (const given of ['token lacks permission', 'token is for another project', 'token is expired'] as const) {
    if (!('fixture' in (await judge.begin(given)))) continue;
    const draft = onReadyPool(withCredential('configured', `the credential of "${given}"`));
    all.push({ draft, plays: { ...row, given } });
  }
  if ('fixture' in (await judge.begin('image is billed'))) {
    const draft = onReadyPool(firstOf({ kind: 'billed image', order: false }));
    all.unshift({ draft, plays: { ...row, given: 'image is billed' } });
  }
  return all;
}

/** Rejections in a row before the control looks whether any of them started something. */
const batch = 7;

/**
 * Rejected requests and, at once, the control: it must be accepted. Where acceptances make the pool busy, the same wait
 * without the rejected requests is tried first, so that a refusal can only come from one of them. What was rejected
 * before in the run was followed by the control, too: its traces are told here.
 */
export const startsNothing: Situation = async ({ judge, row, book }) => {
  const before = await judge.settle(minimalCase, [valid(row)]);
  if (!('judged' in before) || !isAccepted(before.judged)) return { untested: 'control refused' };
  const longer = judge.goesBusy ? await restThatSuffices(judge) : 1;
  if (longer === undefined) return { untested: 'the pool stayed busy' };
  for (const { flaw, judged } of judge.watch.traces) book.add('starts nothing', flaw, judged, 2, 2);
  const known = judge.watch.cleared;
  const bad = badCredentials.map((credential) => withCredential(credential, credentialWords(credential)));
  const isNew = known === 0;
  const drafts = [...(isNew ? usual : []), ...(isNew || judge.changesPools ? rare : []), ...bad];
  const own = drafts.map((draft) => ({ draft, plays: row }));
  const all = [...(await rejectionsByState(judge, row)), ...own];
  let cases = known;
  for (let at = 0; at < all.length; at += batch) {
    const some = all.slice(at, at + batch);
    const { rejected, trace } = await rejectAndProbe(judge, some, longer);
    cases += rejected.length;
    if (trace === undefined) continue;
    // One of them, or all together: each alone tells.
    await judge.settle(minimalCase, [valid(row)]);
    const before = book.size;
    for (const one of some) {
      const alone = await rejectAndProbe(judge, [one], longer);
      const [judged] = alone.rejected;
      if (alone.trace === undefined || judged === undefined) continue;
      book.add('starts nothing', flawOf(alone.trace), judged, 2, 2);
      await judge.settle(minimalCase, [valid(row)]);
    }
    if (book.size > before) continue;
    const together = await rejectAndProbe(judge, some, longer);
    const last = together.rejected.at(-1);
    if (together.trace === undefined || last === undefined) continue;
    const labels = together.rejected.map((judged) => judged.case.label).join(', ');
    const sequence = { ...last, case: { ...last.case, label: `one after the other: ${labels}` } };
    book.add('starts nothing', flawOf(together.trace), sequence, 2, 2);
    await judge.settle(minimalCase, [valid(row)]);
  }
  return { cases, accepted: cases };
};

/** Sends rejections to a ready pool, then the control; `trace`: how the control was refused after them. */
async function rejectAndProbe(
  judge: Judge,
  some: readonly Rejection[],
  longer: number,
): Promise<{ readonly rejected: readonly Judged[]; readonly trace?: string }> {
  await judge.settleDown(longer);
  const rejected: Judged[] = [];
  for (const { draft, plays } of some) {
    const settled = await judge.settle(draft, [plays], { atOnce: true });
    if (!('judged' in settled) || isAccepted(settled.judged)) continue;
    // Only one that was sent before can have made the pool busy.
    if (statusOf(settled.judged) === 409 && rejected.length > 0 && !settled.judged.uncertain)
      return { rejected, trace: '409' };
    rejected.push(settled.judged);
  }
  if (rejected.length === 0) return { rejected };
  const probe = await judge.control();
  const isRefused = probe !== undefined && !isAccepted(probe) && !probe.uncertain && !judge.session.isDisturbed(probe);
  return isRefused ? { rejected, trace: outcomeOf(probe) } : { rejected };
}

/** How many times the usual rest the pool needs to be accepted again for certain; undefined: it was not. */
async function restThatSuffices(judge: Judge): Promise<number | undefined> {
  for (const longer of [1, 2, 4]) {
    await judge.settleDown(longer);
    const control = await judge.control();
    if (control !== undefined && isAccepted(control)) return longer;
  }
  return undefined;
}
