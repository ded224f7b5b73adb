import { Ajv2020 } from 'ajv/dist/2020.js';
import errorSchema from '../specs/error.schema.json' with { type: 'json' };
import responseSchema from '../specs/rebuild-response.schema.json' with { type: 'json' };
import type { AnswerAspect, StatusPattern, Stimulus } from '../specs/requirement.ts';
import { hungUpOnBody, isSilence, type Judged } from './exchange.ts';
import type { Answer } from './http.ts';
import { userAgent } from './session.ts';

/** What a check says of one exchange; undefined: nothing is wrong. */
export interface Flaw {
  readonly expected: string;
  readonly actual: string;
  readonly where?: string;
}

/** Draws a flaw from one exchange; called only with exchanges that the aspect speaks of. */
type AspectCheck = (exchange: Judged, answer: Answer, memory: Memory) => Flaw | undefined;

/** What checks over the whole run remember. */
export interface Memory {
  readonly jobIds: Set<string>;
  readonly secrets: readonly string[];
}

const ajv = new Ajv2020({ allErrors: false, strict: false });
const isAcceptance = ajv.compile(responseSchema);
const isError = ajv.compile(errorSchema);

const documented = new Set([200, 400, 401, 403, 404, 409, 500]);
const gateway = new Set([429, 502, 503, 504]);

export function matchesStatus(status: number, patterns: readonly StatusPattern[]): boolean {
  return patterns.some((p) => (typeof p === 'number' ? p === status : Number(p[0]) === Math.floor(status / 100)));
}

export function expectedStatus(patterns: readonly StatusPattern[]): string {
  return patterns.join(', ').replace(/, ([^,]+)$/, ' or $1');
}

function text(answer: Answer): string {
  return new TextDecoder().decode(answer.body);
}

function parse(answer: Answer): { readonly value: unknown } | undefined {
  try {
    return { value: JSON.parse(text(answer)) as unknown };
  } catch {
    return undefined;
  }
}

function field(answer: Answer, name: string): unknown {
  const value = parse(answer)?.value;
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[name] : undefined;
}

/** Short, for a report: what the body was. */
function describe(answer: Answer): string {
  if (answer.body.length === 0) return 'an empty body';
  if (answer.truncated) return 'a body beyond the size limit';
  const parsed = parse(answer);
  if (parsed === undefined) return `no JSON: ${text(answer).slice(0, 40)}`;
  if (Array.isArray(parsed.value)) return 'an array';
  if (parsed.value === null) return 'null';
  if (typeof parsed.value !== 'object') return `a ${typeof parsed.value}`;
  return `an object with ${Object.keys(parsed.value).slice(0, 8).join(', ') || 'no keys'}`;
}

function shapeFlaw(answer: Answer, validate: typeof isError, expected: string): Flaw | undefined {
  const parsed = parse(answer);
  if (parsed !== undefined && validate(parsed.value)) return undefined;
  const first = parsed === undefined ? undefined : validate.errors?.[0];
  const where = first === undefined ? undefined : first.instancePath || '/';
  const actual = first === undefined ? describe(answer) : `${describe(answer)}; ${where}: ${first.message ?? 'wrong'}`;
  return { expected, actual, ...(where === undefined ? {} : { where }) };
}

function isJsonMedia(answer: Answer): boolean {
  return /^application\/([\w.+-]+\+)?json\s*(;|$)/i.test(answer.headers['content-type'] ?? '');
}

/** Answers that are not the operation's own: no body is expected, or the router or the gateway made them. */
function outside(exchange: Judged, answer: Answer): boolean {
  if ([405, 413, 414, 431].includes(answer.status) || gateway.has(answer.status)) return true;
  if (exchange.case.method !== 'POST') return true;
  return exchange.plays.some(
    ({ send }) =>
      ['other method', 'other path', 'beyond reason'].includes(send.kind) ||
      (send.kind === 'malformed pool id' && send.form !== 'plain') ||
      (send.kind === 'out of range' && answer.status !== 400),
  );
}

const oddKinds: readonly Stimulus['kind'][] = ['out of range', 'empty field', 'odd JSON'];

function isOdd(exchange: Judged): boolean {
  const onTarget = (s: Stimulus) => s.kind === 'out of range' && (s.field === 'image_id' || s.field === 'order_id');
  if (exchange.plays.some(({ send }) => onTarget(send))) return false;
  if (exchange.case.label.includes('__proto__') || exchange.case.label.includes('constructor')) return true;
  return exchange.plays.some(
    ({ send }) => oddKinds.includes(send.kind) && !(send.kind === 'odd JSON' && send.oddity === 'duplicate keys'),
  );
}

/** Whether this exchange was meant to be a client's fault: a valid body that gets 500 is judged by its own row. */
function isClientFault(exchange: Judged): boolean {
  return (
    exchange.plays.some(({ given }) => given !== 'service is failing') &&
    exchange.plays.every(({ send }) => !['valid body', 'minimal body'].includes(send.kind))
  );
}

function isErrorAnswer(answer: Answer): boolean {
  return answer.status >= 400;
}

const internals: readonly RegExp[] = [
  /\n?\s+at [\w.<>$]+ ?\(.+:\d+(:\d+)?\)/,
  /Traceback \(most recent call last\)/,
  /\bat [\w$.]+\.[\w$]+\([\w]+\.java:\d+\)/,
  /\b(SELECT\b.+\bFROM|INSERT INTO|UPDATE \w+ SET|DELETE FROM)\b/,
  /\b(SQLSTATE|ORA-\d{5}|SQLITE_|psycopg|PG::|sequelize)/i,
  /(^|[\s"'(])\/(home|usr|var|opt|app|srv|root|etc|node_modules)\/[\w./-]+/,
  /[A-Z]:\\\\?(Users|inetpub|Program Files|app)\b/,
  /goroutine \d+ \[/,
];

const errorShape =
  'a JSON object with a string error_code; error_msg, error_detail and encoded_authorization_message are strings';

function nonEmptyString(value: unknown): boolean {
  return typeof value === 'string' && value.trim() !== '';
}

/** One check for each aspect. `answered` is judged apart, for it has no answer to look at. */
export const aspectChecks: Readonly<Record<AnswerAspect, AspectCheck>> = {
  answered: () => undefined,
  'documented status': (exchange, { status }) => {
    if (documented.has(status)) return undefined;
    if (exchange.plays.some(({ expect }) => expect.statuses.some((p) => p === status))) return undefined;
    const kinds = exchange.plays.map(({ send }) => send.kind);
    if (status >= 300 && status < 400) return undefined;
    if ([405, 501, 204].includes(status) && exchange.case.method !== 'POST') return undefined;
    if (kinds.includes('other path')) return undefined;
    if (
      [413, 414, 415, 431].includes(status) &&
      kinds.some((k) =>
        ['malformed pool id', 'beyond reason', 'out of range', 'other media type', 'odd JSON'].includes(k),
      )
    )
      return undefined;
    return { expected: '200, 400, 401, 403, 404, 409 or 500', actual: String(status) };
  },
  'no 5xx': (exchange, { status }) =>
    status < 500 ||
    !isClientFault(exchange) ||
    isOdd(exchange) ||
    exchange.case.method !== 'POST' ||
    exchange.plays.some(({ send }) => send.kind === 'other path')
      ? undefined
      : { expected: 'no 5xx', actual: String(status) },
  'no 5xx for odd input': (exchange, { status }) =>
    status < 500 || !isOdd(exchange) ? undefined : { expected: 'no 5xx', actual: String(status) },
  'no redirect': (_, answer) =>
    answer.status >= 300 && answer.status < 400 && answer.status !== 304
      ? { expected: 'no redirect', actual: String(answer.status), where: 'location' }
      : undefined,
  'acceptance body': (exchange, answer) =>
    answer.status === 200 && !['HEAD', 'OPTIONS', 'GET'].includes(exchange.case.method)
      ? shapeFlaw(answer, isAcceptance, 'a JSON object whose job_id is a string')
      : undefined,
  'acceptance job id is not empty': (_, answer) =>
    answer.status === 200 && field(answer, 'job_id') === ''
      ? { expected: 'a job_id that is not empty', actual: '""', where: '/job_id' }
      : undefined,
  'acceptance job id is new': (_, answer, memory) => {
    const id = answer.status === 200 ? field(answer, 'job_id') : undefined;
    if (typeof id !== 'string') return undefined;
    if (memory.jobIds.has(id))
      return { expected: 'a job_id of its own', actual: 'a job_id given before', where: '/job_id' };
    memory.jobIds.add(id);
    return undefined;
  },
  'acceptance media type': (_, answer) =>
    answer.status === 200 && typeof field(answer, 'job_id') === 'string' && !isJsonMedia(answer)
      ? {
          expected: 'application/json',
          actual: answer.headers['content-type'] ?? 'no media type',
          where: 'content-type',
        }
      : undefined,
  'acceptance without error': (_, answer) =>
    answer.status === 200 && field(answer, 'error_code') !== undefined && field(answer, 'job_id') !== undefined
      ? { expected: 'no error_code beside job_id', actual: 'an error_code', where: '/error_code' }
      : undefined,
  'error shape': (exchange, answer) =>
    isErrorAnswer(answer) && exchange.case.method !== 'HEAD' && !outside(exchange, answer)
      ? shapeFlaw(answer, isError, errorShape)
      : undefined,
  'error shape outside the operation': (exchange, answer) =>
    isErrorAnswer(answer) && exchange.case.method !== 'HEAD' && !gateway.has(answer.status) && outside(exchange, answer)
      ? shapeFlaw(answer, isError, errorShape)
      : undefined,
  'error message present': (exchange, answer) =>
    isErrorAnswer(answer) &&
    !outside(exchange, answer) &&
    typeof field(answer, 'error_code') === 'string' &&
    field(answer, 'error_msg') === undefined
      ? { expected: 'an error_msg', actual: describe(answer), where: '/error_msg' }
      : undefined,
  'error texts not empty': (_, answer) => {
    if (!isErrorAnswer(answer)) return undefined;
    const empty = ['error_code', 'error_msg'].find((name) => {
      const value = field(answer, name);
      return typeof value === 'string' && !nonEmptyString(value);
    });
    return empty === undefined
      ? undefined
      : { expected: `${empty} that is not empty`, actual: 'an empty string', where: `/${empty}` };
  },
  'error media type': (exchange, answer) =>
    isErrorAnswer(answer) &&
    !outside(exchange, answer) &&
    typeof field(answer, 'error_code') === 'string' &&
    !isJsonMedia(answer)
      ? {
          expected: 'application/json',
          actual: answer.headers['content-type'] ?? 'no media type',
          where: 'content-type',
        }
      : undefined,
  'error without job id': (_, answer) =>
    isErrorAnswer(answer) && field(answer, 'job_id') !== undefined
      ? { expected: 'no job_id in an error', actual: 'a job_id', where: '/job_id' }
      : undefined,
  'no internals': (exchange, answer) => {
    const body = text(answer).replaceAll('\\n', '\n').replaceAll('\\t', '\t');
    // What the request itself said may be said back.
    const asked = `${exchange.request.path} ${new TextDecoder().decode(exchange.request.body?.subarray(0, 4096))}`;
    const found = internals
      .map((pattern) => pattern.exec(body)?.[0])
      .find((match) => match !== undefined && !asked.includes(match.trim()));
    return found === undefined
      ? undefined
      : { expected: 'no stack trace, SQL or file path', actual: found.trim().slice(0, 80) };
  },
  'no echo of secrets': (exchange, answer, memory) => {
    const whole = `${text(answer)}\n${JSON.stringify(answer.headers)}`;
    const sent = Object.entries(exchange.request.headers).flatMap(([name, value]) =>
      /^(x-auth-token|authorization|x-security-token)$/i.test(name) ? value.split('\n') : [],
    );
    if ([...sent, ...memory.secrets].some((secret) => secret.length >= 4 && whole.includes(secret)))
      return { expected: 'no credential in the answer', actual: 'the credential that was sent' };
    return text(answer).includes(userAgent)
      ? { expected: 'no request header in the answer', actual: 'the User-Agent that was sent' }
      : undefined;
  },
};

/** The flaw of an exchange in one aspect. */
export function checkAspect(aspect: AnswerAspect, exchange: Judged, memory: Memory): Flaw | undefined {
  if (isSilence(exchange.result)) {
    return aspect === 'answered' && !hungUpOnBody(exchange.result)
      ? { expected: 'an answer', actual: exchange.result.reason }
      : undefined;
  }
  return aspectChecks[aspect](exchange, exchange.result, memory);
}

/** The flaw of an exchange in its status; 405 and an OPTIONS that succeeds are fine for another method. */
export function checkStatus(
  exchange: Judged,
  patterns: readonly StatusPattern[],
  kind: Stimulus['kind'],
): Flaw | undefined {
  if (patterns.length === 0) return undefined;
  if (hungUpOnBody(exchange.result)) return undefined;
  if (isSilence(exchange.result)) return { expected: expectedStatus(patterns), actual: exchange.result.reason };
  const { status } = exchange.result;
  if (matchesStatus(status, patterns)) return undefined;
  if (kind === 'other method' && exchange.case.method === 'OPTIONS' && (status === 200 || status === 204))
    return field(exchange.result, 'job_id') === undefined
      ? undefined
      : { expected: `${expectedStatus(patterns)}, or no job`, actual: `${status} with a job_id` };
  return { expected: expectedStatus(patterns), actual: String(status) };
}
