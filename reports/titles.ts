import type { DeviationDimension } from '../specs/deviations.ts';
import type { Member } from './causes.ts';
import type { Effect, Place } from './effects.ts';
import type { Fingerprint, Framework } from './fingerprint.ts';

/** What a cause is about. */
export interface About {
  readonly effect: Effect;
  readonly place: Place;
  readonly dimension: DeviationDimension | undefined;
  readonly print: Fingerprint;
  readonly isValidation: boolean;
  /** Of the target, as far as its answers give it away. */
  readonly framework: Framework | undefined;
}

const wrong: Readonly<Record<DeviationDimension, string>> = {
  type: 'Values of another type',
  range: 'Values out of range, or too long',
  member: 'Bodies without a real image_id',
  body: 'Bodies that are absent, or no JSON',
  encoding: 'Bodies that are no clean UTF-8',
  oddity: 'Unusual bodies',
  credential: 'Wrong credentials',
  project: "Requests for somebody else's project",
  pool: 'Unknown or malformed pools',
  image: 'Unknown images and orders',
  request: 'Other methods, paths and heads',
};

const wherever: Readonly<Record<Place, string>> = {
  body: 'Wrong bodies',
  credential: wrong.credential,
  project: wrong.project,
  pool: wrong.pool,
  image: wrong.image,
  request: wrong.request,
  valid: 'Valid requests',
  'busy pool': 'Requests for a busy pool',
  'failing service': 'Requests to a service that is failing',
};

/** A cause in one line. */
export function titleOf({ result, finding }: Member, about: About): string {
  const { effect, place, dimension, print, isValidation } = about;
  const what = dimension === undefined ? wherever.valid : wrong[dimension];
  switch (effect) {
    case 'authorisation lost':
      return `${what} are accepted`;
    case 'rejected, yet acts':
      return 'Requests that are rejected start a rebuild all the same';
    case 'no answer':
      return `${wherever[place]} get no answer`;
    case 'server error':
      return `${wherever[place]} are answered with ${print.status}, ${print.shape}`;
    case 'accepted':
      return `${place === 'busy pool' || place === 'failing service' ? wherever[place] : what} are accepted`;
    case 'refused':
      return `Valid requests are refused with ${print.status}: ${result.title}`;
    case 'other status':
      return isValidation
        ? `Validation answers ${print.status} with ${print.shape}, not ${finding.expected}`
        : `${wherever[place]} are answered with ${print.status}, not ${finding.expected}`;
    case 'conduct':
      return `Not so: ${result.title}`;
    case 'leak':
      return finding.check === 'no internals' ? 'Answers show internals' : 'Answers echo what was secret';
    case 'redirect':
      return 'Requests are redirected';
    case 'shape':
      return finding.check.startsWith('acceptance')
        ? `Acceptances: ${finding.expected} is missing`
        : finding.check.startsWith('error shape') || finding.check === 'contract'
          ? `Errors have ${print.shape}, not the documented object`
          : `Errors: ${finding.expected} is missing`;
  }
}
