import type { Dimension, FieldDimension, LevelOf } from '../../specs/contexts.ts';
import type { Field } from '../../specs/requirement.ts';
import type { Exchange } from '../checks.ts';
import { look, type Seen } from './seen.ts';

/** How the endpoint tells a level from what came, knowing nothing of how requests are made. */
type Recognisers = {
  readonly [D in Exclude<Dimension, FieldDimension>]: { readonly [L in LevelOf<D>]: (seen: Seen) => boolean };
};
/** The same for the fields, whose levels are those that a schema leaves them. */
type FieldRecognisers = Readonly<Record<string, (seen: Seen) => boolean>>;

/** Characters that the longest message has, and no other. */
const longest = 400;
/** White space in a row that nobody writes unless the body is to be large. */
const much = /\s{1000,}/;

function isAbsent(field: Field): (seen: Seen) => boolean {
  return (seen) => seen.field(field) === undefined;
}

function is(field: Field, holds: (value: unknown) => boolean): (seen: Seen) => boolean {
  return (seen) => {
    const found = seen.field(field);
    return found !== undefined && holds(found.value);
  };
}

const isEmpty = (value: unknown): boolean => value === '';
const isFilled = (value: unknown): boolean => typeof value === 'string' && value !== '';
const isWhole = (value: unknown): value is number => typeof value === 'number' && Number.isInteger(value);

function text(field: Field): FieldRecognisers {
  return { absent: isAbsent(field), given: is(field, isFilled), empty: is(field, isEmpty) };
}

/** A message, by what its text is like; an emoji may be written with escapes. */
function message(holds: (text: string, isRich: boolean) => boolean): (seen: Seen) => boolean {
  return is('message', (value) => typeof value === 'string' && holds(value, /\u{1F44B}|\\ud83d\\udc4b/iu.test(value)));
}

// How JSON is written: by what stands between the tokens, wherever it is broken.
const isSpaced = /^\s|"\s+:/;
/** A text that begins with an escaped letter, of those with which the fields begin. */
const hasEscapedName = /"\\u00(?:69|6f|64|6d)\\u00/i;
const hasLineForEachMember = /\n {2}\S/;

function writing(holds: (text: string) => boolean): (seen: Seen) => boolean {
  return ({ text: body }) => holds(body.replace(much, ''));
}

function header(name: string): (seen: Seen) => boolean {
  return ({ exchange }) => exchange.headers[name] !== undefined;
}

function transfer(which: 'whole' | 'chunked' | 'pieces' | 'expected'): (seen: Seen) => boolean {
  return ({ exchange: { headers, pieces } }) => {
    if (headers['transfer-encoding'] !== undefined) return which === 'chunked';
    if (headers.expect !== undefined) return which === 'expected';
    return which === (pieces > 1 ? 'pieces' : 'whole');
  };
}

function mediaType(holds: (type: string, parameters: string) => boolean): (seen: Seen) => boolean {
  return ({ exchange: { headers } }) => {
    const [type, ...parameters] = (headers['content-type'] ?? '').split(';');
    return type !== undefined && type !== '' && holds(type, parameters.join(';'));
  };
}

/** The names of the headers, by turns with their values in what came. */
function namesAre(written: (name: string) => string): (seen: Seen) => boolean {
  return ({ exchange }) => exchange.rawHeaders.every((name, i) => i % 2 === 1 || name === written(name));
}
const areLower = namesAre((name) => name.toLowerCase());
const areUpper = namesAre((name) => name.toUpperCase());

const isClosing = ({ exchange: { headers } }: Seen): boolean => headers.connection === 'close';
const isClient = header('accept-language');
const isGateway = header('via');
const isBrowser = header('sec-fetch-mode');
const hasDeclaredHash = header('x-sdk-content-sha256');
const hasQuery = ({ exchange }: Seen): boolean => exchange.signed.target.includes('?');

const fieldLevels: Readonly<Partial<Record<FieldDimension, FieldRecognisers>>> = {
  image_type: text('image_type'),
  os_type: text('os_type'),
  delay_time: {
    absent: isAbsent('delay_time'),
    least: is('delay_time', (value) => value === 0),
    most: is('delay_time', (value) => value === 15),
    between: is('delay_time', (value) => isWhole(value) && value > 0 && value < 15),
  },
  message: {
    absent: isAbsent('message'),
    rich: message((_, isRich) => isRich),
    longest: message(({ length }, isRich) => !isRich && length >= longest),
    empty: is('message', isEmpty),
    typical: message(({ length }, isRich) => !isRich && length > 8 && length < longest),
    literal: message(({ length }) => length > 0 && length <= 8),
  },
  order_id: text('order_id'),
  is_fix: {
    absent: isAbsent('is_fix'),
    true: is('is_fix', (value) => value === true),
    false: is('is_fix', (value) => value === false),
  },
};

const levels: Recognisers = {
  writing: {
    compact: writing((body) => !isSpaced.test(body) && !hasEscapedName.test(body) && !hasLineForEachMember.test(body)),
    spaced: writing((body) => isSpaced.test(body)),
    escaped: writing((body) => hasEscapedName.test(body)),
    reversed: writing((body) => hasLineForEachMember.test(body)),
  },
  size: { natural: ({ text: body }) => !much.test(body), padded: ({ text: body }) => much.test(body) },
  transfer: {
    whole: transfer('whole'),
    chunked: transfer('chunked'),
    pieces: transfer('pieces'),
    expected: transfer('expected'),
  },
  media_type: {
    json: mediaType((type, parameters) => type === type.toLowerCase() && !/charset/i.test(parameters)),
    charset: mediaType((type, parameters) => type === type.toLowerCase() && /charset/i.test(parameters)),
    recased: mediaType((type) => type !== type.toLowerCase()),
  },
  header_case: { usual: (seen) => !areLower(seen) && !areUpper(seen), lower: areLower, upper: areUpper },
  headers: {
    none: (seen) => !isClient(seen) && !isGateway(seen) && !isBrowser(seen),
    client: isClient,
    gateway: isGateway,
    browser: isBrowser,
  },
  connection: {
    reused: (seen) => !seen.exchange.isFirst && !isClosing(seen),
    fresh: (seen) => seen.exchange.isFirst && !isClosing(seen),
    closing: isClosing,
  },
  signing: { usual: (seen) => !hasDeclaredHash(seen), whole: hasDeclaredHash },
  query: { none: (seen) => !hasQuery(seen), image_id: hasQuery },
};

const tables: Readonly<Partial<Record<Dimension, FieldRecognisers>>> = { ...fieldLevels, ...levels };

/** The levels that the endpoint can tell, by dimension. */
export function levelsTold(dimension: Dimension): readonly string[] {
  return Object.keys(tables[dimension] ?? {});
}

/** Whether a request, as it came, has a level of a dimension. */
export function hasLevel(exchange: Exchange, dimension: Dimension, level: string): boolean {
  const holds = tables[dimension]?.[level];
  if (holds === undefined) throw new Error(`reference/pairs/levels.ts does not tell ${dimension} ${level}`);
  return holds(look(exchange));
}
