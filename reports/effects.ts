import type { DeviationDimension } from '../specs/deviations.ts';
import type { Finding, Result } from '../specs/report.ts';
import { requirements } from '../specs/requirements.ts';
import { type Fingerprint, isValidation } from './fingerprint.ts';

/** What went wrong, the gravest first. */
export const effects = [
  'authorisation lost',
  'rejected, yet acts',
  'no answer',
  'server error',
  'accepted',
  'refused',
  'other status',
  'conduct',
  'leak',
  'shape',
  'redirect',
] as const;
export type Effect = (typeof effects)[number];

/** Checks that hold more than one answer against each other. */
const ofConduct = new Set(['same status', 'two together', 'accepted again', 'undisturbed', 'walk', 'alike']);
const ofLeaks = new Set(['no internals', 'no echo of secrets']);
const ofStatus = new Set(['status', 'no 5xx', 'no 5xx for odd input', 'documented status', 'answered']);

/** What a finding shows. */
export function effectOf(result: Result, finding: Finding, { status }: Fingerprint): Effect {
  const { check, deviation } = finding;
  if (check === 'starts nothing') return 'rejected, yet acts';
  if (ofConduct.has(check)) return 'conduct';
  if (ofLeaks.has(check)) return 'leak';
  if (check === 'no redirect') return 'redirect';
  if (status === undefined) return 'no answer';
  if (!ofStatus.has(check)) return 'shape';
  const isAccepted = status >= 200 && status < 300;
  const asksForAnother = deviation?.dimension === 'credential' || deviation?.dimension === 'project';
  if (isAccepted && (asksForAnother || result.requirement.startsWith('credentials/'))) return 'authorisation lost';
  if (status >= 500) return 'server error';
  if (isAccepted && deviation !== undefined) return 'accepted';
  const isValid = deviation === undefined || /^2\d\d$/.test(finding.expected);
  return isValid && status >= 400 && check === 'status' ? 'refused' : 'other status';
}

/** Where a request is wrong, as coarsely as who reads a failing answer would say. */
export type Place = 'body' | 'credential' | 'project' | 'pool' | 'image' | 'request' | 'valid' | Situation;

/** What the target is in the middle of: nothing is wrong with the request. */
export type Situation = 'busy pool' | 'failing service';

const situations: ReadonlyMap<string, Situation> = new Map(
  requirements.flatMap(({ id, given }): [string, Situation][] => {
    if (given === 'pool is busy') return [[id, 'busy pool']];
    return given === 'service is failing' ? [[id, 'failing service']] : [];
  }),
);

/** The situation that a finding is about; undefined where something is wrong with the request itself. */
export function situationOf({ requirement }: Result, { deviation }: Finding): Situation | undefined {
  return deviation?.second === undefined ? situations.get(requirement) : undefined;
}

const places: Readonly<Record<DeviationDimension, Place>> = {
  type: 'body',
  range: 'body',
  member: 'body',
  body: 'body',
  encoding: 'body',
  oddity: 'body',
  credential: 'credential',
  project: 'project',
  pool: 'pool',
  image: 'image',
  request: 'request',
};

/** What is wrong with the request, for whoever answered: of two things that which it saw. */
export function placeOf(result: Result, finding: Finding, effect: Effect): Place {
  const { deviation } = finding;
  if (deviation === undefined) return 'valid';
  const situation = situationOf(result, finding);
  if (situation !== undefined) return situation;
  const seen = effect === 'authorisation lost' ? deviation : (deviation.second ?? deviation);
  return places[seen.dimension];
}

/** What makes findings one cause: the fingerprint of the answer, the class of the deviation and the oracle. */
export function keyOf(result: Result, finding: Finding, effect: Effect, print: Fingerprint): string {
  const place = placeOf(result, finding, effect);
  const answer = `${print.status} ${print.code ?? ''} ${print.shape}`;
  switch (effect) {
    case 'authorisation lost':
      return place;
    case 'rejected, yet acts':
      return '';
    case 'no answer':
      return place;
    case 'server error':
      return `${print.status} ${print.shape} ${place}`;
    case 'accepted':
      return situationOf(result, finding) ?? finding.deviation?.dimension ?? '';
    case 'refused':
      return `${answer} ${result.requirement}`;
    case 'other status':
      // A framework's validation refuses whatever is wrong in one and the same way.
      return isValidation(print) ? `validation ${print.status}` : `${answer} ${place}`;
    case 'conduct':
      return result.requirement;
    case 'leak':
    case 'redirect':
      return finding.check;
    case 'shape':
      return finding.check.startsWith('acceptance') ? `${finding.check} ${print.shape}` : shapeKey(finding, print);
  }
}

/** The shape of errors is one thing, whoever answered; what else a documented error lacks is another. */
function shapeKey({ check }: Finding, { shape }: Fingerprint): string {
  const isShape = check.startsWith('error shape') || check === 'contract';
  return isShape ? shape : check;
}
