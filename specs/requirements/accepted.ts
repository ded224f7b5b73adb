import { editionsWhere } from '../schemas.ts';
import type { ValueSchema } from '../value-schema.ts';
import {
  both,
  context,
  definition,
  deviation,
  http,
  json,
  may,
  must,
  no5xx,
  ok,
  page,
  should,
  status200,
} from './row.ts';

/** The editions that have a field of which something holds. */
const whereSome = (holds: (schema: ValueSchema) => boolean) =>
  editionsWhere(({ request }) => Object.values(request.properties).some(holds));

/** Bodies and ways to send them that are valid, or that nobody forbids. */
export const accepted = [
  must(
    'body/minimal-is-accepted',
    'A body with image_id alone is accepted with 200.',
    [page('image_id', 'The only mandatory field.'), status200],
    context('plain'),
    ok,
    { techniques: both },
  ),
  must(
    'body/full-is-accepted',
    'A body with every field is accepted with 200.',
    [{ where: 'Example Requests', says: 'All seven fields together.' }, status200],
    context('full'),
    ok,
    { techniques: both },
  ),
  must(
    'body/optional-fields-combine',
    'Every combination of optional fields is accepted.',
    [{ where: 'Request Parameters', says: 'All fields but image_id are optional.' }, status200],
    context('levels'),
    ok,
  ),
  must(
    'body/every-delay-is-accepted',
    'Every delay_time from 0 to 15 is accepted.',
    [page('delay_time', 'An integer, in minutes.'), definition],
    context('levels'),
    ok,
  ),
  must(
    'body/any-text-is-accepted',
    'message takes any Unicode text.',
    [page('message', 'A string for the user.'), json],
    context('levels'),
    ok,
  ),
  must(
    'body/long-message-is-accepted',
    'message takes up to 400 characters.',
    [page('message', 'A string; no limit on the page.'), definition],
    context('levels'),
    ok,
  ),
  must(
    'body/documented-values-are-accepted',
    'Every documented value of a field that has a list of them is accepted.',
    [{ where: "Request model of the vendor's SDKs", says: 'The values of each enumeration.' }, status200],
    context('levels'),
    ok,
    { editions: whereSome((schema) => schema.enum !== undefined) },
  ),
  must(
    'body/any-json-writing-is-accepted',
    'The same JSON written differently is accepted.',
    [json, status200],
    context('levels'),
    ok,
  ),
  must(
    'body/any-transport-is-accepted',
    'A valid body is accepted in chunks, on a new or a used connection, and with header names in any case.',
    [http, status200],
    context('levels'),
    ok,
  ),
  must(
    'body/additional-headers-are-ignored',
    'A valid body is accepted whatever headers clients, gateways, browsers and tracing add.',
    [{ where: 'RFC 9110, 5.1', says: 'Header fields that a recipient does not know are ignored.' }, status200],
    context('levels'),
    ok,
  ),
  should(
    'body/expect-continue-is-accepted',
    'A valid body that waits for 100 Continue is accepted.',
    [{ where: 'RFC 9110, 10.1.1', says: 'Expect: 100-continue is answered with 100, or with a final status.' }],
    context('levels'),
    ok,
  ),
  should(
    'body/charset-is-accepted',
    'application/json with a charset is accepted.',
    [http, { where: 'Sibling operations in the API definition', says: 'They consume application/json;charset=utf-8.' }],
    context('levels'),
    ok,
  ),
  should(
    'body/empty-optional-string-is-accepted',
    'An empty optional string is accepted.',
    [{ where: 'The API definition of the vendor', says: 'Optional strings have a minimum length of 0.' }],
    context('levels'),
    ok,
  ),
  should(
    'body/empty-list-is-accepted',
    'An empty list is accepted.',
    [{ where: 'A sibling operation in the API definition', says: 'The list has 0 items or more.' }],
    context('levels'),
    ok,
    { editions: whereSome((schema) => schema.type === 'array') },
  ),
  should(
    'body/unknown-field-is-no-server-error',
    'An unknown field is ignored or refused, never a server error.',
    [{ where: 'The API definition of the vendor', says: 'Nothing is said of unknown fields.' }],
    deviation('unknown field'),
    no5xx,
  ),
  should(
    'body/inherited-unknown-field-is-no-server-error',
    'An unknown field named like what every object inherits is ignored or refused, never a server error.',
    [json, { where: 'CWE-1321', says: 'Keys such as __proto__ alter no object but the one that they stand in.' }],
    deviation('inherited unknown field'),
    no5xx,
  ),
  may(
    'body/integer-in-other-notation-is-accepted',
    'An integer written 15.0 or 1.5e1 is accepted.',
    [json],
    deviation('number notation'),
    ok,
  ),
] as const;
