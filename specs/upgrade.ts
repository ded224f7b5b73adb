import { type EditionName, edition } from './editions.ts';
import type { Requirement } from './requirement.ts';
import { type Schemas, schemasOf } from './schemas.ts';
import type { Clause, ObjectSchema, ValueSchema } from './value-schema.ts';

/** A member of a body that an edition has and another has not, or has otherwise. */
export interface MemberChange {
  readonly of: keyof Schemas;
  readonly member: string;
  readonly change: 'new' | 'gone' | 'changed';
  /** What the newer edition says of it, or, where it is gone, the older one. */
  readonly says: string;
}

/** What a target that follows one edition has to change for another. */
export interface Upgrade {
  readonly members: readonly MemberChange[];
  readonly added: readonly Requirement[];
  readonly gone: readonly Requirement[];
}

/** How an edition differs from another; `since` may be the newer one, too. */
export function upgradeOf(name: EditionName, since: EditionName): Upgrade {
  const [now, before] = [edition(name), edition(since)];
  const without = (rows: readonly Requirement[], others: readonly Requirement[]): readonly Requirement[] =>
    rows.filter((row) => !others.includes(row));
  return {
    members: (['request', 'response', 'error'] as const).flatMap((of) => changesOf(of, name, since)),
    added: without(now.requirements, before.requirements),
    gone: without(before.requirements, now.requirements),
  };
}

function changesOf(of: keyof Schemas, name: EditionName, since: EditionName): readonly MemberChange[] {
  const [now, before] = [schemasOf(name)[of], schemasOf(since)[of]];
  const members = new Set([...Object.keys(before.properties), ...Object.keys(now.properties)]);
  return [...members].flatMap((member): MemberChange[] => {
    const [new_, old] = [inWords(now, member), inWords(before, member)];
    if (new_ === old) return [];
    const change = old === undefined ? 'new' : new_ === undefined ? 'gone' : 'changed';
    return [{ of, member, change, says: new_ ?? old ?? '' }];
  });
}

/** What a schema says of a member: `string, up to 255 characters`. */
export function inWords(schema: ObjectSchema, member: string): string | undefined {
  const own = schema.properties[member];
  if (own === undefined) return undefined;
  const when = (schema.allOf ?? []).flatMap(({ if: holds, then }) =>
    then.required?.includes(member) === true ? [`mandatory when ${clauseInWords(holds)}`] : [],
  );
  const isMandatory = schema.required?.includes(member) === true;
  return [...(isMandatory ? ['mandatory'] : []), ...valueInWords(own), ...when].join(', ');
}

function clauseInWords({ required = [], properties = {} }: Clause): string {
  const members = [...new Set([...required, ...Object.keys(properties)])];
  return members
    .map((member) => {
      const { const: only, enum: some } = properties[member] ?? {};
      const values = only === undefined ? some : [only];
      return values === undefined ? `${member} is there` : `${member} is ${values.join(' or ')}`;
    })
    .join(' and ');
}

function valueInWords(schema: ValueSchema): readonly string[] {
  const { type, enum: listed, minimum, maximum, minLength = 0, maxLength, items, maxItems, uniqueItems } = schema;
  const range = [
    ...(minimum === undefined ? [] : [`${minimum} or more`]),
    ...(maximum === undefined ? [] : [`up to ${maximum}`]),
    ...(minLength === 0 ? [] : [`${minLength} character or more`]),
    ...(maxLength === undefined ? [] : [`up to ${maxLength} characters`]),
    ...(maxItems === undefined ? [] : [`up to ${maxItems} items`]),
    ...(uniqueItems === true ? ['none of them twice'] : []),
    ...(items === undefined ? [] : [`each a ${valueInWords(items).join(', ')}`]),
  ];
  return [type, ...(listed === undefined ? [] : [`one of ${listed.join(', ')}`]), ...range];
}
