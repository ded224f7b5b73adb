import type { DeviationKind } from '../deviations.ts';
import type { State, StatusPattern, Technique } from '../requirement.ts';
import {
  both,
  deviation,
  http,
  may,
  must,
  no5xx,
  owasp,
  property,
  relation,
  should,
  status400,
  status401,
  status403,
  status404,
} from './row.ts';

const bodyFaults: readonly DeviationKind[] = ['wrong type', 'missing image', 'malformed JSON', 'no body'];

/** With a valid body, and with an invalid one, where it is open which fault is answered. */
function unauthorised<const Slug extends string>(
  slug: Slug,
  of: DeviationKind,
  is: string,
  techniques: readonly Technique[] = property,
) {
  return [
    must(
      `credentials/${slug}-is-unauthorised`,
      `A request whose credential is ${is} is answered with 401.`,
      [status401],
      deviation(of),
      [401],
      { techniques },
    ),
    must(
      `credentials/${slug}-with-invalid-body-is-refused`,
      `A request whose credential is ${is} and whose body is invalid is answered with 400 or 401.`,
      [status401, status400],
      deviation(of, { second: bodyFaults }),
      [400, 401],
    ),
  ] as const;
}

function otherCharacter<const Place extends 'first' | 'middle' | 'last'>(place: Place) {
  return must(
    `credentials/other-${place}-character-is-unauthorised`,
    `A credential whose ${place} character is another one is answered with 401.`,
    [status401],
    deviation(`other ${place} character`),
    [401],
  );
}

function ofStateWithInvalidBody<const Slug extends string>(
  slug: Slug,
  subject: string,
  given: State,
  statuses: readonly StatusPattern[],
) {
  return must(
    `credentials/${slug}-with-invalid-body-is-refused`,
    `${subject} with an invalid body is answered with ${statuses.join(', ').replace(/, (\d+)$/, ' or $1')}.`,
    [status401, status403, status400],
    deviation('credential of the state', { second: bodyFaults }),
    statuses,
    { given },
  );
}

/** Who asks. */
export const credentials = [
  ...unauthorised('absent', 'absent credential', 'absent', both),
  ...unauthorised('empty', 'empty credential', 'empty'),
  ...unauthorised('garbage', 'made-up credential', 'garbage'),
  ...unauthorised('truncated', 'truncated credential', 'truncated'),
  ...unauthorised('extended', 'extended credential', 'extended'),
  ...unauthorised('other-case', 'credential in other case', 'in another case'),
  otherCharacter('first'),
  otherCharacter('middle'),
  otherCharacter('last'),
  must(
    'credentials/wrapped-is-unauthorised',
    'A good credential in quotes, or with padding, a scheme or a separator around it, is answered with 401.',
    [status401],
    deviation('wrapped credential'),
    [401],
  ),
  must(
    'credentials/altered-is-unauthorised',
    'A credential of which any part was altered, or a request that is not the one that was signed, is answered with 401.',
    [
      status401,
      { where: "The vendor's guide to signing", says: 'The signature covers the request; it is for its time.' },
    ],
    deviation('altered credential'),
    [401],
  ),
  must(
    'credentials/bearer-scheme-is-unauthorised',
    'A made-up credential of another scheme is answered with 401.',
    [status401],
    deviation('other scheme'),
    [401],
  ),
  must(
    'credentials/very-long-is-refused',
    'A made-up credential of 10 KiB is refused.',
    [status401, http],
    deviation('very long credential'),
    [400, 401, 413, 431],
  ),
  must(
    'credentials/inherited-name-is-unauthorised',
    'The name of a property that every object inherits is no credential: 401.',
    [status401],
    deviation('inherited credential'),
    [401],
  ),
  must(
    'credentials/odd-characters-are-refused',
    'A made-up credential with quotes and a character beyond ASCII is answered with 400 or 401.',
    [status401, http],
    deviation('odd characters in credential'),
    [400, 401],
  ),
  may(
    'credentials/two-tokens-are-answered',
    'Two tokens at once are accepted or refused.',
    [http],
    deviation('two credentials'),
    no5xx,
  ),
  must(
    'credentials/expired-is-unauthorised',
    'An expired token is answered with 401.',
    [status401],
    deviation('credential of the state'),
    [401],
    { techniques: both, given: 'token is expired' },
  ),
  must(
    'credentials/no-permission-is-refused',
    'A token without permission is answered with 403 or 404.',
    [status403],
    deviation('credential of the state'),
    [403, 404],
    { techniques: both, given: 'token lacks permission' },
  ),
  should(
    'credentials/no-permission-is-forbidden',
    'A token without permission is answered with 403.',
    [status403],
    deviation('credential of the state'),
    [403],
    { given: 'token lacks permission' },
  ),
  must(
    'credentials/other-project-token-is-refused',
    "Another project's token is answered with 401, 403 or 404.",
    [status403, status404],
    deviation('credential of the state'),
    [401, 403, 404],
    { given: 'token is for another project' },
  ),
  ofStateWithInvalidBody('expired', 'An expired token', 'token is expired', [400, 401]),
  ofStateWithInvalidBody('no-permission', 'A token without permission', 'token lacks permission', [400, 403, 404]),
  ofStateWithInvalidBody(
    'other-project-token',
    "Another project's token",
    'token is for another project',
    [400, 401, 403, 404],
  ),
  must(
    'credentials/other-project-is-refused',
    "One's own token on another project is answered with 401, 403 or 404.",
    [{ where: 'URI, project_id', says: 'The pool belongs to the project.' }, status403],
    deviation('other project'),
    [401, 403, 404],
  ),
  must(
    'credentials/acceptance-authorises-nothing-else',
    'After an accepted request on the same connection an invalid credential is refused as without it.',
    [status401, http],
    relation('credential after acceptance'),
    [401],
  ),
  should(
    'credentials/existence-is-not-told',
    'Without a credential an existing and an unknown pool are answered alike.',
    [owasp],
    relation('existence without credential'),
    [],
  ),
] as const;
