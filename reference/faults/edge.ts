import { type Field, fields } from '../../specs/requirement.ts';
import { badRequest, json, reject } from '../answers.ts';
import { type Check, type Exchange, fieldsOf } from '../checks.ts';
import type { Fault } from '../fault.ts';
import { crash, crashing, fault, havingField, isError, propertyOf, slugOf } from './tools.ts';

const serverError = 'answers/client-fault-is-no-server-error';
const oddServerError = 'answers/odd-input-is-no-server-error';
const known: readonly string[] = fields;

/** Crashes on bodies of some kind that the check before lets pass. */
function crashesWhen(
  check: 'object' | `type ${Field}`,
  applies: (exchange: Exchange) => boolean,
): Pick<ReturnType<Fault['hooks']>, 'checks'> {
  return {
    checks: {
      [check]: async (x: Exchange, correct: Check) => (await correct(x)) ?? (applies(x) ? crash() : undefined),
    },
  };
}

function messageOf(exchange: Exchange): string {
  const { message } = fieldsOf(exchange) as { readonly message?: unknown };
  return typeof message === 'string' ? message : '';
}

const crashesOnNull = fields
  .filter((field) => field !== 'image_id')
  .map((field) =>
    fault(
      `crashes-on-null-${slugOf(field)}`,
      `${field} that is null is a server error.`,
      [
        `body/${slugOf(field)}-null-is-accepted-or-rejected`,
        serverError,
        ...(field === 'kms_id' ? [propertyOf('body/kms-id-is-required-when-encrypted')] : []),
      ],
      crashesWhen(`type ${field}`, (x) => fieldsOf(x)[field] === null),
      havingField(field),
    ),
  );

const crashesOnLength = (['image_id', 'order_id', 'kms_id'] as const).map((field) =>
  fault(
    `crashes-on-long-${slugOf(field)}`,
    `${field} beyond its length is a server error.`,
    [
      `body/${slugOf(field)}-beyond-length-is-no-server-error`,
      `body/${slugOf(field)}-range-is-kept`,
      serverError,
      ...(field === 'image_id' ? ['body/image-id-is-not-empty', oddServerError] : []),
    ],
    crashing(`range ${field}`),
    havingField(field),
  ),
);

/** Defects at the edges: null, odd JSON, paths that are nearly right, two requests at once. */
export const edgeFaults: readonly Fault[] = [
  ...crashesOnNull,
  ...crashesOnLength,
  fault(
    'crashes-on-unknown-field',
    'A field that is not known is a server error.',
    [
      'body/unknown-field-is-no-server-error',
      'body/inherited-unknown-field-is-no-server-error',
      'body/unreasonable-unknown-field-*',
      'body/look-alike-is-not-image-id',
      propertyOf('body/image-id-is-required'),
      propertyOf('body/delay-time-type-is-integer'),
      serverError,
      oddServerError,
    ],
    crashesWhen('object', (x) => Object.keys(fieldsOf(x)).some((name) => !known.includes(name))),
  ),
  fault(
    'crashes-on-other-media-type',
    'A media type without a reader is a server error.',
    ['body/other-media-type-is-accepted-or-rejected', serverError],
    crashesWhen('object', (x) => !/^application\/json/i.test(x.headers['content-type'] ?? '')),
  ),
  fault(
    'refuses-whole-numbers-with-a-point',
    'A whole number is read by its digits alone.',
    ['body/integer-in-other-notation-is-accepted'],
    {
      checks: {
        'type delay_time': async (x, correct) =>
          (await correct(x)) ?? (/"delay_time"\s*:\s*-?\d+[.eE]/.test(x.text) ? badRequest() : undefined),
      },
    },
  ),
  fault(
    'crashes-on-duplicate-keys',
    'A key that comes twice is a server error.',
    ['body/duplicate-keys-are-accepted-or-rejected', serverError],
    crashesWhen('object', (x) => x.text.split('"image_id"').length > 2),
  ),
  fault(
    'crashes-on-lone-surrogates',
    'Half a character is a server error.',
    ['body/lone-surrogates-are-accepted-or-rejected', oddServerError],
    crashesWhen('type message', (x) => /\p{Surrogate}/u.test(messageOf(x))),
  ),
  fault(
    'crashes-on-null-character',
    'U+0000 in message is a server error.',
    ['body/null-character-is-accepted-or-rejected', oddServerError],
    crashesWhen('type message', (x) => messageOf(x).includes('\0')),
  ),
  fault(
    'forbids-odd-pool-ids',
    'A pool id in odd percent-encoding is answered with 403.',
    ['path/encoded-pool-id-is-refused'],
    {
      before: (x) =>
        /%(?!20|C3)/i.test(x.rawPool) ? reject(403, 'WKS.0003', 'No permission for this operation.') : undefined,
    },
  ),
  fault(
    'matches-start-of-path',
    'A path that only begins like that of the operation is accepted.',
    ['path/other-path-starts-nothing', 'answers/job-id-is-new'],
    { elsewhere: (path) => (path.endsWith('/rebuilds') ? json({ job_id: 'job-elsewhere' }) : undefined) },
  ),
  fault(
    'crashes-on-trailing-slash',
    'A slash at the end of the path is a server error.',
    ['path/nearly-the-same-path-is-answered', oddServerError],
    { elsewhere: (path) => (path.endsWith('/') ? crash() : undefined) },
  ),
  fault(
    'answers-html-elsewhere',
    'The router has an error page of its own.',
    ['answers/error-shape-outside-the-operation'],
    { elsewhere: () => new Response('<h1>Not Found</h1>', { status: 404, headers: { 'content-type': 'text/html' } }) },
  ),
  fault('errors-as-plain-text', 'Errors are JSON, but come as text/plain.', ['answers/error-is-json'], {
    after(response) {
      if (isError(response)) response.headers.set('content-type', 'text/plain');
      return response;
    },
  }),
  fault(
    'checks-then-occupies',
    'Between the look whether a pool is busy and the start of the job there is time for another request.',
    ['state/one-of-two-together'],
    {
      checks: {
        async busy(x, correct) {
          const refusal = await correct(x);
          if (refusal !== undefined) return refusal;
          await x.world.clock.pause(10);
          x.world.occupy(x.pool, Math.max(x.world.busyMs, 300));
          return undefined;
        },
      },
    },
  ),
];
