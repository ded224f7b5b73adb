import type { ValueSchema } from '../specs/value-schema.ts';

/** Characters of the longest text of a field of which the schema does not say how long it may be. */
const longEnough = 400;

/** Characters of the basic plane that the longest text of a field has. */
export function longest({ maxLength = longEnough }: Pick<ValueSchema, 'maxLength'>): number {
  return maxLength;
}

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
const longTexts: readonly string[] = ['a', '保してい저장', '"\\\n<&', '[', 'é'];

/** The texts of a level of a field that takes any; none for other levels. */
export function textsOf(level: string, schema: ValueSchema): readonly string[] {
  const most = longest(schema);
  const whole = (unit: string): string => unit.repeat(most).slice(0, most);
  switch (level) {
    case 'typical':
      return [typicalMessage.slice(0, most)];
    case 'rich':
      return [cut(richText, most)];
    case 'literal':
      return literalTexts.filter((one) => one.length <= most);
    case 'longest':
      return longTexts.map(whole);
    default:
      return [];
  }
}

/** No character beyond the basic plane is cut in two. */
function cut(value: string, length: number): string {
  return value.slice(0, length).replace(/[\uD800-\uDBFF]$/, '');
}
