import type { Level } from './requirement.ts';

/** What every decision about a kind of deviation rests on: one place for each. */
export interface Traits {
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

function traits(over: Partial<Traits> = {}): Traits {
  return {
    accepted: 'never',
    body: 'valid',
    answeredBy: 'operation',
    serverError: 'MUST',
    otherStatuses: [],
    phase: 'usual',
    ...over,
  };
}

const invalid = traits({ body: 'invalid' });
const malformed = traits({ body: 'malformed' });
const perhaps = traits({ accepted: 'perhaps' });
const credential = traits();
const gateway = traits({ answeredBy: 'gateway', phase: 'harsh' });

/** Every kind of deviation. */
export const deviations = {
  // Fields of the body.
  'wrong type': invalid,
  convertible: invalid,
  'null image': invalid,
  null: traits({ accepted: 'perhaps', body: 'invalid' }),
  'empty image': traits({ body: 'invalid', serverError: 'SHOULD' }),
  'out of range': traits({ body: 'invalid', serverError: 'SHOULD' }),
  'too long': traits({ body: 'invalid', serverError: 'SHOULD', otherStatuses: [413] }),
  'too long id': traits({ body: 'invalid', otherStatuses: [413] }),
  'unlisted value': traits({ body: 'invalid', serverError: 'SHOULD' }),
  'too many items': traits({ body: 'invalid', serverError: 'SHOULD', otherStatuses: [413] }),
  'too long item': traits({ body: 'invalid', serverError: 'SHOULD', otherStatuses: [413] }),
  'repeated item': traits({ accepted: 'perhaps', body: 'invalid' }),
  'missing when required': invalid,
  'empty when required': traits({ body: 'invalid', serverError: 'SHOULD' }),
  'missing image': invalid,
  'look-alike key': invalid,
  'inherited key': traits({ body: 'invalid', serverError: 'SHOULD' }),
  'several faults': invalid,
  'number notation': perhaps,
  'unknown field': perhaps,
  'inherited unknown field': traits({ accepted: 'perhaps', serverError: 'SHOULD' }),
  // The body as a whole.
  'not an object': invalid,
  'no body': traits({ body: 'free' }),
  'malformed JSON': malformed,
  'invalid UTF-8': traits({ body: 'malformed', phase: 'harsh' }),
  'duplicate keys': perhaps,
  'byte-order mark': traits({
    accepted: 'perhaps',
    body: 'free',
    serverError: 'SHOULD',
    otherStatuses: [415],
    phase: 'harsh',
  }),
  'UTF-16': traits({ accepted: 'perhaps', body: 'free', serverError: 'SHOULD', otherStatuses: [415], phase: 'harsh' }),
  'lone surrogate': traits({ accepted: 'perhaps', serverError: 'SHOULD', phase: 'harsh' }),
  'null character': traits({ accepted: 'perhaps', serverError: 'SHOULD', phase: 'harsh' }),
  'other format': traits({ body: 'free', otherStatuses: [415] }),
  'other media type': traits({ accepted: 'perhaps', otherStatuses: [415] }),
  'unreasonable known field': traits({ body: 'invalid', answeredBy: 'gateway', otherStatuses: [413], phase: 'harsh' }),
  'unreasonable unknown field': traits({
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
  'very long credential': traits({ answeredBy: 'gateway', otherStatuses: [413, 431] }),
  'inherited credential': credential,
  'odd characters in credential': credential,
  'two credentials': perhaps,
  'credential of the state': credential,
  // What is named in the path, and the image.
  'pool of the state': credential,
  'failing service': traits({ serverError: 'MAY' }),
  'other project': credential,
  'malformed project id': traits({ otherStatuses: [414] }),
  'malformed pool id': traits({ phase: 'harsh', otherStatuses: [414] }),
  'encoded pool id': traits({ answeredBy: 'gateway', otherStatuses: [414], phase: 'harsh' }),
  'long pool id': traits({ answeredBy: 'gateway', otherStatuses: [413, 414, 431], phase: 'harsh' }),
  'unknown image': credential,
  'untidy image id': credential,
  'missing order': credential,
  'empty order': credential,
  'unknown order': credential,
  // Other ways to ask.
  'long head': traits({ accepted: 'perhaps', answeredBy: 'gateway', otherStatuses: [413, 414, 431], phase: 'harsh' }),
  'other method': traits({
    ...gateway,
    body: 'free',
    serverError: 'SHOULD',
    otherStatuses: [204, 405, 501],
    phase: 'usual',
  }),
  'other path': traits({ ...gateway, serverError: 'SHOULD', otherStatuses: [405, 414, 501], phase: 'usual' }),
  'nearly the same path': traits({
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
