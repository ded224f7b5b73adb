import { Ajv2020 } from 'ajv/dist/2020.js';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { edition } from '../../specs/editions.ts';
import type { Field } from '../../specs/requirement.ts';
import { plain, withNeeds } from '../contexts.ts';
import type { Deviation } from '../model.ts';
import { render } from '../render.ts';
import { whenRequired } from './conditions.ts';
import { convertible, nullField, tooLongId, wrongType } from './fields.ts';
import { repeatedItem, tooLongItem, tooManyItems, unlistedValue } from './lists.ts';
import type { DeviationSource, Setting } from './source.ts';

const seed = 20261125;
const name = '2026-01';
const added = ['handle_type', 'encrypt_type', 'kms_id', 'desktop_ids'] as const satisfies readonly Field[];

const settings: readonly Setting[] = [
  {},
  { kms_id: 'key "1"', desktop_ids: ['one', 'two'] },
  { desktop_ids: ['a'] },
].map((pins) => ({
  fixture: { project_id: 'p', pool_id: 'q', image_id: 'i', ...pins },
  auth: 'token',
  seed,
  edition: name,
}));

const validate = new Ajv2020({ strict: false, allErrors: true }).compile(edition(name).request);

/** What the schema finds wrong, as `keyword at place`. */
function wrong(setting: Setting, deviation?: Deviation): readonly string[] {
  const { body } = render(setting, withNeeds(plain, deviation), deviation).request;
  validate(JSON.parse(new TextDecoder().decode(body)));
  return (validate.errors ?? [])
    .filter(({ keyword }) => keyword !== 'if')
    .map(({ keyword, instancePath, params }) =>
      keyword === 'required' ? `required at /${params['missingProperty']}` : `${keyword} at ${instancePath}`,
    );
}

/** Holds for the fixed deviations of a source, and for so many random ones. */
function each({ classes, random }: DeviationSource, holds: (deviation: Deviation) => void): void {
  expect(classes.flat().length).toBeGreaterThan(0);
  for (const deviation of classes.flat()) holds(deviation);
  if (random === undefined) return;
  const property = fc.property(random, (deviation) => {
    holds(deviation);
  });
  fc.assert(property, { seed, numRuns: 40 });
}

test.each(added)('%s of a wrong type breaks its type, or that of an item, and what cannot hold then', (field) => {
  for (const setting of settings)
    for (const source of [wrongType(setting, field), convertible(setting, field), nullField(setting, field)])
      each(source, (one) => {
        const found = wrong(setting, one);
        expect(found.length, one.what).toBeGreaterThan(0);
        for (const error of found)
          expect(error, one.what).toMatch(new RegExp(`^(type|enum|uniqueItems) at /${field}(/|$)`));
      });
});

/** Kinds of deviation, and all that is wrong with each. */
const kinds: readonly (readonly [string, (setting: Setting) => DeviationSource, RegExp])[] = [
  ['a value that is not listed', (s) => unlistedValue(s, 'handle_type'), /^enum at \/handle_type$/],
  ['another one', (s) => unlistedValue(s, 'encrypt_type'), /^enum at \/encrypt_type$/],
  ['too many items', (s) => tooManyItems(s, 'desktop_ids'), /^maxItems at \/desktop_ids$/],
  ['an item that is too long', (s) => tooLongItem(s, 'desktop_ids'), /^maxLength at \/desktop_ids\/\d+$/],
  ['an item that comes twice', (s) => repeatedItem(s, 'desktop_ids'), /^uniqueItems at \/desktop_ids$/],
  ['a long key', (s) => tooLongId(s, 'kms_id'), /^maxLength at \/kms_id$/],
  ['a missing key', (s) => whenRequired('missing when required', s, 'kms_id'), /^(required|type) at \/kms_id$/],
  ['an empty key', (s) => whenRequired('empty when required', s, 'kms_id'), /^minLength at \/kms_id$/],
];

test.each(kinds)('%s breaks the one keyword, and the body without it is valid', (_, make, pattern) => {
  for (const setting of settings)
    each(make(setting), (one) => {
      const found = wrong(setting, one);
      expect(found.length, one.what).toBe(1);
      expect(found[0], one.what).toMatch(pattern);
      const { body } = render(setting, withNeeds(plain, one)).request;
      expect(validate(JSON.parse(new TextDecoder().decode(body)))).toBe(true);
    });
});
