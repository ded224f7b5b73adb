import { json, reject } from '../answers.ts';
import { fieldOf } from '../checks.ts';
import type { Fault } from '../fault.ts';
import { fault, instead, propertyOf } from './tools.ts';

const startsNothing = 'state/rejected-request-starts-nothing';
/** Milliseconds that a job takes which nobody asked for. */
const jobMs = 300;
const pools: readonly string[] = ['pool-a', 'pool-c', 'pool-d'];

/** Defects that one answer alone does not show: what comes after it, elsewhere, or now and then. */
export const courseFaults: readonly Fault[] = [
  fault(
    'starts-late',
    'A body that is refused is put into a queue all the same, and starts a job 150 ms later.',
    [startsNothing],
    {
      after(response, x) {
        if (response.status === 400 && x.world.hasPool(x.project, x.pool))
          // Long enough that a look 400 ms after it meets the job on a busy machine, too.
          void x.world.clock.pause(150).then(() => x.world.occupy(x.pool, 2 * jobMs));
        return response;
      },
    },
    { needs: { busyMs: 60 } },
  ),
  fault(
    'occupies-neighbour',
    'A body that is refused occupies the next pool.',
    [startsNothing],
    {
      after(response, x) {
        const next = pools[(pools.indexOf(x.pool) + 1) % pools.length];
        if (response.status === 400 && next !== undefined && x.world.hasPool(x.project, x.pool))
          x.world.occupy(next, 2 * jobMs);
        return response;
      },
    },
    { needs: { busyMs: 40, pools } },
  ),
  fault(
    'keeps-lock-of-refused',
    'The lock of a pool is not released when the image is unknown.',
    [startsNothing],
    {
      checks: {
        image: instead((x, refusal) => {
          x.world.occupy(x.pool, 60_000);
          return refusal;
        }),
      },
    },
    {
      needs: { pools: ['pool-a'], limits: { ready_wait: 1000 } },
      sometimes: ['state/*', 'body/*', 'billing/*'],
    },
  ),
  fault(
    'says-busy-by-423',
    'A pool that is being rebuilt is answered with 423.',
    ['state/busy-pool-is-a-conflict', 'state/one-of-two-together', 'answers/documented-status'],
    { checks: { busy: instead(() => reject(423, 'WKS.0010', 'The pool is being rebuilt.')) } },
    { needs: { busyMs: 200, pools: ['pool-a'] } },
  ),
  fault(
    'answers-unknown-image-in-another-shape',
    'The code of an unknown image is a number.',
    ['answers/error-shape'],
    { checks: { image: instead(() => json({ error_code: 8, error_msg: 'No such image.' }, 404)) } },
  ),
  {
    id: 'accepts-one-in-five-invalid',
    title: 'One in five bodies whose delay_time converts to no integer is accepted.',
    breaks: [propertyOf('body/delay-time-type-is-integer')],
    hooks: () => {
      let refused = 0;
      return {
        checks: {
          'type delay_time': instead((x, refusal) => {
            const value = fieldOf(x, 'delay_time');
            const converts = typeof value === 'boolean' || Number.isInteger(Number(value));
            // Nothing else must be wrong, or it would be refused all the same.
            if (converts || !x.world.hasPool(x.project, x.pool) || x.world.isBusy(x.pool)) return refusal;
            refused += 1;
            return refused % 5 === 0 ? undefined : refusal;
          }),
        },
      };
    },
  },
  {
    id: 'locks-out-after-refusals',
    title: 'Five refusals in a row behind an acceptance lock a connection out, for two requests.',
    breaks: ['state/walks-keep-the-rules'],
    sometimes: ['state/*', 'credentials/*', 'body/*', 'path/*'],
    hooks: () => {
      const refusals = new WeakMap<object, number>();
      return {
        before(x) {
          const count = refusals.get(x.connection) ?? 0;
          if (count < 5) return undefined;
          if (count >= 7) refusals.delete(x.connection);
          if (count >= 7) return undefined;
          return reject(401, 'WKS.0002', 'Authentication failed.');
        },
        after(response, x) {
          const count = refusals.get(x.connection);
          if (response.status === 200) refusals.set(x.connection, 0);
          else if (count !== undefined) refusals.set(x.connection, count + 1);
          return response;
        },
      };
    },
  },
];
