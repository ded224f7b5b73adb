import { plain } from '../../../generators/contexts.ts';
import type { CredentialUse } from '../../../generators/model.ts';
import type { State } from '../../../specs/requirement.ts';
import { isAccepted, type Observation, outcomeOf } from '../observation.ts';
import { expectedStatus, matchesStatus } from '../oracles/status.ts';
import type { Sending } from '../procedure.ts';
import { ask, makeReady } from '../readiness.ts';
import { settle } from '../settle.ts';
import { countAll, type Played, type RelationProcedure, refusedControl, tellingSending } from './relation.ts';

/** Credentials that an accepted request must not make good, and how they are to be answered. */
const afterwards: readonly {
  readonly kind: 'absent credential' | 'made-up credential' | 'credential of the state';
  readonly given: State;
  readonly statuses: readonly number[];
}[] = [
  { kind: 'absent credential', given: 'pool is ready', statuses: [401] },
  { kind: 'made-up credential', given: 'pool is ready', statuses: [401] },
  { kind: 'credential of the state', given: 'token is expired', statuses: [401] },
  { kind: 'credential of the state', given: 'token lacks permission', statuses: [403, 404] },
  { kind: 'credential of the state', given: 'token is for another project', statuses: [401, 403, 404] },
];

/** An accepted request, and bad credentials behind it on the same connection; twice, in both orders. */
export const afterAcceptance: RelationProcedure = function* (core, row) {
  const bad = (): Sending[] =>
    afterwards.flatMap(({ kind, given }) =>
      core.fixture(given) === undefined ? [] : (tellingSending(core, kind, given) ?? []),
    );
  const seen: Observation[] = [];
  for (const order of [1, -1]) {
    if (core.room < 1 || (core.isSparing && order === -1)) break;
    yield* makeReady(core);
    const train = [core.plain([]), ...(order === 1 ? bad() : bad().reverse())];
    const [first, ...others] = yield* settle(core, [train]);
    if (first?.observation === undefined || !isAccepted(first.observation))
      return seen.length > 0 ? done : refusedControl;
    for (const { observation, error } of others) {
      if (observation === undefined || error !== undefined || 'unsent' in observation.result) continue;
      seen.push(observation);
      const { given, play } = observation.sending;
      const known = afterwards.find((one) => one.given === given && one.kind === play.deviation?.kind);
      if (known === undefined || matchesStatus(observation.status ?? 0, known.statuses)) continue;
      // What is answered so without an acceptance before it, too, is the fault of another requirement.
      yield* makeReady(core);
      const alone = yield* ask(core, core.sending(play, given, [], true));
      if (alone !== undefined && outcomeOf(alone) === outcomeOf(observation)) continue;
      const flaw = {
        expected: `${expectedStatus(known.statuses)}, after an accepted request on the same connection`,
        actual: outcomeOf(observation),
      };
      core.ledger.add({ row, check: 'status', flaw }, observation, 1, 1);
    }
  }
  countAll(core, row, seen);
  return done;
};

const done: Played = { done: true };

/** Without a credential an existing and an unknown pool are answered alike. */
export const existence: RelationProcedure = function* (core, row) {
  const use: CredentialUse = { form: 'absent' };
  const absent = { kind: 'absent credential', what: 'no credential', change: { on: 'credential', use } } as const;
  const play = { context: core.fitting(plain), deviation: absent };
  if (core.fixture('pool does not exist') === undefined)
    return { untested: 'the state "pool does not exist" is not provided' };
  const known = yield* ask(core, core.sending(play, 'pool is ready', []));
  const unknown = yield* ask(core, core.sending(play, 'pool does not exist', []));
  if (known?.status === undefined || unknown?.status === undefined) return { error: 'no answer was seen' };
  countAll(core, row, [known, unknown]);
  if (known.status !== unknown.status) {
    const flaw = { expected: `${outcomeOf(known)}, as for an existing pool`, actual: outcomeOf(unknown) };
    core.ledger.add({ row, check: 'alike', flaw }, unknown, 1, 1);
  }
  return done;
};
