import fc, { type Arbitrary } from 'fast-check';
import type { DeviationKind } from '../../specs/deviations.ts';
import type { Field } from '../../specs/requirement.ts';
import type { Deviation, Written } from '../model.ts';
import { validValue } from '../plausible.ts';
import { breaking, fieldSchema, range } from '../schema.ts';
import { behindItems } from './lists.ts';
import type { DeviationSource, Setting } from './source.ts';

/** A value as it is written, and in words. */
type Value = readonly [value: Written, inWords: string];

/** A JSON text that also tells, cut short, what it is. */
function itself(text: string): Value {
  return [text, text.length > 40 ? `${text.slice(0, 37)}...` : text];
}

/** One field with a value that it must not have. */
function fieldIs(kind: DeviationKind, field: Field, [value, inWords]: Value): Deviation {
  return { kind, field, what: `${field} is ${inWords}`, change: { on: 'field', field, value } };
}

function source(
  kind: DeviationKind,
  field: Field,
  classes: readonly (readonly Value[])[],
  random?: Arbitrary<Value>,
): DeviationSource {
  const made = (value: Value): Deviation => fieldIs(kind, field, value);
  const fixed = classes.map((values) => values.map(made));
  return random === undefined ? { classes: fixed } : { classes: fixed, random: random.map(made) };
}

// Numbers in every notation.

/** Digits with so many of them behind the point, or, below zero, with so many zeros behind them: `-15, 1` is `-1.5`. */
function decimal(digits: bigint, places: number): string {
  if (places <= 0) return digits === 0n ? '0' : `${digits}${'0'.repeat(-places)}`;
  const [sign, absolute] = digits < 0n ? ['-', -digits] : ['', digits];
  const padded = String(absolute).padStart(places + 1, '0');
  return `${sign}${padded.slice(0, -places)}.${padded.slice(-places)}`;
}

/** One number, written with any number of zeros behind the point, and any exponent. */
function notations(digits: bigint, places = 0): Arbitrary<string> {
  return fc
    .tuple(fc.nat({ max: 3 }), fc.integer({ min: -20, max: 20 }), fc.constantFrom('', 'e', 'E', 'e+'))
    .map(([zeros, shift, mark]) => {
      const exponent = mark === '' ? 0 : mark === 'e+' ? Math.abs(shift) : shift;
      const mantissa = decimal(digits * 10n ** BigInt(zeros), places + zeros + exponent);
      return mark === '' ? mantissa : `${mantissa}${mark}${exponent}`;
    });
}

/** Numbers that are not whole, near the range or tiny; none has more digits than a double keeps. */
function fractions({ edition }: Setting, field: Field): Arbitrary<string> {
  const { min, max } = range(field, edition);
  const near = fc
    .tuple(fc.integer({ min: min - 20, max: max + 20 }), fc.integer({ min: 1, max: 10 }), fc.nat())
    .chain(([whole, places, part]) => {
      const scale = 10n ** BigInt(places);
      return notations(BigInt(whole) * scale + 1n + (BigInt(part) % (scale - 1n)), places);
    });
  const tiny = fc.tuple(fc.constantFrom('', '-'), fc.integer({ min: 1, max: 9 }), fc.integer({ min: 1, max: 300 }));
  return fc.oneof(
    near,
    tiny.map(([sign, digit, exponent]) => `${sign}${digit}e-${exponent}`),
  );
}

/** Whole numbers beyond the range: just so, good ones to whoever cuts off bits or takes another unit, and any length. */
function wholesOut({ edition }: Setting, field: Field): Arbitrary<string> {
  const { min, max } = range(field, edition);
  const inside = fc.bigInt({ min: BigInt(min), max: BigInt(max) });
  const distance = fc.bigInt({ min: 1n, max: 300n });
  const powers = fc.constantFrom(8n, 16n, 31n, 32n, 53n, 63n, 64n, 128n).map((bits) => 2n ** bits);
  return fc
    .oneof(
      distance.map((far) => BigInt(max) + far),
      distance.map((far) => BigInt(min) - far),
      fc.tuple(powers, inside).map(([power, number]) => power + number),
      fc.tuple(powers, inside).map(([power, number]) => number - power),
      fc.tuple(inside, fc.constantFrom(60n, 1000n, 60_000n)).map(([number, unit]) => number * unit),
      fc.integer({ min: 2, max: 400 }).map((zeros) => 10n ** BigInt(zeros)),
    )
    .filter((number) => number < min || number > max)
    .chain((number) => notations(number));
}

function numberInWords(number: string): Value {
  return number.length > 40 ? [number, `a number of ${number.length} characters`] : [number, number];
}

// Values of another type.

/** Lists and objects; one that holds a valid value is what lenient readers unwrap. */
function composites(setting: Setting, field: Field): readonly Value[] {
  const valid = JSON.stringify(validValue(setting, field));
  const all: readonly Value[] = [
    [`[${valid}]`, 'its valid value in an array'],
    itself('{}'),
    itself('[]'),
    [`{"id":${valid}}`, 'its valid value in an object, under id'],
    [`[[${valid}]]`, 'its valid value in two arrays'],
    itself('{"a":{"b":[null]}}'),
    [`[${valid},${valid}]`, 'its valid value twice in an array'],
    itself('{"$ne":""}'),
    [`{"${field}":${valid}}`, 'its valid value in an object, under its own name'],
    itself('[null]'),
  ];
  if (fieldSchema(field, setting.edition).type !== 'array') return all;
  // A list may be empty, and whoever looks at the first item may leave out the others.
  const lists = all.filter(([text]) => text !== '[]');
  return lists.toSpliced(1, 0, withItem(setting, field, '{}'));
}

/** The valid list of a field, and one item more behind it. */
function withItem(setting: Setting, field: Field, item: string): Value {
  return [behindItems(setting, field, item), `its valid value with ${item} behind`];
}

/** Stands for the valid value in words. */
const marker = 'V';

/** The valid value inside any arrays and objects. */
function wrapped(setting: Setting, field: Field): Arbitrary<Value> {
  const layer = fc.constantFrom(['[', ']'], ['{"id":', '}'], ['{"value":', '}'], ['{"":', '}'], ['[null,', ']']);
  return fc.array(layer, { minLength: 1, maxLength: 5 }).map((layers) => {
    const text = layers.reduce((inner, [open, close]) => `${open}${inner}${close}`, marker);
    const valid = JSON.stringify(validValue(setting, field));
    return [text.replace(marker, () => valid), `its valid value as V in ${text}`];
  });
}

/** Each list is a class: whoever is lenient with one of it is so with the others. */
const numbersWithParts = ['1.5', '0.5', '14.999', '-0.5', '15.5', '1e-1'];
const words: Readonly<Record<string, readonly string[]>> = {
  integer: ['"abc"', '"15min"', '"1,5"', '"15 5"'],
  boolean: ['"maybe"', '"abc"', '"15min"', '"trueish"', '"perhaps"', '"unknown"'],
};

/** Whoever refuses the unknown field refuses this, too; whoever ignores it must still look at what follows. */
const hidden: Deviation = {
  kind: 'wrong type',
  field: 'delay_time',
  what: 'delay_time is "abc", behind an unknown field',
  change: {
    on: 'members',
    without: ['delay_time'],
    add: [
      ['conformance_unknown', '"text"'],
      ['delay_time', '"abc"'],
    ],
    place: 'first',
  },
};

/** Values that no reader can convert without loss: lists and objects; words, and fractions for integers. */
export function wrongType(setting: Setting, field: Field): DeviationSource {
  const kind = 'wrong type';
  const { type } = fieldSchema(field, setting.edition);
  const made = (value: Value): Deviation => fieldIs(kind, field, value);
  const scalars = (words[type] ?? []).map((text) => made(itself(text)));
  if (field === 'delay_time') scalars.splice(1, 0, hidden);
  const parts = type === 'integer' ? numbersWithParts.map((text) => made(itself(text))) : [];
  const itemsBehind = fc.constantFrom('{}', '[]', '{"id":"text"}', '["text"]');
  const values: readonly Arbitrary<Value>[] = [
    wrapped(setting, field),
    ...(type === 'array' ? [itemsBehind.map((item) => withItem(setting, field, item))] : []),
    ...breaking(field, setting.edition, 'type').map((broken) => broken.map((value) => itself(JSON.stringify(value)))),
    ...(type === 'integer' ? [fractions(setting, field).map(numberInWords)] : []),
  ];
  const composite = composites(setting, field).map(made);
  return {
    classes: [composite, scalars, parts].filter((values) => values.length > 0),
    random: fc.oneof(...values).map(made),
  };
}

// Values that convert without loss.

const lossless: Readonly<Record<string, readonly string[]>> = {
  string: ['0', 'true', '15', 'false', '1.5', '-1', '12345678901234567890', '1e3'],
  integer: ['"5"', 'true', '""', '" 5 "', '"5.0"', 'false', '"05"', '"15"', '"0"', '"+5"', '"５"', '"5\\n"'],
  array: ['"text"', '[15]', '""', '[true]', '"[]"', '15', 'false', '"a,b"', '[1.5]'],
  boolean: ['"true"', '1', '"false"', '0', '""', '"yes"', '"1"', '"0"', '"True"', '2', '"no"', '"on"', '-1', '0.5'],
};

const anyNumber: Arbitrary<string> = fc.oneof(
  fc
    .tuple(fc.bigInt({ min: -(2n ** 70n), max: 2n ** 70n }), fc.nat({ max: 5 }))
    .chain(([digits, places]) => notations(digits, places)),
  fc.double({ noNaN: true, noDefaultInfinity: true }).map((number) => JSON.stringify(number)),
);

function digits({ edition }: Setting, field: Field): Arbitrary<string> {
  return fc
    .tuple(
      fc.integer(range(field, edition)),
      fc.constantFrom('', ' ', '\t', '\n', '0', '00', '+'),
      fc.constantFrom('', ' ', '\n', '.', '.0', '.000'),
    )
    .map(([number, before, after]) => JSON.stringify(`${before}${number}${after}`));
}

const anyScalar: Arbitrary<string> = fc.oneof(anyNumber, fc.constantFrom('true', 'false'));

const anyLossless: Readonly<Record<string, (setting: Setting, field: Field) => Arbitrary<string>>> = {
  string: () => anyScalar,
  integer: (setting, field) =>
    fc.oneof(
      { weight: 4, arbitrary: digits(setting, field) },
      { weight: 1, arbitrary: fc.constantFrom('true', 'false', '""') },
    ),
  array: () =>
    fc.oneof(
      anyScalar,
      anyScalar.map((text) => `[${text}]`),
      fc.stringMatching(/^[a-z,]{0,12}$/).map((text) => JSON.stringify(text)),
    ),
  boolean: () =>
    fc.oneof(
      anyNumber,
      fc
        .constantFrom('true', 'false', 'True', 'FALSE', 'yes', 'no', 'Yes', 'on', 'off', '1', '0', '')
        .map((word) => `"${word}"`),
    ),
};

/** Scalars of another type that a lenient reader converts without loss, alone or as an item of a list. */
export function convertible(setting: Setting, field: Field): DeviationSource {
  const { type } = fieldSchema(field, setting.edition);
  const texts = (lossless[type] ?? []).map(itself);
  if (type === 'array') texts.splice(1, 0, withItem(setting, field, '15'));
  const alone = anyLossless[type]?.(setting, field).map(itself);
  const behind = anyScalar.map((item) => withItem(setting, field, item));
  const random = alone === undefined || type !== 'array' ? alone : fc.oneof(alone, alone, behind);
  return source('convertible', field, texts.length === 0 ? [] : [texts], random);
}

/** `image_id` that is null. */
export function nullImage(_: Setting): DeviationSource {
  return source('null image', 'image_id', [[itself('null')]]);
}

/** An optional field that is null. */
export function nullField(_: Setting, field: Field): DeviationSource {
  return source('null', field, [[itself('null')]]);
}

/** `image_id` that is an empty string. */
export function emptyImage(_: Setting): DeviationSource {
  return source('empty image', 'image_id', [[itself('""')]]);
}

// Values beyond a limit.

/** Whole numbers beyond the range: one class near it, one that only wide numbers hold. */
export function outOfRange(setting: Setting, field: Field): DeviationSource {
  const { min, max } = range(field, setting.edition);
  const inside = BigInt(max) - 1n;
  const near = [max + 1, min - 1, `${max + 1}0e-1`, '1e2', max * 60, -max, max * 60_000, `${min - 1}.0`, '0.2e2'].map(
    String,
  );
  // Good ones when their upper bits are cut off.
  const cut = [2n ** 32n + inside, 2n ** 8n + inside, 2n ** 64n + inside, inside - 2n ** 32n].map(String);
  const many = { unit: '9', times: 5000 };
  const [fourBytes = '', oneByte = '', eightBytes = '', negative = ''] = cut;
  const far: readonly Value[] = [
    itself(fourBytes),
    itself('1e400'),
    [many, 'a number of 5000 digits'],
    itself(oneByte),
    itself(eightBytes),
    itself(negative),
    itself(String(2n ** 16n + inside)),
    [['-', many], 'a negative number of 5000 digits'],
    itself(String(-(2n ** 63n))),
    itself('-1e400'),
    itself(String(2n ** 53n + 1n)),
  ];
  return source('out of range', field, [near.map(itself), far], wholesOut(setting, field).map(numberInWords));
}

/** Whole numbers of the range in unusual notation. */
export function numberNotation(setting: Setting, field: Field = 'delay_time'): DeviationSource {
  const { min, max } = range(field, setting.edition);
  const random = fc
    .bigInt({ min: BigInt(min), max: BigInt(max) })
    .chain((number) => notations(number).filter((text) => text !== String(number)));
  const zeros = fc.constantFrom('-0', '-0.0', '0e0', '-0e5', '0.0e-7');
  const texts = ['15.0', '1.5e1', '-0', '150e-1', '1.5E+1', '0.0', '0e5', '0.15e2', '15e0', '15.000'];
  return source(
    'number notation',
    field,
    [texts.map(itself)],
    fc.oneof({ weight: 9, arbitrary: random }, { weight: 1, arbitrary: zeros }).map(itself),
  );
}

/** One character, as it stands in a JSON string, and the word for many. */
const characters = {
  letters: 'a',
  CJK: '保',
  emoji: '\u{1F44B}',
  accented: 'é',
  spaces: ' ',
  escaped: '\\u0061',
  quotes: '\\"',
  brackets: '[',
} as const;
const characterNames = Object.keys(characters) as readonly (keyof typeof characters)[];

/** A string of so many equal characters, with what stands before and behind them. */
function long(times: number, name: keyof typeof characters, before = '', after = ''): Written {
  return [`"${before}`, { unit: characters[name], times }, `${after}"`];
}

function limit({ edition }: Setting, field: Field): number {
  return fieldSchema(field, edition).maxLength ?? 255;
}

function anyLong(setting: Setting, field: Field): Arbitrary<Value> {
  const most = limit(setting, field);
  // Most lengths that break something are near the limit, and what is huge takes the time of many others.
  const times = fc.oneof(
    { weight: 8, arbitrary: fc.integer({ min: most + 1, max: 2 * most }) },
    { weight: 3, arbitrary: fc.integer({ min: most + 1, max: most + 4096 }) },
    { weight: 1, arbitrary: fc.constantFrom(8192, 32_768, 65_535, 65_536) },
  );
  return fc
    .tuple(times, fc.constantFrom(...characterNames))
    .map(([n, name]): Value => [long(n, name), `${n} characters (${name})`]);
}

/** Texts longer than the limit. */
export function tooLong(setting: Setting, field: Field): DeviationSource {
  const most = limit(setting, field);
  const values: readonly Value[] = [
    [long(most + 1, 'letters'), `${most + 1} letters`],
    [long(65_536, 'CJK'), '65536 CJK characters'],
    [long(most + 1, 'CJK'), `${most + 1} CJK characters`],
    [long(most, 'letters', '', ' '), `${most} letters and a space`],
    [long(4096, 'letters'), '4096 letters'],
    [long(most + 1, 'emoji'), `${most + 1} emoji`],
    [long(most + 1, 'escaped'), `${most + 1} letters written with escapes`],
    [long(1024, 'CJK'), '1024 CJK characters'],
  ];
  return source('too long', field, [values], anyLong(setting, field));
}

/** Ids longer than the limit, of which some begin like the valid one. */
export function tooLongId(setting: Setting, field: Field): DeviationSource {
  const most = limit(setting, field);
  const valid = String(validValue(setting, field));
  const written = JSON.stringify(valid).slice(1, -1);
  const rest = Math.max(1, most + 1 - [...valid].length);
  const values: readonly Value[] = [
    [long(most + 1, 'letters'), `${most + 1} letters`],
    [long(rest, 'letters', written), `its valid value and letters, ${most + 1} in all`],
    [long(65_536, 'CJK'), '65536 CJK characters'],
    [long(most + 1, 'CJK'), `${most + 1} CJK characters`],
    [long(4096, 'letters'), '4096 letters'],
    [long(rest, 'spaces', written), `its valid value and spaces, ${most + 1} in all`],
    [long(most + 1, 'emoji'), `${most + 1} emoji`],
    [long(1024, 'CJK'), '1024 CJK characters'],
  ];
  return source('too long id', field, [values], anyLong(setting, field));
}
