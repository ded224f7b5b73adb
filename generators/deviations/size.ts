import fc, { type Arbitrary } from 'fast-check';
import type { Field } from '../../specs/requirement.ts';
import type { Change, Deviation, Written } from '../model.ts';
import type { DeviationSource, Setting } from './source.ts';

const mebibyte = 1024 * 1024;
const depth = 10_000;
const unknown = 'conformance_unknown';

/** What opens and closes one level, or the two levels of `mixed`. */
const nests = {
  arrays: { open: '[', core: '', close: ']', levels: 1 },
  objects: { open: '{"a":', core: '0', close: '}', levels: 1 },
  'arrays and objects': { open: '[{"a":', core: 'null', close: '}]', levels: 2 },
} as const;
type Nest = keyof typeof nests;
const nestNames = Object.keys(nests) as readonly Nest[];

function nested(nest: Nest, deep: number): Written {
  const { open, core, close, levels } = nests[nest];
  const times = Math.ceil(deep / levels);
  return [{ unit: open, times }, core, { unit: close, times }];
}

function longText(characters: number): Written {
  return ['"', { unit: 'a', times: characters }, '"'];
}

const anyNest: Arbitrary<readonly [Nest, number]> = fc.tuple(
  fc.constantFrom(...nestNames),
  fc.integer({ min: depth / 2, max: 2 * depth }),
);

/** Nesting or size that no client needs, in a field of the page. */
export function unreasonableKnownField(_: Setting): DeviationSource {
  const made = (field: Field, inWords: string, value: Written): Deviation => ({
    kind: 'unreasonable known field',
    field,
    what: `${field} ${inWords}`,
    change: { on: 'field', field, value },
  });
  const deep = (field: Field, nest: Nest, levels = depth): Deviation =>
    made(field, `is ${levels} ${nest} deep`, nested(nest, levels));
  return {
    classes: [
      [
        deep('message', 'arrays'),
        deep('delay_time', 'objects'),
        made('message', 'of 2 MiB', longText(2 * mebibyte)),
        deep('image_type', 'arrays and objects'),
        deep('os_type', 'objects'),
        deep('delay_time', 'arrays'),
        deep('message', 'arrays and objects'),
        deep('image_type', 'arrays'),
      ],
    ],
    random: fc
      .tuple(fc.constantFrom<Field>('message', 'delay_time', 'image_type', 'os_type', 'is_fix'), anyNest)
      .map(([field, [nest, levels]]) => deep(field, nest, levels)),
  };
}

/** Nesting or size that no client needs, where the page promises nothing. */
export function unreasonableUnknownField(_: Setting): DeviationSource {
  const made = (what: string, change: Change): Deviation => ({ kind: 'unreasonable unknown field', what, change });
  const added = (what: string, value: Written): Deviation =>
    made(what, { on: 'members', without: [], add: [[unknown, value]], place: 'last' });
  const deep = (nest: Nest, levels = depth): Deviation =>
    added(`an unknown field is ${levels} ${nest} deep`, nested(nest, levels));
  const many = (count: number): Deviation =>
    made(`${count} unknown fields`, {
      on: 'members',
      without: [],
      add: Array.from({ length: count }, (_, n) => [`${unknown}_${n}`, `${n}`] as const),
      place: 'first',
    });
  const padding = (length: number, inWords: string): Deviation =>
    made(`${inWords} of white space`, { on: 'padding', length });
  return {
    classes: [
      [
        deep('objects'),
        padding(mebibyte, '1 MiB'),
        many(2000),
        added('an unknown field of 12 MiB and a byte', longText(12 * mebibyte + 1)),
        deep('arrays'),
        added('an unknown field of 1 MiB', longText(mebibyte)),
        deep('arrays and objects'),
        added('an unknown field of 100000 numbers', ['[', { unit: '0,', times: 99_999 }, '0]']),
      ],
    ],
    random: fc.oneof(
      anyNest.map(([nest, levels]) => deep(nest, levels)),
      fc.integer({ min: 1000, max: 5000 }).map(many),
      fc
        .integer({ min: mebibyte / 2, max: 2 * mebibyte })
        .map((length) => added(`an unknown field of ${length} letters`, longText(length))),
      fc.integer({ min: mebibyte / 2, max: 2 * mebibyte }).map((length) => padding(length, `${length} characters`)),
    ),
  };
}
