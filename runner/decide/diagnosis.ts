import { member, type Observation } from './observation.ts';

/** What most likely is wrong when a valid request is refused. */
const hints: Readonly<Record<number, string>> = {
  400: 'Is image_id right, or must image_type, os_type or another field that names something of yours be pinned?',
  401: 'Is the credential right, and has it not expired?',
  403: 'Does the credential have the permission, and is project_id right?',
  404: 'Are project_id, pool_id and image_id right, and target.url?',
  409: 'The pool stayed busy: is another rebuild running?',
};

/** Advice for the owner of a target that refuses a valid request. */
export function diagnosis({ status }: Observation): string {
  if (status === undefined) return 'Is the target up?';
  if (status >= 300 && status < 400) return 'Is target.url the final address? It redirects.';
  return hints[status] ?? 'The answer says why.';
}

/** Characters that are told of it. */
const longestReason = 200;

/** What the target itself gives as the reason of a refusal, as it came; empty where it gives none. */
export function reasonGiven(observation: Observation): string {
  const texts = ['error_code', 'error_msg'].flatMap((name) => {
    const value = member(observation, name);
    return typeof value === 'string' && value.trim() !== '' ? [value.trim()] : [];
  });
  const [...characters] = texts.join(', ');
  return characters.length > longestReason ? `${characters.slice(0, longestReason).join('')}…` : characters.join('');
}
