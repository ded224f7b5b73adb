import { badRequest, reject } from '../answers.ts';
import { type Exchange, fieldOf, fieldsOf } from '../checks.ts';
import type { Fault } from '../fault.ts';
import { crash, fault, instead } from './tools.ts';

const serverError = 'answers/client-fault-is-no-server-error';
const oddServerError = 'answers/odd-input-is-no-server-error';

const unauthorised = (): Response => reject(401, 'WKS.0002', 'Authentication failed.');
const mediaTypeOf = ({ headers }: Exchange): string => headers['content-type'] ?? '';

/** Bytes that fit into a buffer of the usual size. */
const buffer = 8 * 1024;
/** Characters that all headers together may have before a careless reader runs over. */
const longHead = 16 * 1024;

/** What every object has of some language's runtime. */
const inherited = ['__proto__', 'constructor', 'toString', 'hasOwnProperty'];

function at(value: unknown, ...path: readonly string[]): unknown {
  return path.reduce<unknown>(
    (found, key) =>
      typeof found === 'object' && found !== null && Object.hasOwn(found, key)
        ? (found as Record<string, unknown>)[key]
        : undefined,
    value,
  );
}

/** Valid requests, asked in a way that a careless vendor has not tried. */
export const wayFaults: readonly Fault[] = [
  fault(
    'reads-first-8-kib',
    'The body is read into a buffer of 8 KiB; what is beyond is lost.',
    ['body/any-json-writing-is-accepted'],
    { read: (_, pieces) => Buffer.concat(pieces).subarray(0, buffer) },
  ),
  fault(
    'finds-image-id-by-its-text',
    'A body in which "image_id" does not stand letter by letter is refused.',
    ['body/any-json-writing-is-accepted'],
    { checks: { image_id: (x, correct) => (x.text.includes('"image_id"') ? correct(x) : badRequest()) } },
  ),
  fault(
    'reads-no-chunks',
    'A body is as long as Content-Length says: one in chunks is empty.',
    ['body/any-transport-is-accepted'],
    {
      read: (headers, pieces) => (headers['transfer-encoding'] === undefined ? Buffer.concat(pieces) : Buffer.alloc(0)),
    },
  ),
  fault(
    'reads-first-piece',
    'The piece of a body that comes first is taken for the whole.',
    ['body/any-transport-is-accepted'],
    { read: (_, pieces) => pieces[0] ?? Buffer.alloc(0) },
  ),
  fault(
    'knows-usual-header-names',
    'The name of the header with the token is compared with X-Auth-Token and x-auth-token.',
    ['body/any-transport-is-accepted'],
    { checks: { credential: (x, correct) => (x.rawHeaders.includes('X-AUTH-TOKEN') ? unauthorised() : correct(x)) } },
  ),
  fault(
    'stumbles-over-list-of-addresses',
    'X-Forwarded-For is read as one address: several are a server error.',
    ['body/additional-headers-are-ignored'],
    { before: (x) => (String(x.headers['x-forwarded-for'] ?? '').includes(',') ? crash() : undefined) },
  ),
  fault(
    'meets-no-expectation',
    'Whoever expects 100 Continue is answered with 417.',
    ['body/expect-continue-is-accepted', 'answers/documented-status'],
    { before: (x) => (x.headers.expect === undefined ? undefined : reject(417, 'WKS.0014', 'Nothing to expect.')) },
  ),
  fault('knows-no-quotes', 'A charset in quotes is an unknown one.', ['body/charset-is-accepted'], {
    checks: { json: (x, correct) => (mediaTypeOf(x).includes('"') ? badRequest() : correct(x)) },
  }),
  fault('knows-no-charset', 'A media type with a charset is an unknown one.', ['body/charset-is-accepted'], {
    checks: { json: (x, correct) => (mediaTypeOf(x).includes('charset') ? badRequest() : correct(x)) },
  }),
  fault(
    'refuses-empty-strings',
    'An optional field that is an empty string is refused.',
    ['body/empty-optional-string-is-accepted'],
    {
      checks: {
        'range is_fix': (x) =>
          (['image_type', 'os_type', 'message', 'order_id'] as const).some((field) => fieldOf(x, field) === '')
            ? badRequest()
            : undefined,
      },
    },
  ),
  fault(
    'crashes-on-inherited-names',
    'A field is stored under its name in an object that has such a name already: a server error.',
    ['body/inherited-unknown-field-is-no-server-error', oddServerError],
    {
      checks: {
        object: async (x, correct) =>
          (await correct(x)) ?? (inherited.some((name) => Object.hasOwn(fieldsOf(x), name)) ? crash() : undefined),
      },
    },
  ),
  fault(
    'merges-body-deeply',
    'The body is merged into an object, so that image_id may come by way of its prototype.',
    ['body/inherited-key-is-not-image-id'],
    {
      checks: {
        image_id: (x, correct) =>
          [at(x.value, '__proto__', 'image_id'), at(x.value, 'constructor', 'prototype', 'image_id')].some(
            (value) => value !== undefined,
          )
            ? undefined
            : correct(x),
      },
    },
  ),
  fault('answers-415-to-forms', 'A form or XML is answered with 415.', ['body/other-format-is-400'], {
    checks: {
      json: instead((x, refusal) =>
        /urlencoded|form-data|xml/i.test(mediaTypeOf(x)) ? reject(415, 'WKS.0015', 'JSON alone is read.') : refusal,
      ),
    },
  }),
  fault(
    'crashes-on-long-head',
    'A head beyond 16 KiB is a server error.',
    ['path/long-head-is-no-server-error', 'credentials/very-long-is-refused', serverError],
    { before: (x) => (x.rawHeaders.join('').length > longHead ? crash() : undefined) },
  ),
  fault(
    'crashes-on-query',
    'A query, of which there is none, is a server error.',
    ['path/query-is-accepted-or-rejected'],
    { before: (x) => (x.signed.target.includes('?') ? crash() : undefined) },
  ),
  fault('takes-any-order', 'An order is not looked up.', ['billing/unknown-order-is-refused'], {
    checks: { order: (x, correct) => ((fieldOf(x, 'order_id') ?? '') === '' ? correct(x) : undefined) },
  }),
];
