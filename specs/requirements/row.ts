import type { DeviationKind } from '../deviations.ts';
import type {
  AnswerAspect,
  Field,
  Level,
  Relation,
  Requirement,
  Send,
  Source,
  State,
  StatusPattern,
  Technique,
} from '../requirement.ts';
import { baseEdition, type EditionName, editions, editionsWith, sourceOf } from '../schemas.ts';

export const status200 = { where: 'Status Codes, 200', says: 'Normal; the answer carries the job id.' };
export const status400 = { where: 'Status Codes, 400', says: 'The request cannot be understood: malformed syntax.' };
export const status401 = { where: 'Status Codes, 401', says: 'Authentication failed.' };
export const status403 = { where: 'Status Codes, 403', says: 'No operation permissions.' };
export const status404 = { where: 'Status Codes, 404', says: 'No resources found.' };
export const status409 = { where: 'Status Codes, 409', says: 'Operation conflict.' };
export const status500 = { where: 'Status Codes, 500', says: 'An internal service error occurred.' };
export const errorTable = {
  where: 'Response Parameters, status codes 400 to 500',
  says: 'An error is an object with the strings error_code, error_msg, error_detail and encoded_authorization_message.',
};
export const json = { where: 'RFC 8259', says: 'The same value may be written in many ways, in UTF-8.' };
export const http = { where: 'RFC 9110', says: 'Semantics of methods, statuses and header fields.' };
export const owasp = {
  where: 'OWASP API Security Top 10, 2023',
  says: 'Answers give away no internals and no credentials.',
};
export const definition = {
  where: 'The API definition of the vendor',
  says: 'delay_time 0 to 15, message up to 400 characters, other strings up to 255.',
};

/** What the page says of a field, or, where the page does not have it, what documents the first edition that does. */
export function page(field: Field, says: string): Source {
  const editions = editionsWith(field);
  const [first = baseEdition] = editions;
  const where = editions.includes(baseEdition) ? 'Request Parameters' : sourceOf(first);
  return { where: `${where}, ${field}`, says };
}

export const property: readonly Technique[] = ['property'];
export const both: readonly Technique[] = ['contract', 'property'];

export const ok: readonly StatusPattern[] = [200];
export const bad: readonly StatusPattern[] = [400];
export const any4xx: readonly StatusPattern[] = ['4xx'];
export const no5xx: readonly StatusPattern[] = ['2xx', '4xx'];

export function context(which: 'plain' | 'full' | 'levels'): Send {
  return { kind: 'context', which };
}

export function deviation(
  of: DeviationKind,
  more: { readonly field?: Field; readonly second?: readonly DeviationKind[] } = {},
): Send {
  return { kind: 'deviation', of, ...more };
}

export function relation(name: Relation): Send {
  return { kind: 'relation', relation: name };
}

export function answers(aspect: AnswerAspect): Send {
  return { kind: 'answers', aspect };
}

type Rest = readonly [
  title: string,
  source: readonly Source[],
  send: Send,
  statuses: readonly StatusPattern[],
  more?: {
    readonly techniques?: readonly Technique[];
    readonly given?: State;
    /** Default: those that have the field that is sent, or all. */
    readonly editions?: readonly EditionName[];
  },
];

function editionsOf(send: Send): readonly EditionName[] {
  return send.kind === 'deviation' && send.field !== undefined ? editionsWith(send.field) : editions;
}

function row<Id extends string>(level: Level, id: Id, rest: Rest): Requirement<Id> {
  const [title, source, send, statuses, more = {}] = rest;
  const { techniques = property, given = 'pool is ready', editions = editionsOf(send) } = more;
  return { id, level, title, source, given, send, expect: { statuses }, techniques, editions };
}

export function must<const Id extends string>(id: Id, ...rest: Rest): Requirement<Id> {
  return row('MUST', id, rest);
}

export function should<const Id extends string>(id: Id, ...rest: Rest): Requirement<Id> {
  return row('SHOULD', id, rest);
}

export function may<const Id extends string>(id: Id, ...rest: Rest): Requirement<Id> {
  return row('MAY', id, rest);
}
