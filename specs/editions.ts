import { type Dimension, dimensionNames, levelsOf } from './contexts.ts';
import type { Requirement } from './requirement.ts';
import { type RequirementId, requirements } from './requirements.ts';
import {
  baseEdition,
  type EditionName,
  type Field,
  type PinnedField,
  type Schemas,
  schemasOf,
  sourceOf,
} from './schemas.ts';

export { type EditionName, editions, type PinnedField } from './schemas.ts';

/** The edition that targets are held to unless another one is named. */
export const defaultEdition: EditionName = baseEdition;

/** A revision of the page: everything that depends on it follows from this. */
export interface Edition extends Schemas {
  readonly name: EditionName;
  /** Where it is documented. */
  readonly source: string;
  /** The body fields, in the order of the page. */
  readonly fields: readonly Field[];
  /** The rows that hold in it, in the order of the catalogue. */
  readonly requirements: readonly Requirement<RequirementId>[];
  /** The dimensions in which valid requests differ. */
  readonly dimensions: readonly Dimension[];
}

const known = new Map<EditionName, Edition>();

/** An edition by its name. */
export function edition(name: EditionName): Edition {
  const made = known.get(name) ?? make(name);
  known.set(name, made);
  return made;
}

function make(name: EditionName): Edition {
  const schemas = schemasOf(name);
  return {
    name,
    source: sourceOf(name),
    ...schemas,
    fields: Object.keys(schemas.request.properties) as Field[],
    requirements: requirements.filter(({ editions }) => editions.includes(name)),
    dimensions: dimensionNames.filter((dimension) => levelsOf(dimension, name).length > 1),
  };
}

/** The fields of an edition that name things of the target, which its owner may pin. */
export function pinsOf(name: EditionName): readonly PinnedField[] {
  const { fields, request } = edition(name);
  return fields.filter((field) => request.properties[field]?.['x-pin'] === true) as PinnedField[];
}
