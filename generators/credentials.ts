import type { CredentialVariation } from '../specs/requirement.ts';
import { jsonCase, only, rawCase, validBody } from './build.ts';
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

/** By turns, so that every step of a reader meets somebody who may not ask: the rest send an empty object. */
const invalidBodies: Readonly<Partial<Record<Case['credential'], readonly [string, string | undefined]>>> = {
  absent: ['cut off', '{"image_id":'],
  empty: ['absent', undefined],
  garbage: ['an array', '[]'],
  configured: ['cut off', '{"image_id":'],
};

/** A changed credential on a valid or an invalid body; the runner makes the credential itself. */
export function credentialCases(
  credential: CredentialVariation,
  body: 'valid' | 'invalid',
  fixture: Fixture,
  seed: number,
): CaseSource {
  const label = credentialWords(credential);
  if (body === 'invalid') {
    const [what, text] = invalidBodies[credential] ?? ['is {}', '{}'];
    return only(rawCase(fixture, `${label}, the body ${what}`, text, { credential }));
  }
  const fixed = [jsonCase(fixture, label, validBody(fixture), { credential })];
  if (credential !== 'garbage') return { fixed };
  const arbitrary = optionalBody(fixture, true).map((rest) =>
    jsonCase(fixture, label, { ...validBody(fixture), ...rest }, { credential }),
  );
  return { fixed, random: randomCases(seed, arbitrary) };
}
