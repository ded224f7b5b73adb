import { canonicalCase } from '../../generators/canonical.ts';
import { plain } from '../../generators/contexts.ts';
import type { Core } from '../../runner/decide/core.ts';
import { isThrottled, type Observation, observe } from '../../runner/decide/observation.ts';
import { type Procedure, type Sending, send } from '../../runner/decide/procedure.ts';
import { settle } from '../../runner/decide/settle.ts';
import { requirement } from '../../specs/requirements.ts';

/** How often a request without an answer is sent: a connection may break by chance. */
const tries = 3;

/**
 * A request to a pool that nobody has: nothing can be rebuilt by it. The core must be one without consent, for which no
 * owner names that pool. A target that gives no answer is not waited for: whoever checks wants to hear of it at once.
 */
export function* sendHarmless(core: Core, credential: 'valid' | 'absent'): Procedure<Observation> {
  yield* core.state('pool does not exist');
  // No credential is none, whatever kind is configured.
  const setting = core.setting('pool does not exist');
  const play =
    credential === 'absent' && setting !== undefined
      ? canonicalCase(requirement('credentials/absent-is-unauthorised'), { ...setting, auth: 'token' })
      : { context: plain, deviation: undefined };
  const sending = core.sending(play, 'pool does not exist', [], true);
  const seen = yield* answered(sending);
  if (!isThrottled(seen)) return seen;
  const [settled] = yield* settle(core, [[sending]]);
  return settled?.observation ?? seen;
}

/** The first answer, or the last silence. */
function* answered(sending: Sending): Procedure<Observation> {
  for (let n = 1; ; n += 1) {
    const [exchange] = (yield* send([[sending]])).flat();
    if (exchange === undefined) throw new Error('nothing came of a request');
    const seen = observe(exchange);
    const isFinal = seen.silence === undefined || seen.silence.silence === 'refused' || seen.silence.silence === 'tls';
    if (isFinal || n >= tries) return seen;
  }
}
