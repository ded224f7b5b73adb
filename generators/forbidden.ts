import { type Dimension, type FieldDimension, levelsOf } from '../specs/contexts.ts';
import { type EditionName, edition } from '../specs/editions.ts';
import type { Clause, Condition, ValueSchema } from '../specs/value-schema.ts';
import { clauseHolds } from './schema-values.ts';

/** A level that the schema forbids beside a level of another dimension: what a condition waits for, and what it refuses. */
export interface ForbiddenLevels {
  readonly dimension: Dimension;
  readonly level: string;
  readonly other: Dimension;
  readonly otherLevel: string;
}

const known = new Map<EditionName, readonly ForbiddenLevels[]>();

/** The levels that the conditions of an edition's request forbid beside each other. */
export function forbiddenLevels(name: EditionName): readonly ForbiddenLevels[] {
  const made = known.get(name) ?? (edition(name).request.allOf ?? []).flatMap((one) => forbiddenBy(one, name));
  known.set(name, made);
  return made;
}

function forbiddenBy({ if: when, then }: Condition, name: EditionName): readonly ForbiddenLevels[] {
  const { properties } = edition(name).request;
  const [dimension, more] = namedIn(when);
  if (dimension === undefined || more !== undefined)
    throw new Error(`edition ${name}: a condition must wait for one field alone`);
  const levels = valuesOf(dimension, name, properties[dimension]).filter(([, value]) =>
    clauseHolds(when, value === undefined ? {} : { [dimension]: value }),
  );
  return namedIn(then).flatMap((other) => {
    const own: Clause = {
      required: (then.required ?? []).filter((one) => one === other),
      properties: Object.fromEntries(Object.entries(then.properties ?? {}).filter(([one]) => one === other)),
    };
    const refused = valuesOf(other, name, properties[other]).filter(
      ([, value]) => !clauseHolds(own, value === undefined ? {} : { [other]: value }),
    );
    return levels.flatMap(([level]) => refused.map(([otherLevel]) => ({ dimension, level, other, otherLevel })));
  });
}

function namedIn({ required = [], properties = {} }: Clause): readonly FieldDimension[] {
  return [...new Set([...required, ...Object.keys(properties)])] as FieldDimension[];
}

/** Each level of a field with a value of it; `undefined`: the field is left out. */
function valuesOf(
  field: FieldDimension,
  name: EditionName,
  schema: ValueSchema | undefined,
): readonly (readonly [level: string, value: unknown])[] {
  return levelsOf(field, name).map((level) => [level, sampleOf(level, schema)] as const);
}

function sampleOf(level: string, schema: ValueSchema | undefined): unknown {
  if (level.startsWith('is ')) return schema?.enum?.find((value) => level === `is ${value}`);
  switch (level) {
    case 'absent':
      return undefined;
    case 'empty':
      return '';
    case 'least':
      return schema?.minimum;
    case 'most':
    case 'between':
      return schema?.maximum;
    case 'true':
    case 'false':
      return level === 'true';
    case 'none':
      return [];
    case 'one':
    case 'several':
      return ['id'];
    default:
      return 'a text';
  }
}
