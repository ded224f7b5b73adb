import type { Field, Requirement, Source, State, StatusPattern, Stimulus, Technique } from './requirement.ts';

const status400 = { where: 'Status Codes, 400', says: 'The request cannot be understood: malformed syntax.' };
const status401 = { where: 'Status Codes, 401', says: 'Authentication failed.' };
const status403 = { where: 'Status Codes, 403', says: 'No operation permissions.' };
const status404 = { where: 'Status Codes, 404', says: 'No resources found.' };
const status409 = { where: 'Status Codes, 409', says: 'Operation conflict.' };
const status500 = { where: 'Status Codes, 500', says: 'An internal service error occurred.' };
const status200 = { where: 'Status Codes, 200', says: 'Normal; the answer carries the job id.' };
const errorTable = {
  where: 'Response Parameters, status codes 400 to 500',
  says: 'An error is an object with the strings error_code, error_msg, error_detail and encoded_authorization_message.',
};
const json = { where: 'RFC 8259', says: 'The same value may be written in many ways, in UTF-8.' };
const http = { where: 'RFC 9110', says: 'Semantics of methods, statuses and header fields.' };
const owasp = { where: 'OWASP API Security Top 10, 2023', says: 'Answers give away no internals and no credentials.' };
const definition = {
  where: 'The API definition of the vendor',
  says: 'delay_time 0 to 15, message up to 400 characters, other strings up to 255.',
};

function row(field: Field, says: string): Source {
  return { where: `Request Parameters, ${field}`, says };
}

const both: readonly Technique[] = ['contract', 'property'];
const property: readonly Technique[] = ['property'];
const sequence: readonly Technique[] = ['sequence'];
const any4xx: readonly StatusPattern[] = ['4xx'];

const types: Readonly<Record<Field, { name: string; slug: string; type: string }>> = {
  image_type: { name: 'image_type', slug: 'image-type', type: 'string' },
  image_id: { name: 'image_id', slug: 'image-id', type: 'string' },
  os_type: { name: 'os_type', slug: 'os-type', type: 'string' },
  delay_time: { name: 'delay_time', slug: 'delay-time', type: 'integer' },
  message: { name: 'message', slug: 'message', type: 'string' },
  order_id: { name: 'order_id', slug: 'order-id', type: 'string' },
  is_fix: { name: 'is_fix', slug: 'is-fix', type: 'boolean' },
};

function must(
  id: Requirement['id'],
  title: string,
  source: readonly Source[],
  send: Stimulus,
  statuses: readonly StatusPattern[],
  techniques: readonly Technique[] = property,
  given: State = 'pool is ready',
): Requirement {
  return { id, level: 'MUST', title, source, given, send, expect: { statuses }, techniques };
}

function should(...args: Parameters<typeof must>): Requirement {
  return { ...must(...args), level: 'SHOULD' };
}

function may(...args: Parameters<typeof must>): Requirement {
  return { ...must(...args), level: 'MAY' };
}

const ok: readonly StatusPattern[] = [200];
const bad: readonly StatusPattern[] = [400];

const accepted: readonly Requirement[] = [
  must(
    'body/minimal-is-accepted',
    'A body with image_id alone is accepted with 200.',
    [row('image_id', 'The only mandatory field.'), status200],
    { kind: 'valid body', vary: 'minimal' },
    ok,
    both,
  ),
  must(
    'body/full-is-accepted',
    'A body with every field is accepted with 200.',
    [{ where: 'Example Requests', says: 'All seven fields together.' }, status200],
    { kind: 'valid body', vary: 'full' },
    ok,
    both,
  ),
  must(
    'body/optional-fields-combine',
    'Every combination of optional fields is accepted.',
    [{ where: 'Request Parameters', says: 'All fields but image_id are optional.' }, status200],
    { kind: 'valid body', vary: 'combinations' },
    ok,
  ),
  must(
    'body/every-delay-is-accepted',
    'Every delay_time from 0 to 15 is accepted.',
    [row('delay_time', 'An integer, in minutes.'), definition],
    { kind: 'valid body', vary: 'delays' },
    ok,
  ),
  must(
    'body/any-text-is-accepted',
    'message takes any Unicode text.',
    [row('message', 'A string for the user.'), json],
    { kind: 'valid body', vary: 'text' },
    ok,
  ),
  must(
    'body/long-message-is-accepted',
    'message takes up to 400 characters.',
    [row('message', 'A string; no limit on the page.'), definition],
    { kind: 'valid body', vary: 'length' },
    ok,
  ),
  must(
    'body/any-json-writing-is-accepted',
    'The same JSON written differently is accepted.',
    [json, status200],
    { kind: 'valid body', vary: 'writing' },
    ok,
  ),
  must(
    'body/any-transport-is-accepted',
    'A valid body is accepted in chunks and with header names in any case.',
    [http, status200],
    { kind: 'valid body', vary: 'transport' },
    ok,
  ),
  should(
    'body/charset-is-accepted',
    'application/json with a charset is accepted.',
    [http, { where: 'Sibling operations in the API definition', says: 'They consume application/json;charset=utf-8.' }],
    { kind: 'valid body', vary: 'charset' },
    ok,
  ),
  should(
    'body/empty-optional-string-is-accepted',
    'An empty optional string is accepted.',
    [{ where: 'The API definition of the vendor', says: 'Optional strings have a minimum length of 0.' }],
    { kind: 'valid body', vary: 'empty strings' },
    ok,
  ),
  should(
    'body/unknown-field-is-no-server-error',
    'An unknown field is ignored or refused, never a server error.',
    [{ where: 'The API definition of the vendor', says: 'Nothing is said of unknown fields.' }],
    { kind: 'valid body', vary: 'unknown field' },
    ['2xx', '4xx'],
  ),
  may(
    'body/integer-in-other-notation-is-accepted',
    'An integer written 15.0 or 1.5e1 is accepted.',
    [json],
    { kind: 'valid body', vary: 'number forms' },
    ok,
  ),
];

const fieldRows: readonly Requirement[] = (Object.keys(types) as Field[]).flatMap((field) => {
  const { name, slug, type } = types[field];
  const page = row(field, `Its type is ${type}.`);
  const contracted = field === 'delay_time' || field === 'is_fix' ? both : property;
  const rows: Requirement[] = [
    must(
      `body/${slug}-type-is-${type}`,
      `${name} of a type that does not convert to ${type} is rejected with 400.`,
      [page, status400],
      { kind: 'field of wrong type', field, lossless: false },
      bad,
      contracted,
    ),
    should(
      `body/${slug}-is-not-coerced`,
      `A scalar of another type for ${name} is rejected with 400.`,
      [page, status400],
      { kind: 'field of wrong type', field, lossless: true },
      bad,
    ),
  ];
  if (field === 'image_id') {
    rows.push(
      should(
        'body/image-id-is-not-empty',
        'image_id that is an empty string is rejected with 400.',
        [definition, status400],
        { kind: 'empty field', field },
        bad,
      ),
      must(
        'body/image-id-is-not-null',
        'image_id that is null is rejected with 400.',
        [row(field, 'Mandatory.'), status400],
        { kind: 'null field', field },
        bad,
      ),
    );
  } else {
    rows.push(
      may(
        `body/${slug}-null-is-accepted-or-rejected`,
        `${name} that is null is accepted or rejected with 400.`,
        [page],
        { kind: 'null field', field },
        [200, 400],
      ),
    );
  }
  if (field !== 'is_fix') {
    const onTarget = field === 'image_id' || field === 'order_id';
    rows.push(
      should(
        `body/${slug}-range-is-kept`,
        `${name} beyond its range or length is rejected.`,
        [definition],
        { kind: 'out of range', field },
        onTarget ? [400, 404, 413] : type === 'string' ? [400, 413] : bad,
      ),
    );
    if (onTarget)
      rows.push(
        must(
          `body/${slug}-beyond-length-is-no-server-error`,
          `${name} beyond its length is no server error.`,
          [definition, status500],
          { kind: 'out of range', field },
          ['2xx', '4xx'],
        ),
      );
  }
  return rows;
});

const rejected: readonly Requirement[] = [
  must(
    'body/image-id-is-required',
    'A body without image_id is rejected with 400.',
    [row('image_id', 'Mandatory: yes.'), status400],
    { kind: 'missing field', field: 'image_id' },
    bad,
    both,
  ),
  must(
    'body/several-faults-are-rejected',
    'A body with several faults is rejected with 400, like one with a single fault.',
    [{ where: 'Request Parameters', says: 'Each field has its type.' }, status400],
    { kind: 'several faults' },
    bad,
  ),
  must(
    'body/look-alike-is-not-image-id',
    'No other key stands in for image_id.',
    [row('image_id', 'Mandatory under exactly this name.'), status400],
    { kind: 'look-alike key' },
    bad,
  ),
  must(
    'body/is-an-object',
    'A body that is no JSON object is rejected with 400.',
    [{ where: 'Example Requests', says: 'The body is an object.' }, status400],
    { kind: 'body that is no object' },
    bad,
  ),
  must(
    'body/is-present',
    'A request without a body is rejected with 400.',
    [row('image_id', 'Mandatory: yes.'), status400],
    { kind: 'no body' },
    bad,
  ),
  must(
    'body/malformed-json-is-rejected',
    'Malformed JSON is rejected with 400.',
    [status400, json],
    { kind: 'malformed JSON' },
    bad,
  ),
  should(
    'body/invalid-utf-8-is-rejected',
    'A body that is not UTF-8 is rejected with 400.',
    [json],
    { kind: 'invalid UTF-8' },
    bad,
  ),
  must(
    'body/invalid-utf-8-is-no-server-error',
    'A body that is not UTF-8 is no server error.',
    [json, status500],
    { kind: 'invalid UTF-8' },
    ['2xx', '4xx'],
  ),
  must(
    'body/other-format-is-rejected',
    'A form or XML body is rejected with 400.',
    [status400],
    { kind: 'other format' },
    bad,
  ),
  may(
    'body/duplicate-keys-are-accepted-or-rejected',
    'Duplicate keys are accepted or rejected with 400.',
    [json],
    { kind: 'odd JSON', oddity: 'duplicate keys' },
    [200, 400],
  ),
  may(
    'body/byte-order-mark-is-accepted-or-rejected',
    'A byte-order mark is accepted or rejected with 400.',
    [json],
    { kind: 'odd JSON', oddity: 'byte-order mark' },
    [200, 400, 415],
  ),
  may(
    'body/utf-16-is-accepted-or-rejected',
    'UTF-16 is accepted or rejected with 400.',
    [json],
    { kind: 'odd JSON', oddity: 'UTF-16' },
    [200, 400, 415],
  ),
  may(
    'body/lone-surrogates-are-accepted-or-rejected',
    'Escaped lone surrogates are accepted or rejected with 400.',
    [json],
    { kind: 'odd JSON', oddity: 'lone surrogates' },
    [200, 400],
  ),
  may(
    'body/null-character-is-accepted-or-rejected',
    'An escaped null character is accepted or rejected with 400.',
    [json],
    { kind: 'odd JSON', oddity: 'null character' },
    [200, 400],
  ),
  may(
    'body/other-media-type-is-accepted-or-rejected',
    'Valid JSON under another media type is answered with 200, 400 or 415.',
    [http],
    { kind: 'other media type' },
    [200, 400, 415],
  ),
  should(
    'body/unreasonable-known-field-is-refused',
    'Nesting or size beyond reason in a known field is answered with 400 or 413.',
    [status400, http],
    { kind: 'beyond reason', place: 'known field' },
    [400, 413],
  ),
  must(
    'body/unreasonable-known-field-is-no-server-error',
    'Nesting or size beyond reason in a known field is no server error.',
    [status500],
    { kind: 'beyond reason', place: 'known field' },
    ['2xx', '4xx'],
  ),
  should(
    'body/unreasonable-unknown-field-is-answered',
    'Nesting or size beyond reason elsewhere is answered with 200, 400 or 413.',
    [status400, http],
    { kind: 'beyond reason', place: 'unknown field' },
    [200, 400, 413],
  ),
  must(
    'body/unreasonable-unknown-field-is-no-server-error',
    'Nesting or size beyond reason elsewhere is no server error.',
    [status500],
    { kind: 'beyond reason', place: 'unknown field' },
    ['2xx', '4xx'],
  ),
];

const credentials: readonly Requirement[] = [
  ...(['absent', 'empty', 'garbage', 'truncated', 'extended', 'other case'] as const).flatMap((credential) => [
    must(
      `credentials/${credential.replace(' ', '-')}-is-unauthorised`,
      `A request whose credential is ${credential} is answered with 401.`,
      [status401],
      { kind: 'credential', credential, body: 'valid' },
      [401],
      credential === 'absent' ? both : property,
    ),
    must(
      `credentials/${credential.replace(' ', '-')}-with-invalid-body-is-refused`,
      `A request whose credential is ${credential} and whose body is invalid is answered with 400 or 401.`,
      [status401, status400],
      { kind: 'credential', credential, body: 'invalid' },
      [400, 401],
    ),
  ]),
  ...(
    [
      ['other start', 'first'],
      ['other end', 'last'],
    ] as const
  ).map(([credential, place]) =>
    must(
      `credentials/other-${place}-character-is-unauthorised`,
      `A credential whose ${place} character is another one is answered with 401.`,
      [status401],
      { kind: 'credential', credential, body: 'valid' },
      [401],
    ),
  ),
  must(
    'credentials/bearer-scheme-is-unauthorised',
    'A made-up credential of another scheme is answered with 401.',
    [status401],
    { kind: 'credential', credential: 'bearer', body: 'valid' },
    [401],
  ),
  must(
    'credentials/very-long-is-refused',
    'A made-up credential of 10 KiB is refused.',
    [status401, http],
    { kind: 'credential', credential: 'very long', body: 'valid' },
    [400, 401, 413, 431],
  ),
  must(
    'credentials/inherited-name-is-unauthorised',
    'The name of a property that every object inherits is no credential: 401.',
    [status401],
    { kind: 'credential', credential: 'inherited', body: 'valid' },
    [401],
  ),
  must(
    'credentials/odd-characters-are-refused',
    'A made-up credential with quotes and a character beyond ASCII is answered with 400 or 401.',
    [status401, http],
    { kind: 'credential', credential: 'odd characters', body: 'valid' },
    [400, 401],
  ),
  may(
    'credentials/two-tokens-are-answered',
    'Two tokens at once are accepted or refused.',
    [http],
    { kind: 'credential', credential: 'two', body: 'valid' },
    ['2xx', '4xx'],
  ),
  must(
    'credentials/expired-is-unauthorised',
    'An expired token is answered with 401.',
    [status401],
    { kind: 'credential', credential: 'configured', body: 'valid' },
    [401],
    both,
    'token is expired',
  ),
  must(
    'credentials/no-permission-is-refused',
    'A token without permission is answered with 403 or 404.',
    [status403],
    { kind: 'credential', credential: 'configured', body: 'valid' },
    [403, 404],
    both,
    'token lacks permission',
  ),
  should(
    'credentials/no-permission-is-forbidden',
    'A token without permission is answered with 403.',
    [status403],
    { kind: 'credential', credential: 'configured', body: 'valid' },
    [403],
    property,
    'token lacks permission',
  ),
  must(
    'credentials/other-project-token-is-refused',
    "Another project's token is answered with 401, 403 or 404.",
    [status403, status404],
    { kind: 'credential', credential: 'configured', body: 'valid' },
    [401, 403, 404],
    property,
    'token is for another project',
  ),
  ...(
    [
      ['expired', 'An expired token', 'token is expired', [400, 401]],
      ['no-permission', 'A token without permission', 'token lacks permission', [400, 403, 404]],
      ['other-project-token', "Another project's token", 'token is for another project', [400, 401, 403, 404]],
    ] as const
  ).map(([slug, subject, given, statuses]) =>
    must(
      `credentials/${slug}-with-invalid-body-is-refused`,
      `${subject} with an invalid body is answered with ${statuses.join(', ').replace(/, (\d+)$/, ' or $1')}.`,
      [status401, status403, status400],
      { kind: 'credential', credential: 'configured', body: 'invalid' },
      statuses,
      property,
      given,
    ),
  ),
  must(
    'credentials/other-project-is-refused',
    "One's own token on another project is answered with 401, 403 or 404.",
    [{ where: 'URI, project_id', says: 'The pool belongs to the project.' }, status403],
    { kind: 'other project' },
    [401, 403, 404],
  ),
  must(
    'credentials/acceptance-authorises-nothing-else',
    'After an accepted request on the same connection an invalid credential is refused as without it.',
    [status401, http],
    { kind: 'credential after acceptance' },
    [401],
  ),
  should(
    'credentials/existence-is-not-told',
    'Without a credential an existing and an unknown pool are answered alike.',
    [owasp],
    { kind: 'existence without credential' },
    [],
  ),
];

const paths: readonly Requirement[] = [
  must(
    'path/unknown-pool-is-not-found',
    'An unknown pool is answered with 404.',
    [status404],
    { kind: 'unknown pool' },
    [403, 404],
    both,
    'pool does not exist',
  ),
  should(
    'path/unknown-pool-is-404',
    'An unknown pool is answered with 404, not 403.',
    [status404],
    { kind: 'unknown pool' },
    [404],
    property,
    'pool does not exist',
  ),
  must(
    'path/unknown-pool-with-invalid-body-is-refused',
    'An unknown pool with an invalid body is answered with 400, 403 or 404.',
    [status404, status400],
    { kind: 'invalid body', fault: 'wrong type' },
    [400, 403, 404],
    property,
    'pool does not exist',
  ),
  must(
    'path/unknown-pool-and-image-are-refused',
    'An unknown pool with an unknown image is answered with 400, 403 or 404.',
    [status404, status400],
    { kind: 'invalid body', fault: 'unknown image' },
    [400, 403, 404],
    property,
    'pool does not exist',
  ),
  must(
    'path/malformed-project-id-is-refused',
    'A project id of the wrong form is refused, without a server error.',
    [{ where: 'URI, project_id', says: 'The id of a project.' }, status404],
    { kind: 'malformed project id' },
    any4xx,
  ),
  must(
    'path/malformed-pool-id-is-refused',
    'A pool id of the wrong form is refused, without a server error.',
    [{ where: 'URI, pool_id', says: 'The id of a pool.' }, status404],
    { kind: 'malformed pool id', form: 'plain' },
    any4xx,
  ),
  must(
    'path/encoded-pool-id-is-no-server-error',
    'A pool id in odd percent-encoding is no server error.',
    [status500, http],
    { kind: 'malformed pool id', form: 'encoded' },
    ['2xx', '3xx', '4xx'],
  ),
  should(
    'path/encoded-pool-id-is-refused',
    'A pool id in odd percent-encoding is answered with 400 or 404.',
    [status400, status404],
    { kind: 'malformed pool id', form: 'encoded' },
    [400, 404],
  ),
  must(
    'path/long-pool-id-is-no-server-error',
    'A very long pool id is no server error.',
    [status500, http],
    { kind: 'malformed pool id', form: 'long' },
    any4xx,
  ),
  must(
    'path/unknown-image-is-refused',
    'An unknown image is refused, without a server error.',
    [row('image_id', 'The id of a template.'), status404],
    { kind: 'unknown image' },
    any4xx,
  ),
  should(
    'path/unknown-image-is-400-or-404',
    'An unknown image is answered with 400 or 404.',
    [status400, status404],
    { kind: 'unknown image' },
    [400, 404],
  ),
  should(
    'path/image-id-is-exact',
    'An image id with spaces around it or in another case is not that of the image.',
    [row('image_id', 'The id of a template.')],
    { kind: 'untidy image id' },
    [400, 404],
  ),
  should(
    'path/other-method-starts-nothing',
    'Another method is refused.',
    [{ where: 'URI', says: 'The method is POST.' }, http],
    { kind: 'other method' },
    any4xx,
  ),
  should(
    'path/other-path-starts-nothing',
    'Another path is refused.',
    [{ where: 'URI', says: 'The path of the operation.' }],
    { kind: 'other path', form: 'elsewhere' },
    any4xx,
  ),
  may(
    'path/nearly-the-same-path-is-answered',
    'A trailing slash or another case of the path is answered, in any way but a server error.',
    [http],
    { kind: 'other path', form: 'nearly the same' },
    ['2xx', '3xx', '4xx'],
  ),
];

const situations: readonly Requirement[] = [
  must(
    'state/busy-pool-is-a-conflict',
    'A pool that is busy is answered with 409.',
    [status409],
    { kind: 'minimal body' },
    [409],
    both,
    'pool is busy',
  ),
  must(
    'state/busy-pool-with-invalid-body-is-refused',
    'A pool that is busy with an invalid body is answered with 400 or 409.',
    [status409, status400],
    { kind: 'invalid body', fault: 'wrong type' },
    [400, 409],
    property,
    'pool is busy',
  ),
  must(
    'billing/billed-image-needs-an-order',
    'A billed image without order_id is refused.',
    [row('order_id', 'Mandatory when billed images are used.'), status400],
    { kind: 'billed image', order: false },
    [400, 404, 409],
    both,
    'image is billed',
  ),
  should(
    'billing/missing-order-is-400',
    'A billed image without order_id is answered with 400.',
    [row('order_id', 'Mandatory when billed images are used.'), status400],
    { kind: 'billed image', order: false },
    bad,
    property,
    'image is billed',
  ),
  should(
    'billing/empty-order-is-no-order',
    'A billed image with an empty order_id is refused.',
    [row('order_id', 'Mandatory when billed images are used.'), status400],
    { kind: 'empty order' },
    [400, 404, 409],
    property,
    'image is billed',
  ),
  must(
    'billing/billed-image-with-its-order-is-accepted',
    'A billed image with its order is accepted with 200.',
    [row('order_id', 'Mandatory when billed images are used.'), status200],
    { kind: 'billed image', order: true },
    ok,
    both,
    'image is billed',
  ),
  must(
    'failure/internal-error-has-the-documented-shape',
    'An internal failure is answered with 500.',
    [status500],
    { kind: 'minimal body' },
    [500],
    both,
    'service is failing',
  ),
  must(
    'state/same-request-same-status',
    'The same request gets the same status each time.',
    [{ where: 'Status Codes', says: 'A status has one meaning.' }],
    { kind: 'repetition' },
    [],
  ),
  must(
    'state/rejected-request-starts-nothing',
    'A rejected request starts nothing.',
    [status400, status409],
    { kind: 'rejected, then accepted' },
    [],
  ),
  should(
    'state/one-of-two-together',
    'Of two requests sent together at most one is accepted, and the pool is accepted again later.',
    [status409],
    { kind: 'two together' },
    [],
  ),
  must(
    'state/requests-do-not-disturb-each-other',
    'Different requests at the same time get each their own answer.',
    [{ where: 'Status Codes', says: 'Each answer belongs to one request.' }],
    { kind: 'different ones together' },
    [],
  ),
  must(
    'state/walks-keep-the-rules',
    'Random walks of accepted, rejected and unauthorised requests keep the rules.',
    [status200, status400, status401, status409],
    { kind: 'walk' },
    [],
    sequence,
  ),
];

const answers: readonly Requirement[] = [
  must(
    'answers/are-given',
    'Every request is answered within the time-out.',
    [http],
    { kind: 'every answer', aspect: 'answered' },
    [],
  ),
  must(
    'answers/documented-status',
    'Every answer has a status of the page.',
    [{ where: 'Status Codes', says: '200, 400, 401, 403, 404, 409 and 500.' }],
    { kind: 'every answer', aspect: 'documented status' },
    [],
  ),
  must(
    'answers/client-fault-is-no-server-error',
    "A client's fault is never answered with 5xx.",
    [status400, status500],
    { kind: 'every answer', aspect: 'no 5xx' },
    [],
  ),
  should(
    'answers/odd-input-is-no-server-error',
    'Odd input is never answered with 5xx.',
    [status400, status500],
    { kind: 'every answer', aspect: 'no 5xx for odd input' },
    [],
  ),
  should(
    'answers/no-redirect',
    'No answer is a redirect.',
    [{ where: 'Status Codes', says: 'No 3xx.' }],
    { kind: 'every answer', aspect: 'no redirect' },
    [],
  ),
  must(
    'answers/acceptance-has-job-id',
    'An acceptance is a JSON object whose job_id is a string.',
    [{ where: 'Response Parameters, 200, job_id', says: 'A string: the id of the task.' }],
    { kind: 'every answer', aspect: 'acceptance body' },
    [],
  ),
  should(
    'answers/job-id-is-not-empty',
    'job_id is not empty.',
    [{ where: 'Response Parameters, 200, job_id', says: 'The id of the task.' }],
    { kind: 'every answer', aspect: 'acceptance job id is not empty' },
    [],
  ),
  should(
    'answers/job-id-is-new',
    'Each acceptance has a job_id of its own.',
    [{ where: 'Response Parameters, 200, job_id', says: 'The id of the task.' }],
    { kind: 'every answer', aspect: 'acceptance job id is new' },
    [],
  ),
  should(
    'answers/acceptance-is-json',
    'An acceptance has a JSON media type.',
    [http],
    { kind: 'every answer', aspect: 'acceptance media type' },
    [],
  ),
  should(
    'answers/acceptance-has-no-error',
    'An acceptance carries no error_code.',
    [errorTable],
    { kind: 'every answer', aspect: 'acceptance without error' },
    [],
  ),
  must(
    'answers/error-shape',
    "An error's body has the documented shape.",
    [errorTable],
    { kind: 'every answer', aspect: 'error shape' },
    [],
  ),
  should(
    'answers/error-shape-outside-the-operation',
    'An error of the gateway or the router has the documented shape too.',
    [errorTable],
    { kind: 'every answer', aspect: 'error shape outside the operation' },
    [],
  ),
  should(
    'answers/error-message-is-present',
    'An error has an error_msg.',
    [errorTable],
    { kind: 'every answer', aspect: 'error message present' },
    [],
  ),
  should(
    'answers/error-texts-are-not-empty',
    'error_code and error_msg are not empty.',
    [errorTable],
    { kind: 'every answer', aspect: 'error texts not empty' },
    [],
  ),
  should(
    'answers/error-is-json',
    'An error has a JSON media type.',
    [http],
    { kind: 'every answer', aspect: 'error media type' },
    [],
  ),
  should(
    'answers/error-has-no-job-id',
    'An error carries no job_id.',
    [errorTable],
    { kind: 'every answer', aspect: 'error without job id' },
    [],
  ),
  should(
    'answers/no-internals',
    'No answer shows a stack trace, SQL or a file path.',
    [owasp],
    { kind: 'every answer', aspect: 'no internals' },
    [],
  ),
  should(
    'answers/no-secrets',
    'No answer repeats the credential.',
    [owasp],
    { kind: 'every answer', aspect: 'no echo of secrets' },
    [],
  ),
];

/** The catalogue, in the order in which it is reported. */
export const requirements: readonly Requirement[] = [
  ...accepted,
  ...fieldRows,
  ...rejected,
  ...credentials,
  ...paths,
  ...situations,
  ...answers,
];
