import { requirement } from '../../specs/requirements.ts';
import type { Core } from './core.ts';
import { reasonGiven } from './diagnosis.ts';
import { isAccepted, type Observation, outcomeOf } from './observation.ts';
import type { Procedure } from './procedure.ts';
import { ask, askUntilReady, patienceOf } from './readiness.ts';
import { busyWordsOf } from './target.ts';

const row = requirement('state/busy-pool-is-a-conflict');

/** Statuses and words by which people say that something is under way. They decide only how long it is waited. */
const telling: ReadonlySet<number> = new Set([423, 425, 429, 503]);
const tellingWords = /\b(busy|in progress|rebuil|recompos|locked|conflict|pending|running|under way|underway)/i;
/** Milliseconds for which a refusal that tells nothing of the kind is taken for that of a busy pool. */
const shortPatience = 30_000;
/** How often it must be refused right behind an acceptance, and accepted later. */
const turns = 2;

/**
 * The control was accepted, and right behind that it is refused, but not with 409. A pool that is refused so each time and
 * accepted each time later is busy, and answered wrongly: from then on that answer is taken for a 409, lest each request
 * that meets a busy pool be blamed. Resolves to whether that is so; the pool is busy then.
 */
export function* learnBusyWords(core: Core, refused: Observation): Procedure<boolean> {
  const { target } = core;
  const { status } = refused;
  // A credential that came to its end is not accepted later.
  if (status === undefined || status < 400 || status === 401 || core.room < turns) return false;
  const isTold = telling.has(status) || tellingWords.test(reasonGiven(refused));
  target.busyWords = busyWordsOf(refused);
  let latest = refused;
  for (let turn = 1; turn <= turns; turn += 1) {
    const patience = isTold ? patienceOf(core) : Math.min(shortPatience, patienceOf(core));
    const ready = yield* askUntilReady(core, () => core.plain(), patience);
    // What fails now and then is not refused twice in a row each time.
    const isBusy = ready !== undefined && isAccepted(ready) && ready.sending.id > latest.sending.id + 1;
    if (!isBusy) return forget(core);
    const again = core.room < 1 ? undefined : yield* ask(core, core.plain());
    if (again === undefined || !target.saysBusy(again)) return forget(core);
    latest = again;
  }
  core.ledger.count(row, refused);
  // Whatever else is wrong with the answer came as often.
  for (const failure of core.ledger.ofAspects(refused)) core.ledger.add(failure, refused, turns, turns);
  core.ledger.add(
    { row, check: 'status', flaw: { expected: '409', actual: outcomeOf(refused) } },
    refused,
    turns,
    turns,
  );
  return true;
}

function forget({ target }: Core): false {
  target.busyWords = undefined;
  target.busyFor = 0;
  target.stuck = false;
  return false;
}
