import { type Field, fields } from '../../specs/requirement.ts';
import { baseEdition, editionsWith, schemasOf } from '../../specs/schemas.ts';
import type { ValueSchema } from '../../specs/value-schema.ts';
import { badRequest } from '../answers.ts';
import { type Check, type Exchange, fieldOf, fieldsOf, type Maybe } from '../checks.ts';
import type { Fault } from '../fault.ts';
import { crash, crashing, fault, havingField, instead, propertyOf, silence, skip, slugOf, without } from './tools.ts';

/** What the latest edition that has a field says of it. */
function schemaOf(field: Field): ValueSchema {
  const schema = schemasOf(editionsWith(field).at(-1) ?? baseEdition).request.properties[field];
  if (schema === undefined) throw new Error(`no edition has ${field}`);
  return schema;
}

/** A last member that no edition has, with its value, unless that is a text or an object. */
const unknownAtTheEnd = new RegExp(`,\\s*"(?!(?:${fields.join('|')})")[^"\\\\]*"\\s*:[^{}"]*(?=\\}\\s*$)`);

/** Whether a careless library would convert the value to the type. */
function converts(field: Field, value: unknown): boolean {
  if (typeof value === 'object') return false;
  const { type } = schemaOf(field);
  if (type === 'string' || type === 'array') return true;
  if (type === 'integer') return Number.isInteger(Number(value));
  return typeof value === 'number' || /^(?:true|false|yes|no|on|off|[01]|)$/i.test(String(value));
}

const anyType: readonly Fault[] = fields.map((field) =>
  fault(
    `accepts-any-type-of-${slugOf(field)}`,
    `${field} of any JSON type is accepted.`,
    [`body/${slugOf(field)}-type-is-${schemaOf(field).type}`, `body/${slugOf(field)}-is-not-coerced`],
    { checks: { [`type ${field}`]: skip, [`range ${field}`]: ofItsType(field) } },
    havingField(field),
  ),
);

/** A range is that of strings and numbers alone. */
function ofItsType(field: Field) {
  return (x: Exchange, correct: Check): Maybe => (isOfType(field, fieldOf(x, field)) ? correct(x) : undefined);
}

function isOfType(field: Field, value: unknown): boolean {
  const { type } = schemaOf(field);
  if (type === 'array') return Array.isArray(value) && value.every((item) => typeof item === 'string');
  return type === 'integer' ? typeof value === 'number' : typeof value === type;
}

const coerced: readonly Fault[] = fields.map((field) =>
  fault(
    `coerces-${slugOf(field)}`,
    `A scalar of another type is converted for ${field}.`,
    [`body/${slugOf(field)}-is-not-coerced`],
    {
      checks: {
        [`type ${field}`]: instead((x) => (converts(field, fieldOf(x, field)) ? undefined : badRequest())),
        [`range ${field}`]: ofItsType(field),
      },
    },
    havingField(field),
  ),
);

const unlimited: readonly Fault[] = fields
  .filter((field) => field !== 'is_fix')
  .map((field) =>
    fault(
      `ignores-range-of-${slugOf(field)}`,
      `${field} beyond its range or length is accepted.`,
      [
        `body/${slugOf(field)}-${schemaOf(field).enum === undefined ? 'range-is-kept' : 'value-is-documented'}`,
        ...(field === 'image_id' ? ['body/image-id-is-not-empty'] : []),
      ],
      field === 'image_id'
        ? {
            checks: {
              'range image_id': skip,
              image: (x, correct) => (isOutside(fieldOf(x, 'image_id')) ? undefined : correct(x)),
            },
          }
        : without(`range ${field}`),
      havingField(field),
    ),
  );

function isOutside(value: unknown): boolean {
  return typeof value === 'string' && (value === '' || value.length > 255);
}

const single: readonly Fault[] = [
  fault(
    'accepts-missing-image-id',
    'A body without image_id is accepted.',
    [
      'body/image-id-is-required',
      'body/look-alike-is-not-image-id',
      'body/image-id-is-not-null',
      'body/inherited-key-is-not-image-id',
    ],
    without('image_id'),
  ),
  fault('accepts-null-image-id', 'image_id may be null.', ['body/image-id-is-not-null'], {
    checks: {
      image_id(x, correct) {
        const { image_id } = fieldsOf(x);
        return image_id === null ? undefined : correct(x);
      },
    },
  }),
  fault('looks-up-empty-image-id', 'An empty image_id is looked up like any other.', ['body/image-id-is-not-empty'], {
    checks: { 'range image_id': (x, correct) => (fieldOf(x, 'image_id') === '' ? undefined : correct(x)) },
  }),
  fault(
    'crashes-on-several-faults',
    'The list of what is wrong has room for one thing: a second one is a server error.',
    ['body/several-faults-are-rejected', 'answers/client-fault-is-no-server-error'],
    {
      checks: {
        async object(x, correct) {
          const wrong = fields.filter((field) => {
            const value = fieldOf(x, field);
            return value === undefined ? field === 'image_id' : typeof value === 'object' || value === 'abc';
          });
          return (await correct(x)) ?? (wrong.length > 1 ? crash() : undefined);
        },
      },
    },
  ),
  fault(
    'names-pool-in-refusals',
    'An invalid body is refused in the name of the pool; when that is unknown or busy, there is none: a server error.',
    [
      'path/unknown-pool-with-invalid-body-is-refused',
      'state/busy-pool-with-invalid-body-is-refused',
      'answers/client-fault-is-no-server-error',
    ],
    {
      checks: {
        'type delay_time': instead((x, refusal) =>
          x.world.hasPool(x.project, x.pool) && !x.world.isBusy(x.pool) ? refusal : crash(),
        ),
      },
    },
  ),
  fault(
    'tidies-image-id',
    'image_id is trimmed and put into lower case before it is looked up.',
    ['path/image-id-is-exact'],
    {
      checks: {
        image: (x, correct) =>
          x.world.hasImage(textOf(fieldOf(x, 'image_id')).trim().toLowerCase()) ? undefined : correct(x),
      },
    },
  ),
  fault(
    'accepts-look-alike-image-id',
    'Field names are compared without case and white space.',
    ['body/look-alike-is-not-image-id'],
    {
      checks: {
        image_id: (x, correct) =>
          Object.keys(fieldsOf(x)).some((key) => key.trim().toLowerCase() === 'image_id' && fieldsOf(x)[key] !== null)
            ? undefined
            : correct(x),
      },
    },
  ),
  fault('accepts-fractional-delay', 'delay_time 1.5 is accepted.', [propertyOf('body/delay-time-type-is-integer')], {
    checks: {
      'type delay_time': instead((x) => (typeof fieldOf(x, 'delay_time') === 'number' ? undefined : badRequest())),
    },
  }),
  fault(
    'crashes-on-message-over-255',
    'A message of more than 255 characters is a server error.',
    ['body/long-message-is-accepted', 'body/message-range-is-kept', 'answers/odd-input-is-no-server-error'],
    {
      checks: { 'range message': (x, correct) => (textOf(fieldOf(x, 'message')).length > 255 ? crash() : correct(x)) },
    },
  ),
  fault(
    'crashes-on-emoji',
    'A character beyond the basic plane in message is a server error.',
    ['body/any-text-is-accepted', 'body/message-range-is-kept', 'answers/odd-input-is-no-server-error'],
    {
      checks: {
        'range message': (x, correct) =>
          /[\u{10000}-\u{10ffff}]/u.test(textOf(fieldOf(x, 'message'))) ? crash() : correct(x),
      },
    },
  ),
  fault(
    'crashes-on-fix-without-order',
    'is_fix true without order_id is a server error.',
    ['body/optional-fields-combine'],
    {
      checks: {
        'range is_fix': (x) =>
          fieldOf(x, 'is_fix') === true && fieldOf(x, 'order_id') === undefined ? crash() : undefined,
      },
    },
  ),
  fault('rejects-delay-zero', 'delay_time 0 is taken as missing and refused.', ['body/every-delay-is-accepted'], {
    checks: { 'range delay_time': (x, correct) => (fieldOf(x, 'delay_time') === 0 ? badRequest() : correct(x)) },
  }),
  fault(
    'rejects-fix-false',
    'is_fix false is taken as missing and refused.',
    ['body/optional-fields-combine', 'body/full-is-accepted'],
    {
      checks: { 'range is_fix': (x) => (fieldOf(x, 'is_fix') === false ? badRequest() : undefined) },
    },
  ),
  fault(
    'crashes-on-malformed-json',
    'Malformed JSON is a server error.',
    [
      'body/malformed-json-is-rejected',
      'body/is-present',
      'body/other-format-is-rejected',
      'body/other-format-is-400',
      'body/byte-order-mark-is-accepted-or-rejected',
      'path/unknown-pool-with-invalid-body-is-refused',
      'state/busy-pool-with-invalid-body-is-refused',
      'answers/client-fault-is-no-server-error',
      'answers/odd-input-is-no-server-error',
    ],
    crashing('json'),
  ),
  fault('accepts-trailing-comma', 'JSON with trailing commas is accepted.', ['body/malformed-json-is-rejected'], {
    checks: {
      json(x, correct) {
        x.text = x.text.replace(/,(\s*[}\]])/g, '$1').replace(/,\s*$/, '');
        return correct(x);
      },
    },
  }),
  fault('passes-over-unknown-members', 'An unknown member is not parsed.', ['body/malformed-json-is-rejected'], {
    checks: {
      json(x, correct) {
        x.text = x.text.replace(unknownAtTheEnd, '');
        return correct(x);
      },
    },
  }),
  fault(
    'crashes-on-empty-body',
    'An empty body is a server error.',
    ['body/is-present', 'answers/client-fault-is-no-server-error'],
    {
      checks: { json: (x, correct) => (x.body.length === 0 ? crash() : correct(x)) },
    },
  ),
  fault('accepts-array-body', 'An array is accepted as body.', ['body/is-an-object'], {
    checks: {
      object: (x, correct) => (Array.isArray(x.value) ? undefined : correct(x)),
      image_id: (x, correct) => (Array.isArray(x.value) ? undefined : correct(x)),
    },
  }),
  fault(
    'hangs-on-malformed-json',
    'Malformed JSON is never answered.',
    [
      'body/malformed-json-is-rejected',
      'body/is-present',
      'body/other-format-is-rejected',
      'body/other-format-is-400',
      'answers/are-given',
    ],
    { checks: { json: instead(silence) } },
    {
      // Each request without an answer costs a time-out, so that a short one must do.
      needs: { limits: { timeout: 1000 } },
      sometimes: ['body/*', 'path/unknown-pool-with-*', 'state/busy-pool-with-*'],
    },
  ),
  fault(
    'drops-connection-on-no-body',
    'A request without body is answered by closing the connection.',
    ['body/is-present', 'answers/are-given'],
    {
      checks: {
        json(x, correct) {
          if (x.body.length > 0) return correct(x);
          x.connection.destroy();
          return silence();
        },
      },
    },
  ),
  fault(
    'crashes-on-deep-nesting',
    'Deep nesting is a server error.',
    [
      'body/unreasonable-*-field-is-no-server-error',
      'body/unreasonable-known-field-is-refused',
      'body/unreasonable-unknown-field-is-answered',
      'answers/client-fault-is-no-server-error',
    ],
    crashing('depth'),
  ),
  fault(
    'crashes-on-invalid-utf-8',
    'Invalid UTF-8 is a server error.',
    [
      'body/invalid-utf-8-*',
      'body/utf-16-is-accepted-or-rejected',
      'answers/client-fault-is-no-server-error',
      'answers/odd-input-is-no-server-error',
    ],
    crashing('encoding'),
  ),
];

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

export const bodyFaults: readonly Fault[] = [...anyType, ...coerced, ...unlimited, ...single];
