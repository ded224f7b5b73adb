import fc, { type Arbitrary } from 'fast-check';
import type { Field } from '../../specs/requirement.ts';
import type { Change, Deviation, TextEdit } from '../model.ts';
import { isJson } from '../text-edit.ts';
import type { DeviationSource, Setting } from './source.ts';

function malformed(what: string, change: Change): Deviation {
  return { kind: 'malformed JSON', what, change };
}

function edited(what: string, edit: TextEdit): Deviation {
  return malformed(what, { on: 'text', edit });
}

function fieldIs(field: Field, value: string): Deviation {
  return { ...malformed(`${field} is ${visible(value)}`, { on: 'field', field, value }), field };
}

/** Whoever passes over what it does not know must read it all the same. */
function unknownIs(value: string): Deviation {
  const what = `an unknown field is ${visible(value)}`;
  return malformed(what, { on: 'members', without: [], add: [['conformance_unknown', value]], place: 'last' });
}

/** Control characters and white space other than spaces as escapes: they would be lost in print. */
function visible(text: string): string {
  return text.replace(/[^\x21-\x7E ]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

/** The place of a token in words: from 1, or from the end. */
function nth(token: number): string {
  if (token === -1) return 'the last token';
  return token < 0 ? `token ${-token} from the end` : `token ${token + 1}`;
}

function inWords(edit: TextEdit): string {
  switch (edit.edit) {
    case 'delete':
      return `${nth(edit.token)} left out`;
    case 'double':
      return `${nth(edit.token)} twice`;
    case 'swap':
      return `${nth(edit.token)} and the next one swapped`;
    case 'cut inside':
      return `cut inside ${nth(edit.token)}`;
    case 'cut after':
      return `cut after ${nth(edit.token)}`;
    case 'replace':
      return `${nth(edit.token)} replaced by ${visible(edit.by)}`;
    case 'insert':
      return `${visible(edit.by)} behind ${nth(edit.token)}`;
    case 'around':
      return edit.before === '' ? `${visible(edit.after)} at the end` : `${visible(edit.before)} in front`;
  }
}

function byTokens(
  edit: 'delete' | 'double' | 'swap' | 'cut inside' | 'cut after',
  ...tokens: readonly number[]
): readonly Deviation[] {
  return tokens.map((token) => edited(inWords({ edit, token }), { edit, token }));
}

function byText(edit: 'replace' | 'insert', ...places: readonly (readonly [number, string])[]): readonly Deviation[] {
  return places.map(([token, by]) => edited(inWords({ edit, token, by }), { edit, token, by }));
}

/** Takes the first of each list, then the second of each. */
function inTurns(...lists: readonly (readonly Deviation[])[]): readonly Deviation[] {
  const longest = Math.max(...lists.map((list) => list.length));
  return Array.from({ length: longest }, (_, i) => lists.flatMap((list) => list.slice(i, i + 1))).flat();
}

/** Tokens 0 to 4 of any body are a brace, a name, a colon, a value, and a comma or the closing brace. */
const left = byTokens('delete', 2, -1, 4, 3, 0, 1, 6, 7, 8, 10);
const doubledOrSwapped = inTurns(
  byTokens('double', 4, 2, 3, 0),
  byTokens('swap', 2, 3, 0, 6),
  byText('insert', [3, '"text"'], [0, ','], [2, '15']),
);
const replaced = byText(
  'replace',
  [4, ';'],
  [2, '='],
  [0, '['],
  [-1, ']'],
  [1, '15'],
  [3, '}'],
  [2, ','],
  [1, 'null'],
  [4, ':'],
);
const cut = inTurns(byTokens('cut after', 2, 0, 4, -2), byTokens('cut inside', 3, 1, -2));

const numbers = ['05', '0x5', 'NaN', '+5', '.5', '5.', 'Infinity', '-Infinity', '1_0', '5e', '- 5', '5L', '0b1', '０'];
const anyBadNumber: Arbitrary<string> = fc.stringMatching(/^[-+.0-9eExX_]{1,8}$/).filter((text) => !isJson(text));

const dialectOfNumbers = numbers.map((value) => fieldIs('delay_time', value));
const dialectOfTexts: readonly Deviation[] = [
  fieldIs('message', '"a\tb"'),
  fieldIs('message', '"a\\x41b"'),
  fieldIs('message', '"it\\\'s"'),
  fieldIs('message', '"a\nb"'),
  fieldIs('message', '"a\\u00g0"'),
  fieldIs('message', '"a\u0000b"'),
  fieldIs('message', '"a\\\nb"'),
  fieldIs('message', '"a\\101b"'),
  fieldIs('message', '"a\\u{41}b"'),
];

const dialectOfWords: readonly Deviation[] = [
  fieldIs('is_fix', 'True'),
  fieldIs('message', "'text'"),
  fieldIs('message', 'undefined'),
  fieldIs('is_fix', 'yes'),
  fieldIs('message', 'text'),
  fieldIs('is_fix', 'None'),
  fieldIs('message', '`text`'),
  fieldIs('message', '"a" + "b"'),
];

const dialectOfStructure: readonly Deviation[] = [
  edited('a trailing comma', { edit: 'insert', token: -2, by: ',' }),
  unknownIs('[1,]'),
  edited('a bare key', { edit: 'replace', token: 1, by: 'image_id' }),
  edited('a line comment', { edit: 'insert', token: 0, by: ' // comment\n' }),
  edited('a key in single quotes', { edit: 'replace', token: 1, by: "'image_id'" }),
  edited('a block comment', { edit: 'insert', token: 0, by: '/* comment */' }),
  edited('a byte-order mark inside', { edit: 'insert', token: 0, by: '\uFEFF' }),
  edited('a hash comment', { edit: 'insert', token: 3, by: ' # comment\n' }),
  edited('a no-break space inside', { edit: 'insert', token: 0, by: '\u00A0' }),
  edited('an arrow in place of a colon', { edit: 'replace', token: 2, by: '=>' }),
  edited('an ellipsis before the brace', { edit: 'insert', token: -2, by: ', ...' }),
  edited('a parenthesis in place of the brace', { edit: 'replace', token: -1, by: ')' }),
];

function around({ fixture }: Setting): readonly Deviation[] {
  const image = JSON.stringify(fixture.image_id);
  const before = (what: string, text: string): Deviation => edited(what, { edit: 'around', before: text, after: '' });
  const behind = (what: string, text: string): Deviation => edited(what, { edit: 'around', before: '', after: text });
  return [
    // Whoever reads a stream of documents, or one a line, takes the first and leaves the rest.
    behind('a second document', `\n{"image_id":${image}}`),
    behind('trailing data', ' x'),
    behind('a null character and data behind it', '\u0000x'),
    malformed('a form', { on: 'body', body: `image_id=${encodeURIComponent(fixture.image_id)}` }),
    before('leading data', 'x '),
    edited('form feeds around it', { edit: 'around', before: '\f', after: '\f' }),
    behind('a brace too many', '}'),
    malformed('YAML', { on: 'body', body: `image_id: ${image}\n` }),
    behind('a semicolon at the end', ';'),
    behind('a comma at the end', ','),
    edited('parentheses around it', { edit: 'around', before: '(', after: ')' }),
    before('a prefix against hijacking', ")]}',\n"),
    before('an opening bracket alone', '['),
    behind('a null character at the end', '\u0000'),
  ];
}

/** Any edit that cannot leave JSON: whatever stands only before an object, or only behind it, is too much. */
const anyEdit: Arbitrary<TextEdit> = fc.oneof(
  fc.record({
    edit: fc.constantFrom('delete', 'double', 'swap', 'cut inside', 'cut after'),
    token: fc.nat({ max: 40 }),
  }),
  fc.record({
    edit: fc.constantFrom('replace', 'insert'),
    token: fc.nat({ max: 40 }),
    by: fc.oneof(
      fc.constantFrom('{', '}', '[', ']', ',', ':', '"', "'", '\\', '/', '/**/', '//', '#', '\f', '\u00A0', '\uFEFF'),
      fc.constantFrom('"text"', '15', 'true', 'null', 'x', '""', '{}', '[]', ',,', ';'),
      fc.string({ minLength: 1, maxLength: 4 }).filter((text) => text.trim() !== ''),
    ),
  }),
  fc
    .tuple(fc.stringMatching(/^[!-~]{1,6}$/), fc.boolean())
    .map(([junk, first]) => ({ edit: 'around' as const, before: first ? junk : '', after: first ? '' : junk })),
);

const anyRawControl: Arbitrary<string> = fc
  .tuple(fc.stringMatching(/^[a-z]{0,5}$/), fc.integer({ min: 0, max: 0x1f }), fc.stringMatching(/^[a-z]{0,5}$/))
  .map(([before, control, after]) => `"${before}${String.fromCharCode(control)}${after}"`);

const anyBadNest: Arbitrary<string> = fc
  .tuple(fc.constantFrom('[1,', '[,', '{"a":1,', '{a:1', "['a'", '[undefined', '[01', '{"a" 1'), fc.nat({ max: 3 }))
  .map(([inner, depth]) => `${'['.repeat(depth)}${inner}${inner.startsWith('{') ? '}' : ']'}${']'.repeat(depth)}`);

/** Bodies that are no JSON: a token amiss, another language's notation, or more than one value. */
export function malformedJson(setting: Setting): DeviationSource {
  const classes = [
    inTurns(left, doubledOrSwapped, replaced),
    cut,
    dialectOfNumbers,
    dialectOfTexts,
    dialectOfWords,
    dialectOfStructure,
    around(setting),
  ];
  return {
    classes,
    random: fc.oneof(
      // Each that has a name beside more than the fixed cases can, for one reader of several may be lenient.
      { weight: 3, arbitrary: fc.constantFrom(...classes.flat()) },
      { weight: 6, arbitrary: anyEdit.map((edit) => edited(inWords(edit), edit)) },
      { weight: 1, arbitrary: anyBadNumber.map((value) => fieldIs('delay_time', value)) },
      { weight: 1, arbitrary: anyRawControl.map((value) => fieldIs('message', value)) },
      { weight: 1, arbitrary: fc.oneof(anyBadNumber, anyRawControl, anyBadNest).map(unknownIs) },
    ),
  };
}
