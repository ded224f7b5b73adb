import { reject } from '../answers.ts';
import { type Connection, type Exchange, fieldOf } from '../checks.ts';
import type { Fault } from '../fault.ts';
import { crash, crashing, fault, instead, rewriting, skip, without } from './tools.ts';

/** Lets a request pass whose token resembles a good one. */
function resembling(resembles: (sent: string, known: string) => boolean): (exchange: Exchange) => undefined | Response {
  return (x) => {
    const sent = x.tokens[0] ?? '';
    const known = x.world.tokenValues.find(
      (value) => x.world.findToken(value)?.expired === false && resembles(sent, value),
    );
    if (known === undefined) return reject(401, 'WKS.0002', 'Authentication failed.');
    x.token = x.world.findToken(known);
    return undefined;
  };
}

const loggingImage = instead((x, refusal) => {
  try {
    const { image_id } = JSON.parse(new TextDecoder().decode(x.body)) as { readonly image_id: string };
    return image_id.length >= 0 ? refusal : crash();
  } catch {
    return crash();
  }
});

export const accessFaults: readonly Fault[] = [
  fault(
    'checks-no-credential',
    'Credentials are not looked at.',
    [
      'credentials/*-is-unauthorised',
      'credentials/very-long-is-refused',
      'credentials/odd-characters-are-refused',
      'credentials/no-permission-is-*',
      'credentials/other-project-token-is-refused',
      'credentials/existence-is-not-told',
    ],
    without('credential'),
  ),
  fault(
    'logs-image-of-refused-requests',
    'Whoever is refused is logged with the length of the image id, which may be missing: a server error.',
    ['credentials/*-with-invalid-body-is-refused', 'answers/client-fault-is-no-server-error'],
    {
      checks: {
        credential: loggingImage,
        project: loggingImage,
        permission: loggingImage,
      },
    },
  ),
  fault('accepts-empty-token', 'An empty token is accepted.', ['credentials/empty-is-unauthorised'], {
    checks: { credential: (x, correct) => (x.tokens[0] === '' ? undefined : correct(x)) },
  }),
  fault('ignores-case-of-token', 'Tokens are compared without case.', ['credentials/other-case-is-unauthorised'], {
    checks: { credential: instead(resembling((sent, known) => sent.toLowerCase() === known.toLowerCase())) },
  }),
  fault(
    'compares-start-of-token',
    'Only the first 16 characters of a token count.',
    [
      'credentials/truncated-is-unauthorised',
      'credentials/extended-is-unauthorised',
      'credentials/other-middle-character-is-unauthorised',
      'credentials/other-last-character-is-unauthorised',
      'credentials/wrapped-is-unauthorised',
      'credentials/altered-is-unauthorised',
    ],
    {
      checks: { credential: instead(resembling((sent, known) => sent.slice(0, 16) === known.slice(0, 16))) },
    },
  ),
  fault('accepts-expired-token', 'An expired token is accepted.', ['credentials/expired-is-unauthorised'], {
    checks: {
      credential: (x, correct) => (x.world.findToken(x.tokens[0] ?? '')?.expired === true ? undefined : correct(x)),
    },
  }),
  fault(
    'ignores-permission',
    'Permissions are not looked at.',
    ['credentials/no-permission-is-*'],
    without('permission'),
  ),
  fault(
    'ignores-project-of-token',
    "Another project's token is accepted.",
    ['credentials/other-project-token-is-refused'],
    without('project'),
  ),
  fault(
    'ignores-project-in-path',
    'The project in the path is not looked at.',
    ['credentials/other-project-is-refused', 'path/malformed-project-id-is-refused'],
    {
      checks: {
        project: (x, correct) => {
          if (x.token?.project === 'p1') x.project = 'p1';
          return correct(x);
        },
      },
    },
  ),
  fault(
    'crashes-on-two-tokens',
    'A token that is sent twice is a list where a text is expected: a server error.',
    ['credentials/two-tokens-are-answered', 'answers/client-fault-is-no-server-error'],
    { checks: { credential: (x, correct) => (x.tokens.length > 1 ? crash() : correct(x)) } },
  ),
  {
    id: 'accepts-one-in-ten-unauthenticated',
    title: 'Every tenth unauthenticated request is accepted.',
    breaks: [],
    sometimes: ['credentials/*', 'state/same-request-same-status', 'state/*-disturb-*', 'state/walks-*'],
    hooks: () => {
      let refused = 0;
      return {
        checks: {
          credential: instead((_x, refusal) => {
            refused += 1;
            return refused % 10 === 0 ? undefined : refusal;
          }),
        },
      };
    },
  },
  {
    id: 'remembers-credential-of-connection',
    title: 'Once a request was authenticated, its connection stays so.',
    breaks: ['credentials/acceptance-authorises-nothing-else'],
    sometimes: ['credentials/*', 'state/*', 'path/*', 'body/*'],
    hooks: () => {
      const known = new WeakSet<Connection>();
      return {
        checks: {
          async credential(x, correct) {
            if (known.has(x.connection)) return undefined;
            const refusal = await correct(x);
            if (refusal === undefined) known.add(x.connection);
            return refusal;
          },
        },
      };
    },
  },
  {
    id: 'mixes-up-requests-at-once',
    title: 'Who sent a request is kept in one place for all requests that are under way.',
    breaks: ['state/requests-do-not-disturb-each-other'],
    sometimes: ['state/*', 'body/*', 'credentials/*', 'path/*', 'billing/*', 'failure/*', 'answers/*'],
    hooks: () => {
      let last: Response | undefined;
      return {
        checks: {
          async credential(x, correct) {
            last = await correct(x);
            await x.world.clock.pause(5);
            return last?.clone();
          },
        },
      };
    },
  },
  fault(
    'tells-existence',
    'An unknown pool is told to people without credential.',
    ['credentials/existence-is-not-told'],
    {
      checks: {
        credential: instead((x, refusal) =>
          x.world.hasPool(x.project, x.pool) ? refusal : reject(404, 'WKS.0007', 'No such desktop pool.'),
        ),
      },
    },
  ),
  fault(
    'accepts-unknown-pool',
    'An unknown pool is accepted.',
    [
      'path/unknown-pool-is-*',
      'path/malformed-pool-id-is-refused',
      'path/long-pool-id-is-no-server-error',
      'path/encoded-pool-id-is-refused',
    ],
    { checks: { pool: skip } },
  ),
  fault(
    'crashes-on-unknown-pool',
    'An unknown pool is a server error.',
    [
      'path/unknown-pool-is-*',
      'path/unknown-pool-and-image-are-refused',
      'path/malformed-pool-id-is-refused',
      'path/*-pool-id-is-no-server-error',
      'path/encoded-pool-id-is-refused',
      'answers/client-fault-is-no-server-error',
    ],
    crashing('pool'),
  ),
  fault(
    'redirects-unknown-pool',
    'An unknown pool is answered with a redirect.',
    [
      'path/unknown-pool-is-*',
      'path/unknown-pool-and-image-are-refused',
      'answers/no-redirect',
      'path/malformed-pool-id-is-refused',
      'path/long-pool-id-is-no-server-error',
      'path/encoded-pool-id-is-refused',
    ],
    {
      checks: { pool: instead(() => new Response(null, { status: 302, headers: { location: '/' } })) },
    },
  ),
  fault(
    'accepts-unknown-image',
    'An unknown image is accepted.',
    ['path/unknown-image-is-400-or-404', 'path/image-id-is-exact'],
    without('image'),
  ),
  fault(
    'crashes-on-unknown-image',
    'An unknown image is a server error.',
    ['path/unknown-image-is-*', 'path/image-id-is-exact', 'answers/client-fault-is-no-server-error'],
    crashing('image'),
  ),
  fault('ignores-busy', 'A busy pool accepts another rebuild.', ['state/busy-pool-is-a-conflict'], without('busy')),
  fault(
    'crashes-on-busy',
    'A busy pool is a server error.',
    ['state/busy-pool-is-a-conflict', 'answers/client-fault-is-no-server-error'],
    crashing('busy'),
  ),
  fault(
    'ignores-billing',
    'A billed image is accepted without order.',
    [
      'billing/billed-image-needs-an-order',
      'billing/missing-order-is-400',
      'billing/empty-order-is-no-order',
      'billing/unknown-order-is-refused',
    ],
    without('order'),
  ),
  fault('takes-empty-order', 'An empty order is an order.', ['billing/empty-order-is-no-order'], {
    checks: { order: (x, correct) => (fieldOf(x, 'order_id') === '' ? undefined : correct(x)) },
  }),
  fault('answers-get', 'GET starts a rebuild.', ['path/other-method-starts-nothing'], {
    before(x) {
      if (x.method !== 'GET') return undefined;
      x.world.occupy(x.rawPool, x.world.busyMs);
      return Response.json({ job_id: x.world.nextJob() });
    },
  }),
  fault(
    'starts-before-checking',
    'A rejected request starts a job all the same.',
    ['state/rejected-request-starts-nothing'],
    {
      after(response, x) {
        if ([200, 400].includes(response.status) && x.world.hasPool(x.project, x.pool))
          // Long enough that a look on a busy machine, with few rebuilds left to look again, meets the job.
          x.world.occupy(x.pool, Math.max(x.world.busyMs, 1_000));
        return response;
      },
    },
  ),
  fault(
    'echoes-token',
    'The token comes back in error_msg.',
    ['answers/no-secrets'],
    rewriting(
      ({ status }) => status >= 400,
      (body, x) => ({ ...body, error_msg: `Refused for ${x.tokens.join()}` }),
    ),
  ),
];
