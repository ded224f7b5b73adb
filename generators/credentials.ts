import type { CredentialVariation } from '../specs/requirement.ts';
import { jsonCase, validBody } from './build.ts';
import type { CaseSource, Fixture } from './case.ts';
import { optionalBody, randomCases } from './random.ts';

/** A changed credential on a valid or an invalid body; the runner makes the credential itself. */
export function credentialCases(
  credential: CredentialVariation,
  body: 'valid' | 'invalid',
  fixture: Fixture,
  seed: number,
): CaseSource {
  const label = `the credential is ${credential}${body === 'invalid' ? ', the body empty' : ''}`;
  const fixed = [jsonCase(fixture, label, body === 'valid' ? validBody(fixture) : {}, { credential })];
  if (credential !== 'garbage' || body === 'invalid') return { fixed };
  const arbitrary = optionalBody(fixture, true).map((rest) =>
    jsonCase(fixture, label, { ...validBody(fixture), ...rest }, { credential }),
  );
  return { fixed, random: randomCases(seed, arbitrary) };
}
