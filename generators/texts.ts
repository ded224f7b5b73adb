import { fieldSchema } from './schema.ts';

/** The longest message that the schema allows, in characters of the basic plane. */
export const longest = fieldSchema('message').maxLength ?? 400;

/** A message as a client sends it. */
export const typicalMessage = 'Please save your work.';

/** Many kinds of characters at once: whoever stumbles over one of them stumbles over the text. */
const richText = [
  // White space at both ends, and much of it.
  '  \t first\nsecond\r\n\n   ',
  // Planes, scripts, combining characters, forms that normalisation changes, noncharacters.
  '\u{1F44B} \u{1F468}\u200D\u{1F469}\u200D\u{1F467} \u{1F1E9}\u{1F1EA} \u{20BB7} احفظ e\u0301 \u212B \u00C5 \uFFFD \uFDD0 \u{1FFFF} ﬁ İ ß 保存',
  // Quotes, escapes, templates, markup, queries.
  ' "q" \'s\' `b` \\n %20 %s 100 % <b onclick="x()">&amp;</b> \'; DROP TABLE pools; -- $\u007B7*7} {{7*7}} #{7} ../.. // # and/or [x] {y} ',
  // Controls and invisible ones.
  '\b\f\u0001\u001B\u007F\u0085\u2028\u2029\u202Eabc\u202C\u200B\uFEFF\u00A0\u3000 ends in \\  ',
].join('');

/** Texts that a careless reader takes for something else, or for nothing. */
export const literalTexts: readonly string[] = ['null', ' ', '0', 'true', '{}', 'undefined', '\n', '-1'];

/** Texts as long as they may be: plain, of three bytes a character, and such as grow when they are escaped. */
const longestTexts: readonly string[] = [
  'a'.repeat(longest),
  '保してい저장'.repeat(longest).slice(0, longest),
  '"\\\n<&'.repeat(longest).slice(0, longest),
  '['.repeat(longest),
  'é'.repeat(longest),
];

/** By level of the dimension `message`. */
export const messages = {
  typical: [typicalMessage],
  rich: [richText],
  literal: literalTexts,
  longest: longestTexts,
} as const satisfies Readonly<Record<string, readonly string[]>>;
