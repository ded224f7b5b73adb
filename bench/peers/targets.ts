import { badRequest, json } from '../../reference/answers.ts';
import type { ReferenceOptions } from '../../reference/endpoint.ts';
import type { Fault, Hooks } from '../../reference/fault.ts';
import { faults } from '../../reference/faults.ts';

/** An endpoint to be judged. */
export interface Target {
  readonly id: string;
  readonly title: string;
  readonly options: ReferenceOptions;
}

/**
 * The faults that show with a token and no more than the usual states. Those of signatures, and those that need certain
 * pools, are left out: no other tool could be set up for them.
 */
export const faulty: readonly Target[] = faults
  .filter(({ needs }) => needs === undefined)
  .map((fault) => ({ id: fault.id, title: fault.title, options: { fault } }));

function correct(id: string, title: string, hooks: Hooks = {}, options: ReferenceOptions = {}): Target {
  const fault: Fault = { id, title, breaks: [], hooks: () => hooks };
  return { id, title, options: { ...options, fault } };
}

const known = ['image_type', 'image_id', 'os_type', 'delay_time', 'message', 'order_id', 'is_fix'];

/** Endpoints that do what the page says: who reports a defect of them raises a false alarm. */
export const conforming: readonly Target[] = [
  correct('correct', 'The reference endpoint.'),
  correct('more-in-answers', 'Answers carry further members.', {
    async after(response) {
      const body = (await response.clone().json()) as Record<string, unknown>;
      return json({ ...body, request_id: 'r-1', periodic_query_time: 5 }, response.status);
    },
  }),
  correct('charset', 'The media type names a charset.', {
    after(response) {
      response.headers.set('content-type', 'application/json;charset=UTF-8');
      return response;
    },
  }),
  correct('no-further-fields', 'A body with an unknown field is refused with 400.', {
    checks: {
      object: (exchange, check) => {
        const isKnown = Object.keys(Object(exchange.value)).every((key) => known.includes(key));
        return isKnown || Array.isArray(exchange.value) ? check(exchange) : badRequest();
      },
    },
  }),
  correct('busy-for-a-moment', 'A pool is busy for 150 ms after an acceptance.', {}, { busyMs: 150 }),
  correct('behind-a-gateway', 'A gateway throttles, fails, delays and hangs up now and then.', {}, { nuisance: true }),
];
