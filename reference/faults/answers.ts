import type { Breaks } from '../breaks.ts';
import type { Fault } from '../fault.ts';
import { contractOf, crash, fault, isAcceptance, isError, restating, rewriting } from './tools.ts';

function omit(body: Record<string, unknown>, key: string): Record<string, unknown> {
  return Object.fromEntries(Object.entries(body).filter(([name]) => name !== key));
}

/** The rows that show a documented answer in full. */
const documentedAcceptance: readonly Breaks[] = [
  contractOf('body/minimal-is-accepted'),
  contractOf('body/full-is-accepted'),
  contractOf('billing/billed-image-with-its-order-is-accepted'),
  'answers/acceptance-has-job-id',
];
const documentedErrors: readonly Breaks[] = [
  contractOf('body/delay-time-type-is-integer'),
  contractOf('body/is-fix-type-is-boolean'),
  contractOf('body/image-id-is-required'),
  contractOf('credentials/absent-is-unauthorised'),
  contractOf('credentials/expired-is-unauthorised'),
  contractOf('credentials/no-permission-is-refused'),
  contractOf('path/unknown-pool-is-not-found'),
  contractOf('state/busy-pool-is-a-conflict'),
  contractOf('billing/billed-image-needs-an-order'),
  contractOf('failure/internal-error-has-the-documented-shape'),
  'answers/error-shape',
  'answers/error-shape-outside-the-operation',
];

export const answerFaults: readonly Fault[] = [
  fault(
    'answers-html-400',
    '400 comes as an HTML page.',
    [
      'answers/error-shape',
      'answers/error-shape-outside-the-operation',
      contractOf('body/delay-time-type-is-integer'),
      contractOf('body/is-fix-type-is-boolean'),
      contractOf('body/image-id-is-required'),
      contractOf('billing/billed-image-needs-an-order'),
    ],
    {
      after: (response) =>
        response.status === 400
          ? new Response('<!doctype html><title>Bad Request</title>', {
              status: 400,
              headers: { 'content-type': 'text/html' },
            })
          : response,
    },
  ),
  fault(
    'answers-422',
    '422 instead of 400.',
    [
      'body/image-id-is-required',
      'body/image-*-type-is-string',
      'body/os-type-type-is-string',
      'body/message-type-is-string',
      'body/order-id-type-is-string',
      'body/delay-time-type-is-integer',
      'body/is-fix-type-is-boolean',
      'body/*-is-not-coerced',
      'body/*-range-is-kept',
      'body/image-id-is-not-empty',
      'body/malformed-json-is-rejected',
      'body/image-id-is-not-null',
      'body/several-faults-are-rejected',
      'body/look-alike-is-not-image-id',
      'body/inherited-key-is-not-image-id',
      'body/invalid-utf-8-is-rejected',
      'body/other-format-is-400',
      'body/unreasonable-*-is-refused',
      'body/unreasonable-*-is-answered',
      'path/unknown-pool-with-invalid-body-is-refused',
      'path/encoded-pool-id-is-refused',
      'state/busy-pool-with-invalid-body-is-refused',
      'body/is-an-object',
      'body/is-present',
      'billing/billed-image-needs-an-order',
      'billing/missing-order-is-400',
      'billing/empty-order-is-no-order',
      'answers/documented-status',
    ],
    restating(400, 422),
  ),
  fault(
    'answers-202',
    '202 instead of 200.',
    [
      'body/minimal-is-accepted',
      'body/full-is-accepted',
      'billing/billed-image-with-its-order-is-accepted',
      'body/unreasonable-unknown-field-is-answered',
      'answers/documented-status',
    ],
    restating(200, 202),
  ),
  fault(
    'answers-without-job-id',
    'An acceptance has no job_id.',
    documentedAcceptance,
    rewriting(isAcceptance, (body) => omit(body, 'job_id')),
  ),
  fault(
    'answers-numeric-job-id',
    'job_id is a number.',
    documentedAcceptance,
    rewriting(isAcceptance, (body) => ({ ...body, job_id: 42 })),
  ),
  fault(
    'answers-empty-job-id',
    'job_id is empty.',
    ['answers/job-id-is-not-empty', 'answers/job-id-is-new'],
    rewriting(isAcceptance, (body) => ({ ...body, job_id: '' })),
  ),
  fault(
    'repeats-job-id',
    'Every acceptance has the same job_id.',
    ['answers/job-id-is-new'],
    rewriting(isAcceptance, (body) => ({ ...body, job_id: 'job-1' })),
  ),
  fault('accepts-as-plain-text', 'An acceptance comes as text/plain.', ['answers/acceptance-is-json'], {
    after(response) {
      if (isAcceptance(response)) response.headers.set('content-type', 'text/plain');
      return response;
    },
  }),
  fault(
    'accepts-with-error-code',
    'An acceptance carries an error_code.',
    ['answers/acceptance-has-no-error'],
    rewriting(isAcceptance, (body) => ({ ...body, error_code: '0' })),
  ),
  fault(
    'answers-without-error-code',
    'Errors have no error_code.',
    documentedErrors,
    rewriting(isError, (body) => omit(body, 'error_code')),
  ),
  fault(
    'answers-numeric-error-code',
    'error_code is a number.',
    documentedErrors,
    rewriting(isError, (body) => ({ ...body, error_code: 1 })),
  ),
  fault(
    'answers-object-error-msg',
    'error_msg is an object.',
    ['answers/error-shape', 'answers/error-shape-outside-the-operation'],
    rewriting(isError, (body) => ({ ...body, error_msg: { en: 'Refused.' } })),
  ),
  fault(
    'answers-without-error-msg',
    'Errors have no error_msg.',
    ['answers/error-message-is-present'],
    rewriting(isError, (body) => omit(body, 'error_msg')),
  ),
  fault(
    'answers-empty-error-texts',
    'Errors have empty texts.',
    ['answers/error-texts-are-not-empty'],
    rewriting(isError, (body) => ({ ...body, error_code: '', error_msg: '' })),
  ),
  fault(
    'answers-error-with-job-id',
    'Errors carry a job_id.',
    ['answers/error-has-no-job-id'],
    rewriting(isError, (body, x) => ({ ...body, job_id: x.world.nextJob() })),
  ),
  fault(
    'shows-stack-trace',
    'error_detail carries a stack trace.',
    ['answers/no-internals'],
    rewriting(isError, (body) => ({
      ...body,
      error_detail: 'TypeError: bad request\n    at handler (/srv/app/rebuild.js:42:13)',
    })),
  ),
  fault(
    'fails-in-another-shape',
    'A failing service answers in a shape of its own.',
    [contractOf('failure/internal-error-has-the-documented-shape'), 'answers/error-shape'],
    rewriting(
      ({ status }) => status === 500,
      () => ({ error: { code: 500, message: 'Internal Server Error' } }),
    ),
  ),
  {
    id: 'fails-after-fifty-requests',
    title: 'From the fifty-first request on, every acceptance is a server error.',
    breaks: ['state/same-request-same-status'],
    sometimes: ['body/*', 'billing/*', 'state/*', 'answers/*'],
    hooks: () => {
      let requests = 0;
      return {
        after(response) {
          requests += 1;
          return requests > 50 && isAcceptance(response) ? crash() : response;
        },
      };
    },
  },
];
