import fc from 'fast-check';
import type { DeviationKind } from '../../specs/deviations.ts';
import type { Field } from '../../specs/requirement.ts';
import type { Deviation, Repeated, Written } from '../model.ts';
import { validValue } from '../plausible.ts';
import { unknownId } from '../random.ts';
import { breaking, fieldSchema } from '../schema.ts';
import type { DeviationSource, Setting } from './source.ts';

/** A value as it is written, and in words. */
type Value = readonly [value: Written, inWords: string];

function is(kind: DeviationKind, field: Field, [value, inWords]: Value): Deviation {
  return { kind, field, what: `${field} is ${inWords}`, change: { on: 'field', field, value } };
}

/** Texts that are not in the list of a field, though some are nearly. */
export function unlistedValue({ edition }: Setting, field: Field): DeviationSource {
  const kind = 'unlisted value';
  const { enum: listed = [] } = fieldSchema(field, edition);
  const known = listed.map(String);
  const [first = ''] = known;
  const near = [
    'CONFORMANCE_UNKNOWN',
    first.toLowerCase(),
    '',
    `${first} `,
    `${first}S`,
    known.join(','),
    first.slice(0, -1),
    'null',
    '0',
  ];
  const made = (text: string): Deviation => is(kind, field, [JSON.stringify(text), shown(text)]);
  return {
    classes: [[...new Set(near)].filter((text) => !known.includes(text)).map(made)],
    random: fc.oneof(...breaking(field, edition, 'enum')).map((value) => made(String(value))),
  };
}

function shown(text: string): string {
  const written = JSON.stringify(text).replace(
    /[^\x20-\x7E]/g,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
  return written.length > 60 ? `${written.slice(0, 57)}...` : written;
}

/** A list of different ids that nobody has: whoever acts on one of them acts on nothing. */
function unknownIds(count: number, seed: number): Written {
  const start = unknownId(seed);
  const ids = Array.from({ length: count }, (_, n) => `"${start}-${n}"`);
  return ids.map((id, i) => `${i === 0 ? '[' : ','}${id}`).concat(']');
}

/** Lists longer than the limit. */
export function tooManyItems({ edition, seed }: Setting, field: Field): DeviationSource {
  const kind = 'too many items';
  const { maxItems = 1000 } = fieldSchema(field, edition);
  const made = (count: number): Deviation => is(kind, field, [unknownIds(count, seed), `a list of ${count} items`]);
  return {
    classes: [[maxItems + 1, 2 * maxItems].map(made)],
    random: fc.integer({ min: maxItems + 1, max: 2 * maxItems }).map(made),
  };
}

/** The valid list of a field, and one item more: whoever looks at the first may leave out the others. */
export function behindItems(setting: Setting, field: Field, ...item: readonly (string | Repeated)[]): Written {
  const items = validValue(setting, field);
  const before = (Array.isArray(items) ? items : [items]).map((one) => `${JSON.stringify(one)},`);
  return [`[${before.join('')}`, ...item, ']'];
}

/** Lists with an item that is too long, alone or behind others. */
export function tooLongItem(setting: Setting, field: Field): DeviationSource {
  const kind = 'too long item';
  const most = fieldSchema(field, setting.edition).items?.maxLength ?? 255;
  const made = (count: number, letter: string): Deviation =>
    is(kind, field, [['["', { unit: letter, times: count }, '"]'], `a list with an item of ${count} times ${letter}`]);
  const behind = (count: number, letter: string): Deviation =>
    is(kind, field, [
      behindItems(setting, field, '"', { unit: letter, times: count }, '"'),
      `its valid value with an item of ${count} times ${letter} behind`,
    ]);
  const counts = fc.integer({ min: most + 1, max: most + 4096 });
  return {
    classes: [[made(most + 1, 'a'), behind(most + 1, 'a'), made(65_536, 'a'), made(most + 1, '保'), made(4096, 'a')]],
    random: fc
      .tuple(fc.constantFrom(made, behind), counts, fc.constantFrom('a', 'é', '保'))
      .map(([list, count, letter]) => list(count, letter)),
  };
}

/** Lists in which an item comes more than once. */
export function repeatedItem(setting: Setting, field: Field): DeviationSource {
  const kind = 'repeated item';
  const items = validValue(setting, field);
  const all = (Array.isArray(items) ? items : [items]).map((item) => JSON.stringify(item));
  const [first = '"id"'] = all;
  const made = (list: readonly string[], inWords: string): Deviation =>
    is(kind, field, [`[${list.join(',')}]`, inWords]);
  return {
    classes: [
      [
        made([first, first], 'a list with its first item twice'),
        made([...all, first], 'its valid list with the first item once more at the end'),
        made(
          Array.from({ length: 20 }, () => first),
          'a list with its first item 20 times',
        ),
      ],
    ],
  };
}
