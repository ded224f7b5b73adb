import type { StateValues } from '../../specs/configuration.ts';
import type { State } from '../../specs/requirement.ts';

/** How a state shows itself when a valid request meets it, and what in the configuration provides it. */
export interface Sign {
  readonly expects: readonly (number | '2xx')[];
  /** The values that the state must name itself; all others it takes from the pool that is ready. */
  readonly names: readonly (keyof StateValues)[];
  /** What to name in the configuration when the sign does not show. */
  readonly advice: string;
}

export const signs: Readonly<Record<State, Sign>> = {
  'pool is ready': {
    expects: ['2xx'],
    names: ['project_id', 'pool_id', 'image_id'],
    advice: 'name a pool and an image that a rebuild takes',
  },
  'pool is busy': {
    expects: [409],
    names: ['pool_id'],
    advice: 'name a pool that is being rebuilt all the time',
  },
  'pool does not exist': {
    expects: [404],
    names: ['pool_id'],
    advice: 'name a pool that does not exist, or none',
  },
  'token is expired': {
    expects: [401],
    names: ['token'],
    advice: 'give a token that has expired',
  },
  'token lacks permission': {
    expects: [403],
    names: ['token'],
    advice: 'give a token that is good but may not rebuild',
  },
  'token is for another project': {
    expects: [401, 403, 404],
    names: ['token'],
    advice: 'give a token of another project',
  },
  'service is failing': {
    expects: [500],
    names: ['pool_id'],
    advice: 'name a pool whose rebuild fails inside the service',
  },
  'image is billed': {
    expects: ['2xx'],
    names: ['image_id', 'order_id'],
    advice: 'name a billed image and its order',
  },
};

/** What most likely is wrong when the pool that is said to be ready refuses. */
export const refusals: Readonly<Record<number, string>> = {
  400: 'check image_id, or pin image_type, os_type or another field that names something of yours',
  401: 'check the credential under auth',
  403: 'give the credential under auth the permission, and check project_id',
  404: 'check project_id, pool_id and image_id',
  409: 'wait for the rebuild that is going on, or raise limits.ready_wait',
};

export function shows({ expects }: Sign, status: number): boolean {
  return expects.some((expected) => (expected === '2xx' ? status >= 200 && status < 300 : expected === status));
}
