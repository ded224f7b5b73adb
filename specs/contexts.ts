import type { RequirementId } from './requirements.ts';
import { type EditionName, type Field, fields, schemasOf } from './schemas.ts';
import type { ValueSchema } from './value-schema.ts';

/** Levels of the fields of the body. `is X`: one of an enumeration. */
export type FieldLevel =
  | 'absent'
  | 'given'
  | 'empty'
  | 'least'
  | 'most'
  | 'between'
  | 'rich'
  | 'longest'
  | 'typical'
  | 'literal'
  | 'true'
  | 'false'
  | 'one'
  | 'several'
  | 'none'
  | `is ${string}`;

/** An optional field of the body is a dimension: left out, or with one of the values that its schema allows. */
export type FieldDimension = Exclude<Field, 'image_id'>;

const combine: RequirementId = 'body/optional-fields-combine';

/** The rows that say of each level that it is accepted; how binding that is, and by which source, is said there. */
const rowsOfLevels: Readonly<Record<Exclude<FieldLevel, 'absent' | `is ${string}`>, RequirementId>> = {
  given: combine,
  empty: 'body/empty-optional-string-is-accepted',
  least: combine,
  most: combine,
  between: combine,
  rich: combine,
  longest: combine,
  typical: combine,
  literal: combine,
  true: combine,
  false: combine,
  one: combine,
  several: combine,
  none: 'body/empty-list-is-accepted',
};

/** Rows of fields of which more is promised. */
const ownRows: Readonly<Partial<Record<FieldDimension, Readonly<Partial<Record<FieldLevel, RequirementId>>>>>> = {
  delay_time: {
    least: 'body/every-delay-is-accepted',
    most: 'body/every-delay-is-accepted',
    between: 'body/every-delay-is-accepted',
  },
  message: {
    rich: 'body/any-text-is-accepted',
    literal: 'body/any-text-is-accepted',
    longest: 'body/long-message-is-accepted',
  },
};

/** The levels that a schema leaves a field, the plain one first. */
function levelsBySchema(schema: ValueSchema): readonly FieldLevel[] {
  if (schema.enum !== undefined) return ['absent', ...schema.enum.map((value): FieldLevel => `is ${value}`)];
  const empty: readonly FieldLevel[] = (schema.minLength ?? 0) > 0 ? [] : ['empty'];
  switch (schema.type) {
    case 'string':
      return schema['x-pin'] === true
        ? ['absent', 'given', ...empty]
        : ['absent', 'rich', 'longest', ...empty, 'typical', 'literal'];
    case 'integer':
      return ['absent', 'least', 'most', 'between'];
    case 'boolean':
      return ['absent', 'true', 'false'];
    case 'array':
      return ['absent', 'one', 'several', ...((schema.minItems ?? 0) > 0 ? [] : (['none'] as const))];
    case 'object':
      throw new Error('no levels are known for a field that is an object');
  }
}

/** The other dimensions in which valid requests differ, and their levels, the plain one first; beside each other level its row. */
const ways = {
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
  /** The twin of `image_id` in the query has it, too. */
  query: {
    none: 'plain',
    image_id: 'path/query-is-accepted-or-rejected',
  },
} as const satisfies Readonly<Record<string, Readonly<Record<string, RequirementId | 'plain'>>>>;

type Way = keyof typeof ways;

/** Every dimension in which valid requests differ, in any edition. */
export type Dimension = FieldDimension | Way;
export type LevelOf<D extends Dimension> = D extends Way ? keyof (typeof ways)[D] & string : FieldLevel;

/** One level of each dimension. */
export type Levels = { readonly [D in Dimension]: LevelOf<D> };

/** The dimensions that are fields of the body, in the order of the page. */
export const fieldDimensions: readonly FieldDimension[] = fields.filter((field) => field !== 'image_id');

export const dimensionNames: readonly Dimension[] = [...fieldDimensions, ...(Object.keys(ways) as Way[])];

export function isField(dimension: Dimension): dimension is FieldDimension {
  return !Object.hasOwn(ways, dimension);
}

/** The level that every context has unless it has another. */
export function plainLevel(dimension: Dimension): string {
  return isField(dimension) ? 'absent' : (Object.keys(ways[dimension])[0] ?? '');
}

/** The levels of a dimension in an edition, the plain one first; a field that the edition lacks has no other. */
export function levelsOf(dimension: Dimension, edition: EditionName): readonly string[] {
  if (!isField(dimension)) return Object.keys(ways[dimension]);
  const schema = schemasOf(edition).request.properties[dimension];
  return schema === undefined ? ['absent'] : levelsBySchema(schema);
}

/**
 * Levels that are in no covering array: a typical text tells less than the others, and literal ones need many values; a
 * target may refuse any query.
 */
function isApart(dimension: Dimension, level: string): boolean {
  return isField(dimension) ? level === 'typical' || level === 'literal' : dimension === 'query' && level !== 'none';
}

/** The levels of a dimension that meet in covering arrays, the plain one first. */
export function coveredLevels(dimension: Dimension, edition: EditionName): readonly string[] {
  return levelsOf(dimension, edition).filter((level) => !isApart(dimension, level));
}

/** Dimensions whose levels meet in covering arrays; the others are for single deviations. */
export function covered(edition: EditionName): readonly Dimension[] {
  return dimensionNames.filter((dimension) => coveredLevels(dimension, edition).length > 1);
}

/** The row that says that a level is accepted; undefined for the plain one. */
export function rowOfLevel(dimension: Dimension, level: string): RequirementId | undefined {
  if (level === plainLevel(dimension)) return undefined;
  if (isField(dimension)) {
    if (level.startsWith('is ')) return 'body/documented-values-are-accepted';
    return ownRows[dimension]?.[level as FieldLevel] ?? rowsOfLevels[level as keyof typeof rowsOfLevels];
  }
  const table: Readonly<Record<string, RequirementId | 'plain'>> = ways[dimension];
  return table[level] as RequirementId | undefined;
}
