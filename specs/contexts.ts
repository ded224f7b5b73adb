import type { RequirementId } from './requirements.ts';

/**
 * The dimensions in which valid requests differ, and their levels, the plain one first. Beside each other level stands
 * the row that says it is accepted; how binding that is, and by which source, is said there.
 */
export const dimensions = {
  image_type: {
    absent: 'plain',
    given: 'body/optional-fields-combine',
    empty: 'body/empty-optional-string-is-accepted',
  },
  os_type: {
    absent: 'plain',
    given: 'body/optional-fields-combine',
    empty: 'body/empty-optional-string-is-accepted',
  },
  delay_time: {
    absent: 'plain',
    least: 'body/every-delay-is-accepted',
    most: 'body/every-delay-is-accepted',
    between: 'body/every-delay-is-accepted',
  },
  message: {
    absent: 'plain',
    rich: 'body/any-text-is-accepted',
    longest: 'body/long-message-is-accepted',
    empty: 'body/empty-optional-string-is-accepted',
    /** These two are in no covering array: the one tells less than the others, the other needs many values. */
    typical: 'body/optional-fields-combine',
    literal: 'body/any-text-is-accepted',
  },
  order_id: {
    absent: 'plain',
    given: 'body/optional-fields-combine',
    empty: 'body/empty-optional-string-is-accepted',
  },
  is_fix: {
    absent: 'plain',
    true: 'body/optional-fields-combine',
    false: 'body/optional-fields-combine',
  },
  writing: {
    compact: 'plain',
    spaced: 'body/any-json-writing-is-accepted',
    escaped: 'body/any-json-writing-is-accepted',
    reversed: 'body/any-json-writing-is-accepted',
  },
  size: {
    natural: 'plain',
    padded: 'body/any-json-writing-is-accepted',
  },
  transfer: {
    whole: 'plain',
    chunked: 'body/any-transport-is-accepted',
    pieces: 'body/any-transport-is-accepted',
    expected: 'body/expect-continue-is-accepted',
  },
  media_type: {
    json: 'plain',
    charset: 'body/charset-is-accepted',
    recased: 'body/charset-is-accepted',
  },
  header_case: {
    usual: 'plain',
    lower: 'body/any-transport-is-accepted',
    upper: 'body/any-transport-is-accepted',
  },
  headers: {
    none: 'plain',
    client: 'body/additional-headers-are-ignored',
    gateway: 'body/additional-headers-are-ignored',
    browser: 'body/additional-headers-are-ignored',
  },
  connection: {
    reused: 'plain',
    fresh: 'body/any-transport-is-accepted',
    closing: 'body/any-transport-is-accepted',
  },
  /** For signed requests alone: which headers are signed, and whether the hash of the body is declared. */
  signing: {
    usual: 'plain',
    whole: 'body/additional-headers-are-ignored',
  },
  /** In no covering array: a target may refuse any query. The twin of `image_id` in the query has it, too. */
  query: {
    none: 'plain',
    image_id: 'path/query-is-accepted-or-rejected',
  },
} as const satisfies Readonly<Record<string, Readonly<Record<string, RequirementId | 'plain'>>>>;

export type Dimension = keyof typeof dimensions;
export type LevelOf<D extends Dimension> = keyof (typeof dimensions)[D] & string;

/** One level of each dimension. */
export type Levels = { readonly [D in Dimension]: LevelOf<D> };

export const dimensionNames = Object.keys(dimensions) as readonly Dimension[];

/** The levels of a dimension, the plain one first. */
export function levelsOf<D extends Dimension>(dimension: D): readonly LevelOf<D>[] {
  return Object.keys(dimensions[dimension]) as LevelOf<D>[];
}

/** The row that says that a level is accepted; undefined for the plain one. */
export function rowOfLevel(dimension: Dimension, level: string): RequirementId | undefined {
  const table: Readonly<Record<string, RequirementId | 'plain'>> = dimensions[dimension];
  const row = table[level];
  return row === 'plain' ? undefined : row;
}
