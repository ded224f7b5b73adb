import { Ajv2020 } from 'ajv/dist/2020.js';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { defaultEdition, edition } from '../../specs/editions.ts';
import requestSchema from '../../specs/rebuild-request.schema.json' with { type: 'json' };
import type { Field } from '../../specs/requirement.ts';
import type { Change, Deviation, Repeated, TextEdit, Written } from '../model.ts';
import { optionalFields } from '../schema.ts';
import { editText, isJson } from '../text-edit.ts';
import { byteOrderMark, invalidUtf8, loneSurrogate, nullCharacter, utf16 } from './encodings.ts';
import {
  convertible,
  emptyImage,
  nullField,
  nullImage,
  numberNotation,
  outOfRange,
  tooLong,
  tooLongId,
  wrongType,
} from './fields.ts';
import { noBody, notAnObject, otherFormat, otherMediaType } from './formats.ts';
import { malformedJson } from './malformed.ts';
import {
  duplicateKeys,
  inheritedKey,
  inheritedUnknownField,
  inQuery,
  lookAlikeKey,
  missingImage,
  severalFaults,
  unknownField,
} from './members.ts';
import { unreasonableKnownField, unreasonableUnknownField } from './size.ts';
import type { DeviationSource, Setting } from './source.ts';

const seed = 20261124;
const image = '0c1d2e3f-4a5b-4c6d-8e7f-9a0b1c2d3e4f';
const setting: Setting = {
  fixture: { project_id: 'p1', pool_id: 'pool-a', image_id: image, os_type: 'Li"nux' },
  auth: 'token',
  seed,
  edition: defaultEdition,
};
const { fields } = edition(defaultEdition);

const perField = (make: (setting: Setting, field: Field) => DeviationSource, some: readonly Field[]) =>
  some.map((field) => [field, make(setting, field)] as const);

const invalidFields: readonly (readonly [string, DeviationSource])[] = [
  ...perField(wrongType, fields),
  ...perField(convertible, fields),
  ...perField(nullField, optionalFields(defaultEdition)),
  ['image_id', nullImage(setting)],
  ['image_id', emptyImage(setting)],
  ['delay_time', outOfRange(setting, 'delay_time')],
  ...perField(tooLong, ['image_type', 'os_type', 'message']),
  ['image_id', tooLongId(setting, 'image_id')],
  ['order_id', tooLongId(setting, 'order_id')],
  ['known', unreasonableKnownField(setting)],
];

const withoutImage = [missingImage(setting), lookAlikeKey(setting), inheritedKey(setting)];
const odd = [duplicateKeys, unknownField, inheritedUnknownField].map((make) => make(setting));

const all: readonly DeviationSource[] = [
  ...invalidFields.map(([, source]) => source),
  ...withoutImage,
  ...odd,
  numberNotation(setting),
  severalFaults(setting),
  malformedJson(setting),
  invalidUtf8(setting),
  byteOrderMark(setting),
  utf16(setting),
  loneSurrogate(setting),
  nullCharacter(setting),
  notAnObject(setting),
  noBody(setting),
  otherFormat(setting),
  otherMediaType(setting),
  unreasonableUnknownField(setting),
];

function isRepeated(written: Written): written is Repeated {
  return typeof written === 'object' && 'unit' in written;
}

function textOf(written: Written): string {
  if (typeof written === 'string') return written;
  return isRepeated(written) ? written.unit.repeat(written.times) : written.map(textOf).join('');
}

/** Each text that a deviation holds as it is. */
function strings(value: unknown): readonly string[] {
  if (typeof value === 'string') return [value];
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(strings) : [];
}

function member(name: string, value: Written): string {
  return `${JSON.stringify(name)}:${textOf(value)}`;
}

/** A body with nothing but image_id and what is changed of its members. */
function bodyOf(change: Change): string {
  const changes = change.on === 'several' ? change.changes : [change];
  const members = changes.flatMap((one): readonly string[] => {
    if (one.on === 'field') return [member(one.field, one.value)];
    if (one.on === 'members') return one.add.map(([name, value]) => member(name, value));
    throw new Error(`no change of members: ${one.on}`);
  });
  const isReplaced = changes.some(
    (one) =>
      (one.on === 'field' && one.field === 'image_id') || (one.on === 'members' && one.without.includes('image_id')),
  );
  return `{${[...(isReplaced ? [] : [member('image_id', JSON.stringify(image))]), ...members].join(',')}}`;
}

const validate = new Ajv2020({ strict: false, allErrors: true }).compile(requestSchema);

/** Places that the schema finds wrong: `/delay_time`, or `/image_id` where it is missing. */
function wrongPlaces(body: string): readonly string[] {
  validate(JSON.parse(body));
  return (validate.errors ?? []).map(({ keyword, instancePath, params }) =>
    keyword === 'required' ? `/${params['missingProperty']}` : instancePath,
  );
}

function fixedOf({ classes }: DeviationSource): readonly Deviation[] {
  return classes.flat();
}

/** Holds for the fixed deviations of a source, and for so many random ones. */
function each({ classes, random }: DeviationSource, holds: (deviation: Deviation) => void, numRuns = 60): void {
  for (const deviation of classes.flat()) holds(deviation);
  if (random === undefined) return;
  const property = fc.property(random, (deviation) => {
    holds(deviation);
  });
  fc.assert(property, { seed, numRuns });
}

describe('every source', () => {
  test('has values in each class, and at least one class', () => {
    for (const { classes } of all) {
      expect(classes.length).toBeGreaterThan(0);
      for (const values of classes) expect(values.length).toBeGreaterThan(0);
    }
  });

  test('says in different words what is different, and nothing of the fixture', () => {
    const told = all.flatMap(fixedOf).map(({ kind, what }) => `${kind}: ${what}`);
    expect(new Set(told).size).toBe(told.length);
    for (const one of told) {
      expect(one).not.toContain(image);
      expect(one.length).toBeLessThan(150);
    }
  });

  test('keeps long texts as repeated parts', () => {
    for (const source of all)
      each(source, ({ change }) => expect(strings(change).every((text) => text.length <= 1000)).toBe(true), 20);
  });
});

describe('a field', () => {
  test('with a value that it must not have breaks the schema there', () => {
    for (const [, source] of invalidFields)
      each(source, ({ field, change, what }) => expect(wrongPlaces(bodyOf(change)), what).toContain(`/${field}`));
  });

  test('in unusual notation keeps the schema', () => {
    each(numberNotation(setting), ({ change }) => expect(wrongPlaces(bodyOf(change))).toEqual([]), 300);
  });

  test('of no type of its own is a fraction, a word, or a composite', () => {
    const source = wrongType(setting, 'delay_time');
    each(
      source,
      ({ change }) => {
        if (change.on !== 'field') return;
        const value: unknown = JSON.parse(textOf(change.value));
        expect(typeof value === 'number' ? Number.isInteger(value) : value === null).toBe(false);
      },
      500,
    );
  });

  test('out of range is written as a whole number, whatever its notation', () => {
    each(
      outOfRange(setting, 'delay_time'),
      ({ change }) => {
        const value = change.on === 'field' ? Number(textOf(change.value)) : Number.NaN;
        expect(value < 0 || value > 15).toBe(true);
        expect(Number.isInteger(value) || Math.abs(value) === Number.POSITIVE_INFINITY).toBe(true);
      },
      500,
    );
  });
});

describe('the members', () => {
  test('lack image_id where something else stands for it', () => {
    for (const source of withoutImage)
      each(source, ({ change }) => expect(wrongPlaces(bodyOf(change))).toContain('/image_id'));
  });

  test('are valid where only more of them come', () => {
    for (const source of odd) each(source, ({ change }) => expect(wrongPlaces(bodyOf(change))).toEqual([]));
    for (const kind of [loneSurrogate, nullCharacter])
      each(kind(setting), ({ change }) => expect(wrongPlaces(bodyOf(change))).toEqual([]));
  });

  test('have several faults at different places', () => {
    each(severalFaults(setting), ({ change }) =>
      expect(new Set(wrongPlaces(bodyOf(change))).size).toBeGreaterThanOrEqual(2),
    );
  });

  test('leave image_id to the query in one case alone', () => {
    expect(all.flatMap(fixedOf).filter(({ needs }) => needs?.query === 'image_id')).toEqual([inQuery]);
  });
});

describe('a surrogate', () => {
  test('stands alone in every message', () => {
    each(loneSurrogate(setting), ({ change }) => {
      const { message } = JSON.parse(bodyOf(change)) as { message: string };
      expect(Buffer.from(message).toString()).not.toBe(message);
    });
  });
});

describe('bytes', () => {
  test('are no UTF-8, and leave the string open', () => {
    each(invalidUtf8(setting), ({ change }) => {
      const bytes = change.on === 'bytes' ? change.bytes : [];
      expect(() => new TextDecoder('utf-8', { fatal: true }).decode(Uint8Array.from(bytes))).toThrow();
      expect(bytes.every((byte) => byte >= 0x20 && byte !== 0x22 && byte !== 0x5c)).toBe(true);
    });
  });
});

describe('the body', () => {
  test('that is no object is JSON', () => {
    each(notAnObject(setting), ({ change }) => {
      const value: unknown = change.on === 'body' && change.body !== undefined ? JSON.parse(textOf(change.body)) : {};
      expect(typeof value === 'object' && value !== null && !Array.isArray(value)).toBe(false);
    });
  });

  test('in another format is no JSON', () => {
    each(otherFormat(setting), ({ change }) =>
      expect(change.on === 'body' && isJson(textOf(change.body ?? '""'))).toBe(false),
    );
  });
});

/** Objects like the bodies of the operation, written in any way. */
const anyDocument = fc
  .tuple(
    fc.dictionary(fc.string({ maxLength: 8 }), fc.jsonValue({ maxDepth: 1 }), { maxKeys: 5, noNullPrototype: true }),
    fc.constantFrom(0, 1, 2, '\t'),
  )
  .map(([rest, indent]) => JSON.stringify({ ...rest, image_id: image }, null, indent));

const anyEdit: fc.Arbitrary<TextEdit> = fc.oneof(
  fc.record({
    edit: fc.constantFrom('delete', 'double', 'swap', 'cut inside', 'cut after'),
    token: fc.integer({ min: -50, max: 50 }),
  }),
  fc.record({
    edit: fc.constantFrom('replace', 'insert'),
    token: fc.integer({ min: -50, max: 50 }),
    by: fc.constantFrom('{', '}', '[', ']', ',', ':', '"', '"text"', '15', 'true', 'null', 'x', '\uFEFF'),
  }),
);

describe('malformed JSON', () => {
  test('is what every edit of any document leaves', () => {
    fc.assert(
      fc.property(anyDocument, anyEdit, (document, edit) => {
        const text = editText(document, edit);
        expect(() => JSON.parse(text)).toThrow();
        expect(isJson(text)).toBe(false);
        expect(text.trim()).not.toBe('');
      }),
      { seed, numRuns: 2000 },
    );
  });

  test('is what every deviation leaves of any document', () => {
    fc.assert(
      fc.property(anyDocument, malformedJson(setting).random ?? fc.constant(inQuery), (document, { change }) => {
        expect(isJson(malformedBy(document, change))).toBe(false);
      }),
      { seed, numRuns: 1000 },
    );
    const documents = fc.sample(anyDocument, { seed, numRuns: 20 });
    for (const { change } of fixedOf(malformedJson(setting)))
      for (const document of documents) expect(isJson(malformedBy(document, change))).toBe(false);
  });

  test('goes on to the next token where an edit leaves JSON', () => {
    expect(editText('{"a":1}', { edit: 'replace', token: 3, by: '2' })).toBe('{"a":12');
    expect(editText('{"a":15}', { edit: 'double', token: 3 })).toBe('{"a":15 15}');
    expect(editText('{"a":1}', { edit: 'cut after', token: -1 })).toBe('{');
    expect(editText('{ "a": 1 }', { edit: 'swap', token: 1 })).toBe('{ :"a" 1 }');
    expect(() => editText('{}', { edit: 'insert', token: 0, by: ' ' })).toThrow('no token');
    expect(() => editText('{}', { edit: 'around', before: '\uFEFF', after: '' })).toThrow('still JSON');
  });
});

/** A document with the change of a malformed body, and a member for a field that is changed. */
function malformedBy(document: string, change: Change): string {
  switch (change.on) {
    case 'text':
      return editText(document, change.edit);
    case 'field':
      return `${document.trimEnd().slice(0, -1)},${member(change.field, change.value)}}`;
    case 'members':
      return `${document.trimEnd().slice(0, -1)},${change.add.map(([name, value]) => member(name, value)).join(',')}}`;
    case 'body':
      return textOf(change.body ?? '{}');
    default:
      throw new Error(`no change that leaves malformed JSON: ${change.on}`);
  }
}
