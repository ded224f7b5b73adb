import { type Dimension, dimensionNames } from '../../specs/contexts.ts';
import type { DeviationKind } from '../../specs/deviations.ts';
import { type Field, fields, type State } from '../../specs/requirement.ts';
import type { CheckName } from '../checks.ts';
import { stateValues, tokens } from '../world.ts';
import type { Seen } from './seen.ts';

/** What a row says that is sent: a kind of deviation, perhaps of one field, in a state. */
export interface Subject {
  readonly kind: DeviationKind;
  readonly field: Field | undefined;
  readonly given: State;
}

type Test = (seen: Seen) => boolean;

/** Requests of a kind that have more in common. */
export interface Class {
  /** Empty where the kind is one class. */
  readonly name: string;
  /** Tells them from others that the same checks refuse. */
  readonly is: Test;
  /** Dimensions of which they can have but one level, or none. */
  readonly without: readonly Dimension[];
}

/** How the endpoint tells requests of a kind from others. */
export interface Recognised {
  /** What refuses them; `route`: they are not at the path of the operation. */
  readonly by: readonly (CheckName | 'route')[];
  readonly classes: readonly Class[];
}

const any: Test = () => true;
const body: readonly Dimension[] = [
  'image_type',
  'os_type',
  'delay_time',
  'message',
  'order_id',
  'is_fix',
  'writing',
  'size',
];
const image = stateValues['pool is ready'].image_id ?? '';
const project = stateValues['pool is ready'].project_id ?? '';

type Tests = Test | Readonly<Record<string, Test>>;

function recognised(by: Recognised['by'], tests: Tests = any, without: readonly Dimension[] = []): Recognised {
  const named = typeof tests === 'function' ? { '': tests } : tests;
  return { by, classes: Object.entries(named).map(([name, is]) => ({ name, is, without })) };
}

/** A request about one field, whose own level it takes. */
function aboutField({ field = 'message' }: Subject, by: readonly ('type' | 'range')[], tests: Tests): Recognised {
  return recognised(
    by.map((check) => `${check} ${field}` as const),
    tests,
    dimensionNames.filter((dimension) => dimension === field),
  );
}

function valueSeen({ field = 'message' }: Subject, { field: find }: Seen): unknown {
  return find(field)?.value;
}

// Values of fields.

const isComposite = (value: unknown): boolean => typeof value === 'object' && value !== null;

/** Scalars that mean a value of the field's type to whoever converts. */
function isConvertible(field: Field | undefined, value: unknown): boolean {
  if (isComposite(value)) return false;
  if (field === 'delay_time') return typeof value === 'boolean' || Number.isInteger(Number(value));
  if (field === 'is_fix')
    return typeof value === 'number' || /^(?:true|false|yes|no|on|off|[01]|)$/i.test(String(value));
  return true;
}

function wrongType(subject: Subject): Recognised {
  const isScalar: Test = (seen) => {
    const value = valueSeen(subject, seen);
    return !isComposite(value) && !isConvertible(subject.field, value);
  };
  const list: Test = (seen) => isComposite(valueSeen(subject, seen));
  const hasScalars = subject.field === 'delay_time' || subject.field === 'is_fix';
  return aboutField(subject, ['type'], hasScalars ? { composite: list, scalar: isScalar } : list);
}

/** Whether a number beyond the range is within it when its upper bits are cut off, or beyond every number. */
function isFar(value: unknown): boolean {
  if (typeof value !== 'number') return false;
  const low = ((value % 256) + 256) % 256;
  return !Number.isSafeInteger(value) || low < 16;
}

function isLong(subject: Subject): Test {
  return (seen) => {
    const value = valueSeen(subject, seen);
    return typeof value === 'string' && value.length > 0;
  };
}

function isTidiedTo(value: unknown, real: string): boolean {
  return typeof value === 'string' && value.replace(/\0.*$/s, '').trim().toLowerCase() === real.toLowerCase();
}

// Keys in place of image_id.

const inherited = /^(?:__proto__|constructor|prototype)\b/;
const ownKeys = ({ value }: Seen): readonly string[] =>
  typeof value === 'object' && value !== null ? Object.keys(value) : [];
const namesImage = (value: unknown): boolean =>
  (JSON.stringify(value) ?? '').includes(JSON.stringify(image).slice(1, -1));
const hasQuery: Test = ({ exchange }) => exchange.signed.target.includes('?');
const isInherited: Test = (seen) => namesImage(seen.value) && ownKeys(seen).some((name) => inherited.test(name));
const isLookAlike: Test = (seen) => !isInherited(seen) && (namesImage(seen.value) || hasQuery(seen));

/** One key, and the image is its value; not one of several keys, nor inside something. */
function isOtherKey(seen: Seen): boolean {
  const { value } = seen;
  const named = ownKeys(seen).filter((name) => Reflect.get(Object(value), name) === image);
  return isLookAlike(seen) && named.length === 1 && !hasQuery(seen);
}

function countOfFaults(seen: Seen): number {
  return fields.filter((field) => {
    const found = seen.field(field);
    if (found?.value === undefined || found.value === null) return field === 'image_id';
    const type = field === 'delay_time' ? 'number' : field === 'is_fix' ? 'boolean' : 'string';
    return typeof found.value !== type || (type === 'number' && !Number.isInteger(found.value));
  }).length;
}

// Credentials.

/** The token of a request, or its signature. */
function credential({ exchange: { tokens: sent, headers } }: Seen): string {
  return sent[0] ?? headers.authorization ?? '';
}

/** The same for a signed request as for a token: what is altered of a signature is told from nothing else. */
function ofToken(holds: (sent: string, good: string) => boolean): Recognised {
  return recognised(['credential'], (seen) => {
    const { tokens: sent } = seen.exchange;
    return sent.length === 0 ? seen.exchange.headers.authorization !== undefined : holds(sent[0] ?? '', tokens.valid);
  });
}

/** Places in which two texts of one length differ; none where the lengths do. */
function differences(one: string, other: string): readonly number[] {
  if (one.length !== other.length) return [];
  return [...one].flatMap((character, i) => (character === other[i] ? [] : [i]));
}

const unsigned = (test: Test): Recognised => recognised(['credential'], test, ['signing']);

function ofState({ given }: Subject): Recognised {
  switch (given) {
    case 'token lacks permission':
      return recognised(['permission'], any, ['signing']);
    case 'token is for another project':
      return recognised(['project'], any, ['signing']);
    default:
      return unsigned((seen) => credential(seen) === tokens.expired);
  }
}

// Ids.

const likeRealPool = /ool-a|pool%2da/i;
const isLikeReal: Test = ({ exchange }) => likeRealPool.test(exchange.rawPool);
const isUnlikeReal: Test = (seen) => !isLikeReal(seen);

// The request as a whole.

/** What a request has no room for that only asks. */
const asks: readonly Dimension[] = [...body, 'transfer', 'media_type'];
const hasNoBody: Test = ({ exchange }) => exchange.body.length === 0;

/** Kinds that the default edition, in which pairs are played, has no field for. */
type KindElsewhere =
  | 'unlisted value'
  | 'too many items'
  | 'too long item'
  | 'repeated item'
  | 'missing when required'
  | 'empty when required';

/** Every other kind of deviation, as the endpoint tells it. */
const kinds: Readonly<Record<Exclude<DeviationKind, KindElsewhere>, (subject: Subject) => Recognised>> = {
  'wrong type': wrongType,
  convertible: (subject) =>
    aboutField(subject, ['type'], (seen) => isConvertible(subject.field, valueSeen(subject, seen))),
  'null image': () => recognised(['image_id'], ({ field }) => field('image_id')?.value === null),
  null: (subject) => aboutField(subject, [], (seen) => valueSeen(subject, seen) === null),
  'empty image': () => recognised(['range image_id'], ({ field }) => field('image_id')?.value === ''),
  'out of range': (subject) =>
    aboutField(subject, ['type', 'range'], {
      near: (seen) => !isFar(valueSeen(subject, seen)),
      far: (seen) => isFar(valueSeen(subject, seen)),
    }),
  'too long': (subject) => aboutField(subject, ['range'], isLong(subject)),
  'too long id': (subject) => aboutField(subject, ['range'], isLong(subject)),
  'missing image': () => recognised(['image_id'], (seen) => !isLookAlike(seen) && !isInherited(seen)),
  'look-alike key': () =>
    recognised(['image_id'], { key: isOtherKey, place: (seen) => isLookAlike(seen) && !isOtherKey(seen) }),
  'inherited key': () => recognised(['image_id'], isInherited),
  'several faults': () =>
    recognised(['image_id', ...fields.map((field) => `type ${field}` as const)], (seen) => countOfFaults(seen) > 1),
  'number notation': () =>
    recognised([], ({ text }) => /(?:\bdelay_time|\\u0065)"\s*:\s*(?:-|\d+[.eE])/.test(text), ['delay_time']),
  'unknown field': () => recognised([], (seen) => ownKeys(seen).some((name) => name.startsWith('conformance'))),
  'inherited unknown field': () =>
    recognised([], (seen) => ownKeys(seen).some((name) => inherited.test(name) || name in {})),
  'not an object': () => recognised(['object'], any, body),
  'no body': () => ({
    by: ['json'],
    classes: [
      { name: 'none', is: hasNoBody, without: [...body, 'transfer'] },
      { name: 'blank', is: (seen) => !hasNoBody(seen) && seen.text.trim() === '', without: body },
    ],
  }),
  'malformed JSON': () => recognised(['json'], ({ text }) => text.trim() !== ''),
  'invalid UTF-8': () => recognised(['encoding'], any, ['message', 'writing']),
  'duplicate keys': () =>
    recognised([], ({ text }) =>
      ['image_id', 'delay_time', 'message', 'is_fix', 'conformance_unknown'].some(
        (name) => text.split(name).length > 2 || text.split(escaped(name)).length > 2,
      ),
    ),
  'byte-order mark': () => recognised([], ({ exchange }) => exchange.body[0] === 0xef),
  'UTF-16': () => recognised([], ({ exchange }) => (exchange.body[0] ?? 0) >= 0xfe),
  'lone surrogate': () =>
    recognised([], ({ field }) => /\p{Surrogate}/u.test(String(field('message')?.value)), ['message']),
  'null character': () => recognised([], ({ field }) => String(field('message')?.value).includes('\0'), ['message']),
  'other format': () =>
    recognised(
      ['json'],
      { form: mediaType(/urlencoded/i), XML: mediaType(/xml/i), multipart: mediaType(/multipart/i) },
      body,
    ),
  'other media type': () => recognised([], (seen) => !mediaType(/^application\/json(?!.*unknown)/i)(seen)),
  'unreasonable known field': () =>
    recognised(['size', 'depth', ...fields.flatMap((field) => [`type ${field}`, `range ${field}`] as const)], any, [
      'size',
    ]),
  'unreasonable unknown field': () =>
    recognised([], ({ exchange }) => exchange.tooLarge || exchange.body.length > 30_000, ['size']),
  'absent credential': () => unsigned(({ exchange }) => exchange.headers.authorization === undefined),
  'empty credential': () => unsigned((seen) => credential(seen) === ''),
  'made-up credential': () => ofToken((sent, good) => differences(sent, good).length !== 1),
  'truncated credential': () => ofToken((sent, good) => sent !== good && good.startsWith(sent)),
  'extended credential': () => ofToken((sent, good) => sent !== good && sent.startsWith(good)),
  'credential in other case': () => ofToken((sent, good) => sent.toLowerCase() === good.toLowerCase()),
  'other first character': () => ofToken((sent, good) => differences(sent, good).join() === '0'),
  'other middle character': () => ofToken((sent, good) => differences(sent, good).length === 1),
  'other last character': () => ofToken((sent, good) => differences(sent, good).join() === String(good.length - 1)),
  'wrapped credential': () => ofToken((sent, good) => sent !== good),
  'altered credential': () => ofToken((sent, good) => sent !== good),
  'other scheme': () => unsigned((seen) => credential(seen) !== ''),
  'very long credential': () => ofToken((sent) => sent.length > 1000),
  'inherited credential': () => ofToken((sent) => sent in {}),
  'odd characters in credential': () => ofToken((sent) => /[^\w.~+=-]/.test(sent)),
  'two credentials': () =>
    recognised([], ({ exchange: { tokens: sent, signed } }) => {
      const values = [...sent, ...(signed.headers['authorization'] ?? [])];
      return values.length > 1 || /(?:Access=.*|^[^=]*),(?:[^=]*$|.*Access=)/.test(values[0] ?? '');
    }),
  'credential of the state': ofState,
  'pool of the state': ({ given }) => recognised([given === 'pool is busy' ? 'busy' : 'pool']),
  'failing service': () => recognised(['failing']),
  'other project': () => recognised(['project'], ({ exchange }) => exchange.rawProject !== project),
  'malformed project id': () => recognised(['path', 'project'], ({ exchange }) => exchange.rawProject !== project),
  'malformed pool id': () => recognised(['path', 'pool'], { near: isLikeReal, form: isUnlikeReal }),
  'encoded pool id': () => ({
    by: ['path', 'pool'],
    classes: [
      // What is encoded wrongly has no form that could be signed.
      { name: 'broken', is: isUnlikeReal, without: ['signing'] },
      { name: 'tidied', is: isLikeReal, without: [] },
    ],
  }),
  'long pool id': () => recognised(['pool'], ({ exchange }) => exchange.rawPool.length > 255),
  'unknown image': () => recognised(['image'], ({ field }) => !isTidiedTo(field('image_id')?.value, image)),
  'untidy image id': () => recognised(['image'], ({ field }) => isTidiedTo(field('image_id')?.value, image)),
  'missing order': () => recognised(['order'], ({ field }) => field('order_id') === undefined, ['order_id']),
  'empty order': () => recognised(['order'], ({ field }) => field('order_id')?.value === '', ['order_id']),
  'unknown order': () => recognised(['order'], ({ field }) => field('order_id')?.value !== '', ['order_id']),
  'long head': () => recognised([], ({ exchange }) => exchange.rawHeaders.some((text) => text.length > 4000)),
  'other method': () => ({
    by: ['method'],
    classes: [
      { name: 'without body', is: ({ exchange }) => /^(?:GET|HEAD)$/.test(exchange.method), without: asks },
      { name: 'with body', is: ({ exchange }) => !/^(?:GET|HEAD)$/.test(exchange.method), without: [] },
    ],
  }),
  'other path': () => recognised(['route']),
  'nearly the same path': () => recognised(['route'], ({ exchange }) => exchange.rawPool === ''),
};

function escaped(name: string): string {
  return [...name].map((letter) => `\\u00${letter.charCodeAt(0).toString(16)}`).join('');
}

function mediaType(form: RegExp): Test {
  return ({ exchange }) => form.test(exchange.headers['content-type'] ?? '');
}

/** How the endpoint tells what a row of the default edition is about. */
export function recognise(subject: Subject): Recognised {
  const table: Readonly<Partial<Record<DeviationKind, (subject: Subject) => Recognised>>> = kinds;
  const of = table[subject.kind];
  if (of === undefined) throw new Error(`reference/pairs/classes.ts does not tell what "${subject.kind}" looks like`);
  return of(subject);
}
