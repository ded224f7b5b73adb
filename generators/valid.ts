import type { ValidVariation } from '../specs/requirement.ts';
import {
  type Body,
  company,
  fullBody,
  isWithheld,
  jsonCase,
  only,
  pinned,
  rawCase,
  shown,
  validBody,
} from './build.ts';
import type { Case, CaseSource, Fixture } from './case.ts';
import { coveringArray } from './pairs.ts';
import { optionalBody, randomCases } from './random.ts';
import { fieldSchema, optionalStrings, range } from './schema.ts';
import { validValues } from './schema-values.ts';

const longest = fieldSchema('message').maxLength ?? 400;

function factors(fixture: Fixture): readonly (readonly [string, readonly unknown[]])[] {
  const { image_type, os_type, order_id } = pinned(fixture);
  const { min, max } = range('delay_time');
  const all: readonly (readonly [string, readonly unknown[]])[] = [
    ['image_type', [undefined, image_type]],
    ['os_type', [undefined, os_type]],
    ['delay_time', [undefined, min, max]],
    ['message', [undefined, 'Please save your work.', 'a'.repeat(longest)]],
    ['order_id', [undefined, order_id]],
    ['is_fix', [undefined, true, false]],
  ];
  return all.filter(([name]) => !isWithheld(fixture, name));
}

function combinations(fixture: Fixture): Case[] {
  const all = factors(fixture);
  return coveringArray(all.map(([, values]) => values.length)).map((row) => {
    const chosen = all.flatMap(([name, values], i) => {
      const value = values[row[i] ?? 0];
      return value === undefined ? [] : [[name, value] as const];
    });
    const label = chosen.map(([name, value]) => (name === 'message' ? name : `${name} ${shown(value)}`)).join(', ');
    return jsonCase(fixture, `with ${label || 'no optional field'}`, {
      ...validBody(fixture),
      ...Object.fromEntries(chosen),
    });
  });
}

function delays(fixture: Fixture): Case[] {
  const { min, max } = range('delay_time');
  const others: readonly Body[] = [{}, { is_fix: true }, { message: 'Please save your work.' }, { is_fix: false }];
  return Array.from({ length: max - min + 1 }, (_, i) =>
    jsonCase(fixture, `delay_time is ${min + i}`, {
      ...validBody(fixture),
      delay_time: min + i,
      ...others[i % others.length],
    }),
  );
}

const texts: readonly (readonly [string, string])[] = [
  ['emoji', '\u{1F44B} \u{1F468}\u200D\u{1F469}\u200D\u{1F467} \u{1F1E9}\u{1F1EA}'],
  ['quotes and backslashes', '"quoted" \'single\' back\\slash \\n ends in \\'],
  ['line breaks, tabs, backspace and form feed', 'first\nsecond\r\n\tthird\b\f'],
  ['percent signs, markup and SQL', '100 % %20 %s %n %00 <b onclick="x()">&amp;</b> \'; DROP TABLE pools; --'],
  ['a single space', ' '],
  ['leading and trailing spaces', '  text  '],
  ['templates', `${'$'}{7*7} {{7*7}} #{7*7} <%= 7 %>`],
  ['the word null', 'null'],
  ['the digit 0', '0'],
  [
    'right-to-left, combining, replacement and control characters',
    'احفظ עבודה e\u0301 n\u0303 \u202Eabc\u202C \uFFFD \u0001\u001B\u007F\u0085\u2028\uFEFF',
  ],
];

function lengths(fixture: Fixture): Case[] {
  const many = 256;
  const plain = (message: string) => JSON.stringify({ ...validBody(fixture), message });
  const image = JSON.stringify(fixture.image_id);
  return [
    ['255 letters', plain('a'.repeat(255))],
    [`${many} letters written with escapes`, `{"image_id":${image},"message":${escapeAll('a'.repeat(many))}}`],
    [`${longest} letters`, plain('a'.repeat(longest))],
    [`${longest} CJK characters`, plain('保してい저장'.repeat(longest).slice(0, longest))],
    [`${longest} opening brackets`, plain('['.repeat(longest))],
  ].map(([label, body]) => rawCase(fixture, `message of ${label}`, body));
}

function escapeAll(value: string): string {
  const units = Array.from({ length: value.length }, (_, i) => value.charCodeAt(i).toString(16).padStart(4, '0'));
  return `"${units.map((unit) => `\\u${unit}`).join('')}"`;
}

function writings(fixture: Fixture): Case[] {
  const body = { ...validBody(fixture), delay_time: 15, message: 'and/or', is_fix: false };
  const image = JSON.stringify(fixture.image_id);
  const reversed = Object.fromEntries(Object.entries(body).reverse());
  return [
    jsonCase(fixture, 'keys in reversed order', reversed),
    rawCase(fixture, 'CRLF and tabs between tokens', `\r\n{\t"image_id"\r\n:\t${image} ,\r\n"delay_time" : 15\t}\r\n`),
    rawCase(fixture, 'keys written with escapes', `{${escapeAll('image_id')}:${image},"delay_time":15}`),
    rawCase(
      fixture,
      'values written with escapes',
      `{"image_id":${escapeAll(fixture.image_id).toUpperCase().replaceAll('\\U', '\\u')},"message":"\\uD83D\\uDC4B"}`,
    ),
    rawCase(fixture, 'pretty-printed', `${JSON.stringify(body, null, 2)}\n`),
    rawCase(fixture, 'escaped solidus', `{"image_id":${image},"message":"and\\/or"}`),
  ];
}

function transports(fixture: Fixture): Case[] {
  const body = validBody(fixture);
  const text = { ...body, message: '请保存您的工作' };
  return [
    jsonCase(fixture, 'sent in chunks', text, { transfer: 'chunked' }),
    jsonCase(fixture, 'sent in two pieces', text, { transfer: 'two pieces' }),
    jsonCase(fixture, 'header names in lower case', body, { headerCase: 'lower' }),
    jsonCase(fixture, 'header names in upper case', body, { headerCase: 'upper' }),
  ];
}

const charsets = ['application/json; charset=utf-8', 'application/json;charset=UTF-8', 'Application/JSON'];

/** Requests that every implementation has to accept, or at least may. */
export function validCases(vary: ValidVariation, fixture: Fixture, seed: number): CaseSource {
  const body = validBody(fixture);
  switch (vary) {
    case 'minimal':
      return only(jsonCase(fixture, 'image_id alone', body));
    case 'full':
      return only(jsonCase(fixture, 'every field', fullBody(fixture)));
    case 'combinations': {
      const arbitrary = optionalBody(fixture, false).map((rest) =>
        jsonCase(fixture, `with ${Object.keys(rest).join(', ') || 'no optional field'}`, { ...body, ...rest }),
      );
      return { fixed: combinations(fixture), random: randomCases(seed, arbitrary) };
    }
    case 'delays':
      return only(...delays(fixture));
    case 'text': {
      const textCase = (label: string, message: string) =>
        jsonCase(fixture, `message with ${label}`, { ...body, message });
      const arbitrary = validValues(fieldSchema('message')).map((message) => textCase(shown(message), String(message)));
      return { fixed: texts.map(([label, value]) => textCase(label, value)), random: randomCases(seed, arbitrary) };
    }
    case 'writing':
      return only(...writings(fixture));
    case 'length':
      return only(...lengths(fixture));
    case 'charset':
      return only(...charsets.map((type) => jsonCase(fixture, type, body, { headers: { 'content-type': type } })));
    case 'empty strings':
      return only(
        ...optionalStrings
          .filter((name) => !isWithheld(fixture, name))
          .map((name) => jsonCase(fixture, `${name} is empty`, { ...body, ...company(fixture, 1), [name]: '' })),
      );
    case 'unknown field':
      return only(
        jsonCase(fixture, 'an unknown string', { ...body, conformance_unknown: 'text' }),
        jsonCase(fixture, 'an unknown object', { ...body, conformance_unknown: { list: [1, null, 'text'] } }),
        jsonCase(fixture, 'a key __proto__', { ...body, ['__proto__']: { is_fix: true } }),
      );
    case 'number forms':
      return only(
        ...['15.0', '1.5e1'].map((form) =>
          rawCase(fixture, `delay_time written ${form}`, `${JSON.stringify(body).slice(0, -1)},"delay_time":${form}}`),
        ),
      );
    case 'transport':
      return only(...transports(fixture));
  }
}
