import { traitsOf } from '../../../specs/deviations.ts';
import { type EditionName, edition } from '../../../specs/editions.ts';
import type { AnswerAspect, Level } from '../../../specs/requirement.ts';
import { type Validator, validatorOf } from '../../../specs/validator.ts';
import type { ObjectSchema } from '../../../specs/value-schema.ts';
import { hungUp, isThrottled, member, type Observation } from '../observation.ts';
import type { Answer } from '../procedure.ts';
import { type Flaw, matchesStatus } from './status.ts';

/** What oracles over the whole run know and remember. */
export interface Memory {
  readonly edition: EditionName;
  /** Fingerprints of the job ids that were handed out. */
  readonly jobIds: Set<string>;
}

type AspectOracle = (observation: Observation, answer: Answer, memory: Memory) => Flaw | undefined;

/** A shape of answers: what tells it, and what it is in words. */
interface Shape {
  readonly validate: Validator<unknown>;
  readonly inWords: string;
}

/** The shapes of an edition. What an acceptance must have stands apart from what else it may have. */
interface Shapes {
  readonly acceptance: Shape;
  readonly acceptanceFields: Shape;
  readonly error: Shape;
}

const known = new Map<EditionName, Shapes>();

function shapesOf(name: EditionName): Shapes {
  const made = known.get(name) ?? makeShapes(name);
  known.set(name, made);
  return made;
}

function makeShapes(name: EditionName): Shapes {
  const { response, error } = edition(name);
  const { required, properties } = response;
  const only = (isRequired: boolean): ObjectSchema => ({
    type: 'object',
    properties: Object.fromEntries(
      Object.entries(properties).filter(([field]) => required.includes(field) === isRequired),
    ),
    ...(isRequired ? { required } : {}),
  });
  return {
    acceptance: shape(only(true), 'a JSON object whose job_id is a string'),
    acceptanceFields: shape(only(false), wordsOfTypes(only(false))),
    error: shape(error, `a JSON object with a string error_code; ${wordsOfTypes(error)}`),
  };
}

function shape(schema: ObjectSchema, inWords: string): Shape {
  // Schemas of several editions have one address.
  return { validate: validatorOf(schema), inWords };
}

/** What types the members have that may be left out: `a and b are strings`. */
function wordsOfTypes({ properties, required = [] }: ObjectSchema): string {
  const byType = new Map<string, string[]>();
  for (const [field, { type }] of Object.entries(properties)) {
    if (required.includes(field)) continue;
    byType.set(type, [...(byType.get(type) ?? []), field]);
  }
  return [...byType]
    .map(([type, names]) =>
      names.length === 1
        ? `${names[0]} is a ${type}`
        : `${names.slice(0, -1).join(', ')} and ${names.at(-1)} are ${type}s`,
    )
    .join('; ');
}

/** Characters of a job id that is remembered as it is. */
const longestId = 256;
/** Characters of a body that are searched for what a target should keep to itself. */
const searched = 16_384;

const documented = new Set([200, 400, 401, 403, 404, 409, 500]);

/** Short, for a report: what the body was. */
function describe({ value, text }: Observation, { body, truncated }: Answer): string {
  if (body.length === 0) return 'an empty body';
  if (truncated) return 'a body beyond the size limit';
  if (value === undefined) return `no JSON: ${text.slice(0, 40)}`;
  if (Array.isArray(value)) return 'an array';
  if (value === null) return 'null';
  if (typeof value !== 'object') return `a ${typeof value}`;
  return `an object with ${Object.keys(value).slice(0, 8).join(', ') || 'no keys'}`;
}

function shapeFlaw(observation: Observation, answer: Answer, { validate, inWords: expected }: Shape): Flaw | undefined {
  if (observation.value !== undefined && validate(observation.value)) return undefined;
  const first = observation.value === undefined ? undefined : validate.errors?.[0];
  const where = first === undefined ? undefined : first.instancePath || '/';
  const came = describe(observation, answer);
  const actual = first === undefined ? came : `${came}; ${where}: ${first.message ?? 'wrong'}`;
  return { expected, actual, ...(where === undefined ? {} : { where }) };
}

function isJsonMedia({ headers }: Answer): boolean {
  return /^application\/([\w.+-]+\+)?json\s*(;|$)/i.test(headers['content-type'] ?? '');
}

/** Answers that are not the operation's own: the router or the gateway made them, or no body is expected. */
function isOutside(observation: Observation, { status }: Answer): boolean {
  if ([405, 413, 414, 431].includes(status) || isThrottled(observation)) return true;
  const { deviation } = observation.sending.case;
  return deviation !== undefined && traitsOf(deviation.kind).answeredBy === 'gateway';
}

/** The level at which a 5xx to this request is wrong; undefined: its own row judges it. */
function serverErrorLevel({ sending }: Observation): Level | undefined {
  const { deviation } = sending.case;
  // A valid body that gets a 5xx is judged by its own row.
  return deviation === undefined ? undefined : traitsOf(deviation.kind).serverError;
}

function statusAllowed({ sending }: Observation, status: number): boolean {
  if (documented.has(status) || (status >= 300 && status < 400)) return true;
  const { deviation } = sending.case;
  if (deviation !== undefined && traitsOf(deviation.kind).otherStatuses.includes(status)) return true;
  return sending.rows.some(({ expect }) =>
    matchesStatus(
      status,
      expect.statuses.filter((p) => typeof p === 'number'),
    ),
  );
}

function isErrorAnswer({ status }: Answer): boolean {
  return status >= 400;
}

/** Each repetition is bounded: an answer must not be able to make the search long. */
const internals: readonly RegExp[] = [
  /\n?\s{1,16}at [\w.<>$]{1,200} ?\(.{1,400}:\d{1,9}(:\d{1,9})?\)/,
  /Traceback \(most recent call last\)/,
  /\bat [\w$.]{1,200}\.[\w$]{1,100}\(\w{1,100}\.java:\d{1,9}\)/,
  /\b(SELECT\b.{1,400}\bFROM|INSERT INTO|UPDATE \w{1,100} SET|DELETE FROM)\b/,
  /\b(SQLSTATE|ORA-\d{5}|SQLITE_|psycopg|PG::|sequelize)/i,
  /(^|[\s"'(])\/(home|usr|var|opt|app|srv|root|etc|node_modules)\/[\w./-]{1,200}/,
  /[A-Z]:\\\\?(Users|inetpub|Program Files|app)\b/,
  /goroutine \d{1,9} \[/,
];

function hasBody({ sending }: Observation): boolean {
  return sending.case.request.method !== 'HEAD';
}

/** One oracle for each aspect; `answered` is judged where there is no answer. */
const oracles: Readonly<Record<AnswerAspect, AspectOracle>> = {
  answered: () => undefined,
  'documented status': (observation, { status }) =>
    isThrottled(observation) || statusAllowed(observation, status)
      ? undefined
      : { expected: '200, 400, 401, 403, 404, 409 or 500', actual: String(status) },
  'no 5xx': (observation, { status }) =>
    status >= 500 && serverErrorLevel(observation) === 'MUST'
      ? { expected: 'no 5xx', actual: String(status) }
      : undefined,
  'no 5xx for odd input': (observation, { status }) =>
    status >= 500 && serverErrorLevel(observation) === 'SHOULD'
      ? { expected: 'no 5xx', actual: String(status) }
      : undefined,
  'no redirect': (_, { status }) =>
    status >= 300 && status < 400 && status !== 304
      ? { expected: 'no redirect', actual: String(status), where: 'location' }
      : undefined,
  'acceptance body': (observation, answer, { edition: name }) =>
    answer.status === 200 && observation.sending.case.request.method === 'POST'
      ? shapeFlaw(observation, answer, shapesOf(name).acceptance)
      : undefined,
  'acceptance fields': (observation, answer, { edition: name }) =>
    answer.status === 200 && typeof member(observation, 'job_id') === 'string'
      ? shapeFlaw(observation, answer, shapesOf(name).acceptanceFields)
      : undefined,
  'acceptance job id is not empty': (observation, { status }) =>
    status === 200 && member(observation, 'job_id') === ''
      ? { expected: 'a job_id that is not empty', actual: '""', where: '/job_id' }
      : undefined,
  'acceptance job id is new': (observation, { status }, { jobIds }) => {
    const id = status === 200 ? member(observation, 'job_id') : undefined;
    if (typeof id !== 'string') return undefined;
    const name = fingerprint(id);
    if (jobIds.has(name)) return { expected: 'a job_id of its own', actual: 'a job_id given before', where: '/job_id' };
    jobIds.add(name);
    return undefined;
  },
  'acceptance media type': (observation, answer) =>
    answer.status === 200 && typeof member(observation, 'job_id') === 'string' && !isJsonMedia(answer)
      ? {
          expected: 'application/json',
          actual: answer.headers['content-type'] ?? 'no media type',
          where: 'content-type',
        }
      : undefined,
  'acceptance without error': (observation, { status }) =>
    status === 200 && member(observation, 'error_code') !== undefined && member(observation, 'job_id') !== undefined
      ? { expected: 'no error_code beside job_id', actual: 'an error_code', where: '/error_code' }
      : undefined,
  'error shape': (observation, answer, { edition: name }) =>
    isErrorAnswer(answer) && hasBody(observation) && !isOutside(observation, answer)
      ? shapeFlaw(observation, answer, shapesOf(name).error)
      : undefined,
  'error shape outside the operation': (observation, answer, { edition: name }) =>
    isErrorAnswer(answer) && hasBody(observation) && !isThrottled(observation) && isOutside(observation, answer)
      ? shapeFlaw(observation, answer, shapesOf(name).error)
      : undefined,
  'error message present': (observation, answer) =>
    isErrorAnswer(answer) &&
    !isOutside(observation, answer) &&
    typeof member(observation, 'error_code') === 'string' &&
    member(observation, 'error_msg') === undefined
      ? { expected: 'an error_msg', actual: describe(observation, answer), where: '/error_msg' }
      : undefined,
  'error texts not empty': (observation, answer) => {
    if (!isErrorAnswer(answer)) return undefined;
    const empty = ['error_code', 'error_msg'].find((name) => {
      const value = member(observation, name);
      return typeof value === 'string' && value.trim() === '';
    });
    return empty === undefined
      ? undefined
      : { expected: `${empty} that is not empty`, actual: 'an empty string', where: `/${empty}` };
  },
  'error media type': (observation, answer) =>
    isErrorAnswer(answer) &&
    !isOutside(observation, answer) &&
    typeof member(observation, 'error_code') === 'string' &&
    !isJsonMedia(answer)
      ? {
          expected: 'application/json',
          actual: answer.headers['content-type'] ?? 'no media type',
          where: 'content-type',
        }
      : undefined,
  'error without job id': (observation, answer) =>
    isErrorAnswer(answer) && member(observation, 'job_id') !== undefined
      ? { expected: 'no job_id in an error', actual: 'a job_id', where: '/job_id' }
      : undefined,
  'no internals': ({ text, sending }) => {
    if (text === '') return undefined;
    const body = text.slice(0, searched).replaceAll('\\n', '\n').replaceAll('\\t', '\t');
    // What the request itself said may be said back.
    const { path, body: sent } = sending.case.request;
    const asked = `${path} ${new TextDecoder().decode(sent?.subarray(0, searched))}`;
    const found = internals
      .map((pattern) => pattern.exec(body)?.[0])
      .find((match) => match !== undefined && !asked.includes(match.trim()));
    return found === undefined
      ? undefined
      : { expected: 'no stack trace, SQL or file path', actual: found.trim().slice(0, 80) };
  },
  'no echo of secrets': (_, { echo }) => {
    if (echo === 'credential')
      return { expected: 'no credential in the answer', actual: 'the credential that was sent' };
    return echo === 'user agent'
      ? { expected: 'no request header in the answer', actual: 'the User-Agent that was sent' }
      : undefined;
  },
};

/** A short text that stands for a long one: a run remembers thousands. */
function fingerprint(text: string): string {
  if (text.length <= longestId) return text;
  let [one, other] = [0, 0];
  for (let at = 0; at < text.length; at += 1) {
    one = (Math.imul(one, 31) + text.charCodeAt(at)) | 0;
    other = (Math.imul(other, 65_599) + text.charCodeAt(at)) | 0;
  }
  return `${text.length} ${one} ${other}`;
}

/** What is wrong with an observation in one aspect. */
export function aspectFlaw(aspect: AnswerAspect, observation: Observation, memory: Memory): Flaw | undefined {
  const { answer, silence } = observation;
  if (answer !== undefined) return oracles[aspect](observation, answer, memory);
  return aspect === 'answered' && silence !== undefined && !hungUp(observation)
    ? { expected: 'an answer', actual: silence.reason }
    : undefined;
}
