import type { DeviationKind } from '../deviations.ts';
import type { Field, StatusPattern, Technique } from '../requirement.ts';
import {
  bad,
  both,
  definition,
  deviation,
  may,
  must,
  no5xx,
  page,
  property,
  should,
  status400,
  status500,
} from './row.ts';

function typed<const Slug extends string, const Type extends string>(
  field: Field,
  slug: Slug,
  type: Type,
  techniques: readonly Technique[] = property,
) {
  const source = [page(field, `Its type is ${type}.`), status400];
  return [
    must(
      `body/${slug}-type-is-${type}`,
      `${field} of a type that does not convert to ${type} is rejected with 400.`,
      source,
      deviation('wrong type', { field }),
      bad,
      { techniques },
    ),
    should(
      `body/${slug}-is-not-coerced`,
      `A scalar of another type for ${field} is rejected with 400.`,
      source,
      deviation('convertible', { field }),
      bad,
    ),
  ] as const;
}

function nullable<const Slug extends string>(field: Field, slug: Slug, type: string) {
  return may(
    `body/${slug}-null-is-accepted-or-rejected`,
    `${field} that is null is accepted or rejected with 400.`,
    [page(field, `Its type is ${type}.`)],
    deviation('null', { field }),
    [200, 400],
  );
}

/** Strings of which there is a list. */
function listed<const Slug extends string>(field: Field, slug: Slug) {
  return should(
    `body/${slug}-value-is-documented`,
    `${field} with a value that is not documented is rejected with 400.`,
    [page(field, 'One of an enumeration.'), status400],
    deviation('unlisted value', { field }),
    bad,
  );
}

function limited<const Slug extends string>(
  field: Field,
  slug: Slug,
  of: DeviationKind,
  statuses: readonly StatusPattern[],
) {
  return should(
    `body/${slug}-range-is-kept`,
    `${field} beyond its range or length is rejected.`,
    [definition],
    deviation(of, { field }),
    statuses,
  );
}

/** The field names something on the target, so that a long value may be looked up as well as measured. */
function limitedOnTarget<const Slug extends string>(field: Field, slug: Slug) {
  return [
    limited(field, slug, 'too long id', [400, 404, 413]),
    must(
      `body/${slug}-beyond-length-is-no-server-error`,
      `${field} beyond its length is no server error.`,
      [definition, status500],
      deviation('too long id', { field }),
      no5xx,
    ),
  ] as const;
}

/** The fields one by one, in the order of the page. */
export const fieldRows = [
  ...typed('image_type', 'image-type', 'string'),
  nullable('image_type', 'image-type', 'string'),
  limited('image_type', 'image-type', 'too long', [400, 413]),
  ...typed('image_id', 'image-id', 'string'),
  should(
    'body/image-id-is-not-empty',
    'image_id that is an empty string is rejected with 400.',
    [{ where: 'The API definition of the vendor', says: 'image_id has at least one character.' }, status400],
    deviation('empty image'),
    bad,
  ),
  must(
    'body/image-id-is-not-null',
    'image_id that is null is rejected with 400.',
    [page('image_id', 'Mandatory.'), status400],
    deviation('null image'),
    bad,
  ),
  ...limitedOnTarget('image_id', 'image-id'),
  ...typed('os_type', 'os-type', 'string'),
  nullable('os_type', 'os-type', 'string'),
  limited('os_type', 'os-type', 'too long', [400, 413]),
  ...typed('delay_time', 'delay-time', 'integer', both),
  nullable('delay_time', 'delay-time', 'integer'),
  limited('delay_time', 'delay-time', 'out of range', bad),
  ...typed('message', 'message', 'string'),
  nullable('message', 'message', 'string'),
  limited('message', 'message', 'too long', [400, 413]),
  ...typed('order_id', 'order-id', 'string'),
  nullable('order_id', 'order-id', 'string'),
  ...limitedOnTarget('order_id', 'order-id'),
  ...typed('is_fix', 'is-fix', 'boolean', both),
  nullable('is_fix', 'is-fix', 'boolean'),
  ...typed('handle_type', 'handle-type', 'string'),
  nullable('handle_type', 'handle-type', 'string'),
  listed('handle_type', 'handle-type'),
  ...typed('encrypt_type', 'encrypt-type', 'string'),
  nullable('encrypt_type', 'encrypt-type', 'string'),
  listed('encrypt_type', 'encrypt-type'),
  ...typed('kms_id', 'kms-id', 'string'),
  nullable('kms_id', 'kms-id', 'string'),
  ...limitedOnTarget('kms_id', 'kms-id'),
  must(
    'body/kms-id-is-required-when-encrypted',
    'A body without kms_id, or with null for it, is rejected with 400 when encrypt_type is ENCRYPTED.',
    [page('kms_id', 'Mandatory when encrypt_type is ENCRYPTED.'), status400],
    deviation('missing when required', { field: 'kms_id' }),
    bad,
    { techniques: both },
  ),
  should(
    'body/kms-id-is-not-empty-when-encrypted',
    'An empty kms_id is rejected with 400 when encrypt_type is ENCRYPTED.',
    [page('kms_id', 'Mandatory when encrypt_type is ENCRYPTED.'), status400],
    deviation('empty when required', { field: 'kms_id' }),
    bad,
  ),
  ...typed('desktop_ids', 'desktop-ids', 'array'),
  nullable('desktop_ids', 'desktop-ids', 'array'),
  limited('desktop_ids', 'desktop-ids', 'too many items', [400, 413]),
  should(
    'body/desktop-ids-item-range-is-kept',
    'desktop_ids with an id beyond its length is rejected.',
    [{ where: 'A sibling operation in the API definition', says: 'An item has up to 255 characters.' }],
    deviation('too long item', { field: 'desktop_ids' }),
    [400, 404, 413],
  ),
  may(
    'body/desktop-ids-repeated-is-accepted-or-rejected',
    'desktop_ids that names a desktop twice is accepted or rejected with 400.',
    [page('desktop_ids', 'A list of ids; nothing is said of one that comes twice.')],
    deviation('repeated item', { field: 'desktop_ids' }),
    [200, 400],
  ),
] as const;
