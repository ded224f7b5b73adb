import differences from './editions.json' with { type: 'json' };
import error from './error.schema.json' with { type: 'json' };
import request from './rebuild-request.schema.json' with { type: 'json' };
import response from './rebuild-response.schema.json' with { type: 'json' };
import type { ObjectSchema, ValueSchema } from './value-schema.ts';

/** The revision of the page that the schema files hold. */
export const baseEdition = '2025-11';

type Differences = typeof differences;

/** The name of a revision of the page. */
export type EditionName = typeof baseEdition | keyof Differences;

/** Every revision of the page that the suite knows: that of the schema files first, then from the oldest to the newest. */
export const editions: readonly [EditionName, ...EditionName[]] = [
  baseEdition,
  ...(Object.keys(differences) as EditionName[]).sort(),
];

/** The members that the differences add, by edition. */
type AddedBy<D> = D extends { readonly request: { readonly properties: infer P } }
  ? { readonly [F in keyof P as P[F] extends null ? never : F]: P[F] }
  : never;
type All<U> = (U extends unknown ? (one: U) => void : never) extends (all: infer I) => void ? I : never;
type Properties = (typeof request)['properties'] & All<AddedBy<Differences[keyof Differences]>>;

/** The body fields of the request, in any edition. */
export type Field = keyof Properties;

/** The fields that name a thing of the target: its owner may pin their values. */
export type PinnedField = { [F in Field]: Properties[F] extends { readonly 'x-pin': unknown } ? F : never }[Field];
export type PinValue<F extends PinnedField> = Properties[F] extends { readonly items: unknown }
  ? readonly string[]
  : string;
/** Pinned values. */
export type Pins = { readonly [F in PinnedField]?: PinValue<F> };

/** What a request, an acceptance and an error look like in an edition. */
export interface Schemas {
  readonly request: ObjectSchema & { readonly required: readonly string[] };
  readonly response: ObjectSchema & { readonly required: readonly string[] };
  readonly error: ObjectSchema & { readonly required: readonly string[] };
}

type Json = Readonly<Record<string, unknown>>;

function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** JSON Merge Patch, RFC 7396: `null` takes a member away. */
function patched(target: Json, patch: Json): Json {
  const result: Record<string, unknown> = { ...target };
  for (const [name, value] of Object.entries(patch)) {
    const before = result[name];
    if (value === null) delete result[name];
    else result[name] = isObject(value) ? patched(isObject(before) ? before : {}, value) : value;
  }
  return result;
}

const base = { request, response, error } as unknown as Schemas;
const known = new Map<EditionName, Schemas>([[baseEdition, base]]);

/** The schemas of an edition: those of the files, with its differences and those of the edition that it comes from. */
export function schemasOf(name: EditionName): Schemas {
  const made = known.get(name);
  if (made !== undefined) return made;
  const { from, source: _, ...patch } = differences[name as keyof Differences];
  const schemas = patched(schemasOf(from as EditionName) as unknown as Json, patch) as unknown as Schemas;
  known.set(name, schemas);
  return schemas;
}

/** Where an edition is documented, in words. */
export function sourceOf(name: EditionName): string {
  return name === baseEdition ? 'The page' : differences[name].source;
}

/** Every body field, those of the schema files first, in the order of the page. */
export const fields: readonly Field[] = [
  ...new Set(editions.flatMap((name) => Object.keys(schemasOf(name).request.properties))),
] as Field[];

/** The fields that can be pinned in some edition, with what the latest one that has each says of it. */
export const pinnable: ReadonlyMap<PinnedField, ValueSchema> = new Map(
  editions
    .flatMap((name) => Object.entries(schemasOf(name).request.properties))
    .filter((entry): entry is [PinnedField, ValueSchema] => entry[1]['x-pin'] === true),
);

/** The editions of whose schemas something holds. */
export function editionsWhere(holds: (schemas: Schemas) => boolean): readonly EditionName[] {
  return editions.filter((name) => holds(schemasOf(name)));
}

/** The editions whose request has a field. */
export function editionsWith(field: Field): readonly EditionName[] {
  return editionsWhere(({ request: { properties } }) => Object.hasOwn(properties, field));
}
