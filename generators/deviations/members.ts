import fc, { type Arbitrary } from 'fast-check';
import { edition } from '../../specs/editions.ts';
import { type Field, fields } from '../../specs/requirement.ts';
import { forbiddenLevels } from '../forbidden.ts';
import type { Change, Deviation, Written } from '../model.ts';
import { validValue } from '../plausible.ts';
import { breaking, fieldSchema, optionalFields, range } from '../schema.ts';
import { validValues } from '../schema-values.ts';
import type { DeviationSource, Setting } from './source.ts';

type Added = readonly (readonly [name: string, value: Written])[];
type Place = 'first' | 'last';

/** Named so that no target knows it, and a reader of its logs sees where it comes from. */
const unknown = 'conformance_unknown';

function members(without: readonly Field[], add: Added, place: Place = 'last'): Change {
  return { on: 'members', without, add, place };
}

/** A name in quotation marks; what could be taken for another letter, or not be seen at all, is an escape. */
function quoted(name: string): string {
  return JSON.stringify(name).replace(
    /[^\x20-\x7E]/g,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

function shortened(text: string): string {
  return text.length > 40 ? `${text.slice(0, 37)}...` : text;
}

/** Bodies without `image_id`, whatever else they have. */
export function missingImage(setting: Setting): DeviationSource {
  const missing = (what: string, without: readonly Field[], add: Added = []): Deviation => ({
    kind: 'missing image',
    field: 'image_id',
    what,
    change: members(without, add),
  });
  const random = fc
    .tuple(
      fc.subarray([...optionalFields(setting.edition)]),
      fc.array(fc.tuple(anyUnknownName, anyJson), { maxLength: 3 }),
    )
    .map(([others, add]) => {
      const gone = ['image_id', ...others].join(', ');
      return missing(
        `no ${gone}${add.length === 0 ? '' : `, but ${add.length} unknown fields`}`,
        ['image_id', ...others],
        add,
      );
    });
  return {
    classes: [
      [
        missing('no image_id', ['image_id']),
        missing('no field at all', fields),
        missing('no image_id, but an unknown field', ['image_id'], [[unknown, '"text"']]),
      ],
    ],
    random,
  };
}

/** The body lacks `image_id`; the query has it. */
export const inQuery: Deviation = {
  kind: 'look-alike key',
  field: 'image_id',
  what: 'image_id in the query alone',
  change: { on: 'members', without: ['image_id'], add: [], place: 'last' },
  needs: { query: 'image_id' },
};

function lookAlike(what: string, add: Added): Deviation {
  return { kind: 'look-alike key', field: 'image_id', what, change: members(['image_id'], add) };
}

function underKey(name: string, image: string): Deviation {
  return lookAlike(`${quoted(name)} in place of image_id`, [[name, image]]);
}

const otherKeys = [
  'Image_Id',
  'image_id ',
  'imageId',
  'image_id[]',
  '\uFEFFimage_id',
  '\u0456mage_id',
  'IMAGE_ID',
  'image-id',
  'image_id\u200B',
  ' image_id',
  'image\uFF3Fid',
  'body.image_id',
  'image.id',
  'image_id\0',
];

const aliases = ['imageId', 'image-id', 'imageid', 'imageRef', 'image', 'id', 'template_id', 'ImageId'];

/** A key that is nearly `image_id`: in other case, joined otherwise, with something around it or another letter in it. */
const anyOtherKey: Arbitrary<string> = fc
  .oneof(
    fc
      .array(fc.boolean(), { minLength: 8, maxLength: 8 })
      .map((upper) => [...'image_id'].map((letter, i) => (upper[i] ? letter.toUpperCase() : letter)).join('')),
    fc.constantFrom('', ' ', '.', '-', '__', ':', '/', '\u200B', '\u00A0', '\uFF3F').map((joint) => `image${joint}id`),
    fc
      .tuple(
        fc.constantFrom('', ' ', '\t', '_', '$', '@', '.', '\uFEFF'),
        fc.constantFrom('', ' ', '\n', '_', '[]', '[0]', 's', '\0', '?'),
      )
      .map(([before, after]) => `${before}image_id${after}`),
    fc
      .tuple(fc.nat({ max: 7 }), fc.constantFrom('\u0456', '\u0430', '\u0435', '\u0501', '\u00AD', '\u0131'))
      .map(([at, letter]) => `${'image_id'.slice(0, at)}${letter}${'image_id'.slice(at + 1)}`),
  )
  .filter((name) => !(fields as readonly string[]).includes(name));

/** Keys that are not `image_id`, and places that are not its own. */
export function lookAlikeKey({ fixture }: Setting): DeviationSource {
  const image = JSON.stringify(fixture.image_id);
  const holder = `{"image_id":${image}}`;
  const inside = (name: string, value: string): Deviation => lookAlike(`image_id inside ${name}`, [[name, value]]);
  const places: readonly Deviation[] = [
    inQuery,
    lookAlike(
      `${aliases.join(', ')} in place of image_id`,
      aliases.map((name) => [name, image]),
    ),
    inside('body', holder),
    lookAlike('id inside image', [['image', `{"id":${image}}`]]),
    lookAlike('image_id inside an array in data', [['data', `[${holder}]`]]),
    lookAlike('image_id inside params inside request', [['request', `{"params":${holder}}`]]),
    inside('params', holder),
    lookAlike('image_id inside a text of JSON in body', [['body', JSON.stringify(holder)]]),
    inside('""', holder),
  ];
  const nested = fc
    .array(fc.constantFrom('body', 'data', 'params', 'request', 'payload', 'rebuild', 'image', 'json', '0'), {
      minLength: 1,
      maxLength: 3,
    })
    .map((path) => {
      const value = path.slice(1).reduceRight((inner, name) => `{"${name}":${inner}}`, holder);
      return lookAlike(`image_id inside ${path.join('.')}`, [[path[0] ?? 'body', value]]);
    });
  const several = fc.uniqueArray(anyOtherKey, { minLength: 2, maxLength: 5 }).map((names) =>
    lookAlike(
      `${names.map(quoted).join(', ')} in place of image_id`,
      names.map((name) => [name, image]),
    ),
  );
  const random = fc.oneof(
    anyOtherKey.map((name) => underKey(name, image)),
    nested,
    several,
  );
  return { classes: [otherKeys.map((name) => underKey(name, image)), places], random };
}

/** Keys by which a careless reader, who looks at what an object inherits, finds `image_id`. */
export function inheritedKey({ fixture }: Setting): DeviationSource {
  const image = JSON.stringify(fixture.image_id);
  const at = (path: readonly string[]): Deviation => {
    const value = path.slice(1).reduceRight((inner, name) => `{"${name}":${inner}}`, `{"image_id":${image}}`);
    const add: Added = [[path[0] ?? '__proto__', value]];
    return {
      kind: 'inherited key',
      field: 'image_id',
      what: `image_id inside ${path.join('.')}`,
      change: members(['image_id'], add),
    };
  };
  const dotted = (name: string): Deviation => ({
    kind: 'inherited key',
    field: 'image_id',
    what: `the key ${name} in place of image_id`,
    change: members(['image_id'], [[name, image]]),
  });
  const random = fc
    .array(fc.constantFrom('__proto__', 'constructor', 'prototype'), { minLength: 1, maxLength: 4 })
    .map(at);
  return {
    classes: [
      [
        at(['__proto__']),
        at(['constructor', 'prototype']),
        at(['__proto__', '__proto__']),
        dotted('__proto__.image_id'),
        at(['prototype']),
        dotted('__proto__[image_id]'),
        at(['constructor']),
      ],
    ],
    random,
  };
}

/** More than one thing is wrong with the body; each alone would be refused for certain. */
export function severalFaults(setting: Setting): DeviationSource {
  const { fields } = edition(setting.edition);
  const field = (name: Field, value: Written): Change => ({ on: 'field', field: name, value });
  const several = (what: string, ...changes: readonly Change[]): Deviation => ({
    kind: 'several faults',
    what,
    change: { on: 'several', changes },
  });
  const missing = members(['image_id'], []);
  const broken = fields.map((name) =>
    fc.oneof(...breaking(name, setting.edition, 'type')).map((value) => [name, JSON.stringify(value)] as const),
  );
  const random = fc
    .tuple(
      fc.shuffledSubarray(broken, { minLength: 2 }).chain((some) => fc.tuple(...some)),
      fc.boolean(),
    )
    .map(([some, withoutImage]) => {
      const changes = some.filter(([name]) => !withoutImage || name !== 'image_id');
      const names = changes.map(([name]) => name).join(', ');
      return withoutImage
        ? several(
            `no image_id, and ${names} of wrong types`,
            missing,
            ...changes.map(([name, value]) => field(name, value)),
          )
        : several(`${names} of wrong types`, ...changes.map(([name, value]) => field(name, value)));
    });
  return {
    classes: [
      [
        several('every field is an object', ...fields.map((name) => field(name, '{}'))),
        several('no image_id, and delay_time is "abc"', missing, field('delay_time', '"abc"')),
        several('image_id is null, and is_fix is "maybe"', field('image_id', 'null'), field('is_fix', '"maybe"')),
        several('delay_time is 1.5, and message is []', field('delay_time', '1.5'), field('message', '[]')),
        several('image_type and os_type are arrays', field('image_type', '[]'), field('os_type', '[]')),
        several('no image_id, and order_id is {}', missing, field('order_id', '{}')),
        several('image_id is [], and delay_time is "5"', field('image_id', '[]'), field('delay_time', '"5"')),
        several('delay_time is {}, and is_fix is []', field('delay_time', '{}'), field('is_fix', '[]')),
      ],
    ],
    random,
  };
}

const anyUnknownName: Arbitrary<string> = fc
  .oneof(fc.stringMatching(/^[A-Za-z0-9_.-]{1,20}$/), fc.string({ unit: 'grapheme', minLength: 1, maxLength: 10 }))
  .map((name) => `conformance_${name}`);
const anyJson: Arbitrary<string> = fc.jsonValue({ maxDepth: 3 }).map((value) => JSON.stringify(value));

/** A field that the page does not know. */
export function unknownField(_: Setting): DeviationSource {
  const with_ = (inWords: string, value: Written, place: Place = 'last', name = unknown): Deviation => ({
    kind: 'unknown field',
    what: `an unknown field, ${inWords}`,
    change: members([], [[name, value]], place),
  });
  const random = fc
    .tuple(anyUnknownName, anyJson, fc.constantFrom<Place>('first', 'last'))
    .map(([name, value, place]) => with_(`${quoted(name)}: ${shortened(value)}`, value, place, name));
  return {
    classes: [
      [
        with_('a string', '"text"'),
        with_('an object', '{"list":[1,null,"text"]}', 'first'),
        with_('null', 'null'),
        with_('a number of 20 digits', '12345678901234567890', 'first'),
        with_('an array of arrays', '[[],[[true]]]'),
        with_('whose name has spaces and CJK', 'false', 'first', 'conformance 未知 "x"'),
      ],
    ],
    random,
  };
}

/** Unknown fields named like what objects of some languages inherit. */
export function inheritedUnknownField(_: Setting): DeviationSource {
  const named = (name: string, value: string): Deviation => ({
    kind: 'inherited unknown field',
    what: `a field ${name}: ${shortened(value)}`,
    change: members([], [[name, value]]),
  });
  const names = [
    '__proto__',
    'constructor',
    'prototype',
    'toString',
    'hasOwnProperty',
    'valueOf',
    'length',
    '__class__',
    'toJSON',
  ];
  const random = fc.tuple(fc.constantFrom(...names), anyJson).map(([name, value]) => named(name, value));
  return {
    classes: [
      [
        named('__proto__', `{"${unknown}":true}`),
        named('constructor', `{"prototype":{"${unknown}":true}}`),
        named('hasOwnProperty', '1'),
        named('__proto__', 'null'),
        named('toString', '"text"'),
      ],
    ],
    random,
  };
}

/** Members of one name, each valid by itself. */
export function duplicateKeys(setting: Setting): DeviationSource {
  const { fixture } = setting;
  const repeated = (name: Field | typeof unknown, values: readonly string[], what: string): Deviation => ({
    kind: 'duplicate keys',
    ...(name === unknown ? {} : { field: name }),
    what,
    change: members(
      name === unknown ? [] : [name],
      values.map((value) => [name, value]),
    ),
  });
  const { min, max } = range('delay_time', setting.edition);
  const image = JSON.stringify(fixture.image_id);
  const valid = (field: Field): Arbitrary<string> => {
    const schema = fieldSchema(field, setting.edition);
    const isNamed = field === 'image_id' || schema['x-pin'] === true;
    const values = isNamed ? fc.constant(validValue(setting, field)) : validValues(schema);
    return values.map((value) => JSON.stringify(value));
  };
  // What a condition waits for would ask for more.
  const tied = new Set<string>(forbiddenLevels(setting.edition).map(({ dimension }) => dimension));
  const free = edition(setting.edition).fields.filter((field) => !tied.has(field));
  const random = fc
    .constantFrom(...free)
    .chain((field) => fc.tuple(fc.constant(field), fc.array(valid(field), { minLength: 2, maxLength: 5 })))
    .map(([field, values]) => repeated(field, values, `${field} ${values.length} times`));
  return {
    classes: [
      [
        repeated('image_id', [image, image], 'image_id twice'),
        repeated('delay_time', [`${min}`, `${max}`], 'delay_time twice, with two values'),
        repeated('message', ['"first"', '"second"'], 'message twice, with two values'),
        repeated('is_fix', ['true', 'false'], 'is_fix twice, with two values'),
        repeated(unknown, ['1', '{}'], 'an unknown field twice'),
      ],
    ],
    random,
  };
}
