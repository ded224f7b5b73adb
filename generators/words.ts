import { type Dimension, type FieldDimension, isField, type LevelOf } from '../specs/contexts.ts';
import type { Play } from './cases.ts';
import { unusual } from './contexts.ts';
import type { Context } from './model.ts';

/** Levels of the other dimensions than fields in words; undefined for plain ones. */
const words: {
  readonly [D in Exclude<Dimension, FieldDimension>]: Readonly<Partial<Record<LevelOf<D>, string>>>;
} = {
  writing: {
    spaced: 'white space between the tokens',
    escaped: 'keys and texts written with escapes',
    reversed: 'keys in reversed order, pretty-printed',
  },
  size: { padded: 'white space up to 9 KiB' },
  transfer: {
    chunked: 'sent in chunks',
    pieces: 'sent in two pieces',
    expected: 'sent after Expect: 100-continue',
  },
  media_type: {
    charset: 'a charset in the media type',
    recased: 'the media type in other case, with a quoted charset',
  },
  header_case: { lower: 'header names in lower case', upper: 'header names in upper case' },
  headers: {
    client: 'headers that clients add',
    gateway: 'headers that gateways add',
    browser: 'headers that browsers add',
  },
  connection: { fresh: 'on a fresh connection', closing: 'with Connection: close' },
  signing: { whole: 'all headers signed' },
  query: { image_id: 'image_id in the query' },
};

/** One level of a context in words, its value included where it is short. */
export function levelInWords(context: Context, dimension: Dimension): string {
  if (isField(dimension)) return fieldInWords(context, dimension);
  const table: Readonly<Record<string, string | undefined>> = words[dimension];
  return table[context.levels[dimension]] ?? '';
}

function fieldInWords({ levels, values }: Context, field: FieldDimension): string {
  const level = levels[field];
  switch (level) {
    case 'absent':
      return '';
    case 'given':
    case 'several':
    case 'typical':
      return field;
    case 'one':
      return `${field} with one item`;
    case 'none':
      return `an empty list of ${field}`;
    case 'empty':
      return `an empty ${field}`;
    case 'least':
      return `the least ${field}`;
    case 'most':
      return `the greatest ${field}`;
    case 'between':
      return `${field} ${values[field] ?? ''}`;
    case 'rich':
      return `a ${field} of many kinds of characters`;
    case 'longest':
      return `the longest ${field}`;
    case 'literal':
      return `a ${field} ${JSON.stringify(values[field])}`;
    case 'true':
    case 'false':
      return `${field} ${level}`;
    default:
      return `${field} ${level.replace(/^is /, '')}`;
  }
}

/** What a context has beside the plain one. */
export function contextInWords(context: Context): string {
  return unusual(context)
    .map((dimension) => levelInWords(context, dimension))
    .join(', ');
}

/** What is sent, in words: the deviation, and the context where it is not the plain one. */
export function label({ context, deviation }: Play): string {
  const company = contextInWords(context);
  if (deviation === undefined) return company === '' ? 'image_id alone' : `a valid request with ${company}`;
  return company === '' ? deviation.what : `${deviation.what}; with ${company}`;
}
