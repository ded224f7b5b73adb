import type { CredentialVariation } from '../specs/requirement.ts';
import { company, jsonCase, only, rawCase, validBody } from './build.ts';
import type { Case, CaseSource, Fixture } from './case.ts';
import { optionalBody, randomCases } from './random.ts';

const words: Readonly<Partial<Record<Case['credential'], string>>> = {
  'other start': 'the first character of the credential is another one',
  'other end': 'the last character of the credential is another one',
};

/** How a credential is changed, as the labels of cases say it. */
export function credentialWords(credential: Case['credential']): string {
  return words[credential] ?? `the credential is ${credential}`;
}

/** Bodies for people who may not ask: each step of a reader may meet them. */
const invalidBodies: readonly (readonly [what: string, text: string | undefined, of: readonly Case['credential'][]])[] =
  [
    ['is {}', '{}', ['absent', 'truncated', 'extended', 'other case', 'configured']],
    ['is cut off', '{"image_id":', ['absent', 'garbage']],
    ['is absent', undefined, ['absent', 'empty']],
  ];

/** By turns, as for fields: some of those who look only at certain bodies must meet each. */
const withAllFields: readonly CredentialVariation[] = ['empty', 'truncated', 'other case', 'other end', 'bearer'];

/** A changed credential on a valid or an invalid body; the runner makes the credential itself. */
export function credentialCases(
  credential: CredentialVariation,
  body: 'valid' | 'invalid',
  fixture: Fixture,
  seed: number,
): CaseSource {
  const label = credentialWords(credential);
  if (body === 'invalid') {
    const bodies = invalidBodies.filter(([, , of]) => of.includes(credential));
    return only(...bodies.map(([what, text]) => rawCase(fixture, `${label}, the body ${what}`, text, { credential })));
  }
  const alone = jsonCase(fixture, label, validBody(fixture), { credential });
  const full = { ...validBody(fixture), ...company(fixture, 1) };
  const amongAll = jsonCase(fixture, `${label}, with all fields`, full, { credential });
  if (credential === 'configured') return only(alone, amongAll);
  const fixed = [withAllFields.includes(credential) ? amongAll : alone];
  if (credential !== 'garbage') return { fixed };
  const arbitrary = optionalBody(fixture, true).map((rest) =>
    jsonCase(fixture, label, { ...validBody(fixture), ...rest }, { credential }),
  );
  return { fixed, random: randomCases(seed, arbitrary) };
}
