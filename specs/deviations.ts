import type { Level } from './requirement.ts';

/**
 * What of a request is wrong, coarsely: how reports put findings together. `type`, `range`: of a value; `member`: what
 * is there under which name; `body`: the body as a whole; `encoding`: its bytes; `oddity`: what a target may take or
 * refuse; `credential`: who asks; `project`: for whom; `pool`, `image`: what is named; `request`: method, path, head.
 */
export const dimensions = [
  'type',
  'range',
  'member',
  'body',
  'encoding',
  'oddity',
  'credential',
  'project',
  'pool',
  'image',
  'request',
] as const;
export type DeviationDimension = (typeof dimensions)[number];

/** What every decision about a kind of deviation rests on: one place for each. */
export interface Traits {
  readonly dimension: DeviationDimension;
  /** Whether a correct target accepts it: `perhaps` needs room under the cap on rebuilds, like `always`. */
  readonly accepted: 'always' | 'perhaps' | 'never';
  /** What the schema says of the body: checked for each case that is sent. `free`: anything, or none. */
  readonly body: 'valid' | 'invalid' | 'malformed' | 'free';
  /** Whose answer it is: the shape of an error is a MUST for the operation alone. */
  readonly answeredBy: 'operation' | 'gateway';
  /** The level at which a 5xx is a failure. */
  readonly serverError: Level;
  /** Statuses beside those of the page that are no failure. */
  readonly otherStatuses: readonly number[];
  /** `harsh`: seen to bring servers down, so it is sent late. */
  readonly phase: 'usual' | 'harsh';
}

function traits(dimension: DeviationDimension, over: Partial<Traits> = {}): Traits {
  return {
    dimension,
    accepted: 'never',
    body: 'valid',
    answeredBy: 'operation',
    serverError: 'MUST',
    otherStatuses: [],
    phase: 'usual',
    ...over,
  };
}

const wrongType = traits('type', { body: 'invalid' });
const wrongMember = traits('member', { body: 'invalid' });
const oddity = traits('oddity', { accepted: 'perhaps' });
const credential = traits('credential');
const image = traits('image');
const gateway = traits('request', { answeredBy: 'gateway', phase: 'harsh' });

/** Every kind of deviation. */
export const deviations = {
  // Fields of the body.
  'wrong type': wrongType,
  convertible: wrongType,
  'null image': wrongType,
  null: traits('type', { accepted: 'perhaps', body: 'invalid' }),
  'empty image': traits('type', { body: 'invalid', serverError: 'SHOULD' }),
  'out of range': traits('range', { body: 'invalid', serverError: 'SHOULD' }),
  'too long': traits('range', { body: 'invalid', serverError: 'SHOULD', otherStatuses: [413] }),
  'too long id': traits('range', { body: 'invalid', otherStatuses: [413] }),
  'unlisted value': traits('range', { body: 'invalid', serverError: 'SHOULD' }),
  'too many items': traits('range', { body: 'invalid', serverError: 'SHOULD', otherStatuses: [413] }),
  'too long item': traits('range', { body: 'invalid', serverError: 'SHOULD', otherStatuses: [413] }),
  'repeated item': traits('oddity', { accepted: 'perhaps', body: 'invalid' }),
  'missing when required': wrongMember,
  'empty when required': traits('range', { body: 'invalid', serverError: 'SHOULD' }),
  'missing image': wrongMember,
  'look-alike key': wrongMember,
  'inherited key': traits('member', { body: 'invalid', serverError: 'SHOULD' }),
  'several faults': wrongType,
  'number notation': oddity,
  'unknown field': oddity,
  'inherited unknown field': traits('oddity', { accepted: 'perhaps', serverError: 'SHOULD' }),
  // The body as a whole.
  'not an object': wrongType,
  'no body': traits('body', { body: 'free' }),
  'malformed JSON': traits('body', { body: 'malformed' }),
  'invalid UTF-8': traits('encoding', { body: 'malformed', phase: 'harsh' }),
  'duplicate keys': oddity,
  'byte-order mark': traits('encoding', {
    accepted: 'perhaps',
    body: 'free',
    serverError: 'SHOULD',
    otherStatuses: [415],
    phase: 'harsh',
  }),
  'UTF-16': traits('encoding', {
    accepted: 'perhaps',
    body: 'free',
    serverError: 'SHOULD',
    otherStatuses: [415],
    phase: 'harsh',
  }),
  'lone surrogate': traits('encoding', { accepted: 'perhaps', serverError: 'SHOULD', phase: 'harsh' }),
  'null character': traits('encoding', { accepted: 'perhaps', serverError: 'SHOULD', phase: 'harsh' }),
  'other format': traits('body', { body: 'free', otherStatuses: [415] }),
  'other media type': traits('body', { accepted: 'perhaps', otherStatuses: [415] }),
  'unreasonable known field': traits('range', {
    body: 'invalid',
    answeredBy: 'gateway',
    otherStatuses: [413],
    phase: 'harsh',
  }),
  'unreasonable unknown field': traits('oddity', {
    accepted: 'perhaps',
    answeredBy: 'gateway',
    otherStatuses: [413],
    phase: 'harsh',
  }),
  // Credentials.
  'absent credential': credential,
  'empty credential': credential,
  'made-up credential': credential,
  'truncated credential': credential,
  'extended credential': credential,
  'credential in other case': credential,
  'other first character': credential,
  'other middle character': credential,
  'other last character': credential,
  'wrapped credential': credential,
  'altered credential': credential,
  'other scheme': credential,
  'very long credential': traits('credential', { answeredBy: 'gateway', otherStatuses: [413, 431] }),
  'inherited credential': credential,
  'odd characters in credential': credential,
  'two credentials': traits('credential', { accepted: 'perhaps' }),
  'credential of the state': credential,
  // What is named in the path, and the image.
  'pool of the state': traits('pool'),
  'failing service': traits('pool', { serverError: 'MAY' }),
  'other project': traits('project'),
  'malformed project id': traits('project', { otherStatuses: [414] }),
  'malformed pool id': traits('pool', { phase: 'harsh', otherStatuses: [414] }),
  'encoded pool id': traits('pool', { answeredBy: 'gateway', otherStatuses: [414], phase: 'harsh' }),
  'long pool id': traits('pool', { answeredBy: 'gateway', otherStatuses: [413, 414, 431], phase: 'harsh' }),
  'unknown image': image,
  'untidy image id': image,
  'missing order': image,
  'empty order': image,
  'unknown order': image,
  // Other ways to ask.
  'long head': traits('request', {
    accepted: 'perhaps',
    answeredBy: 'gateway',
    otherStatuses: [413, 414, 431],
    phase: 'harsh',
  }),
  'other method': traits('request', {
    ...gateway,
    body: 'free',
    serverError: 'SHOULD',
    otherStatuses: [204, 405, 501],
    phase: 'usual',
  }),
  'other path': traits('request', {
    ...gateway,
    serverError: 'SHOULD',
    otherStatuses: [405, 414, 501],
    phase: 'usual',
  }),
  'nearly the same path': traits('request', {
    ...gateway,
    accepted: 'perhaps',
    serverError: 'SHOULD',
    otherStatuses: [405],
    phase: 'usual',
  }),
} as const satisfies Readonly<Record<string, Traits>>;

export type DeviationKind = keyof typeof deviations;

/** The traits of a kind. */
export function traitsOf(kind: DeviationKind): Traits {
  return deviations[kind];
}
