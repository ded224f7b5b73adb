import type { Dimension, LevelOf } from '../specs/contexts.ts';
import type { Play } from './cases.ts';
import { unusual } from './contexts.ts';
import type { Context } from './model.ts';

/** Levels in words; undefined for plain ones. */
const words: { readonly [D in Dimension]: Readonly<Partial<Record<LevelOf<D>, string>>> } = {
  image_type: { given: 'image_type', empty: 'an empty image_type' },
  os_type: { given: 'os_type', empty: 'an empty os_type' },
  delay_time: { least: 'the least delay_time', most: 'the greatest delay_time', between: 'delay_time' },
  message: {
    typical: 'message',
    rich: 'a message of many kinds of characters',
    literal: 'a message',
    longest: 'the longest message',
    empty: 'an empty message',
  },
  order_id: { given: 'order_id', empty: 'an empty order_id' },
  is_fix: { true: 'is_fix true', false: 'is_fix false' },
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
  media_type: { charset: 'a charset in the media type', recased: 'the media type in other case' },
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
  const table: Readonly<Record<string, string | undefined>> = words[dimension];
  const text = table[context.levels[dimension]] ?? '';
  if (dimension === 'message' && context.levels.message === 'literal')
    return `${text} ${JSON.stringify(context.message)}`;
  if (dimension === 'delay_time' && context.levels.delay_time === 'between') return `${text} ${context.delay}`;
  return text;
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
