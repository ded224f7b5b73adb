import type { ReportedExchange, ReportedResponse } from '../specs/report.ts';

/** Frameworks that give themselves away by their own error answers. */
export const frameworks = ['Express', 'Fastify', 'Hono', 'FastAPI', 'Spring', 'net/http'] as const;
export type Framework = (typeof frameworks)[number];

/** What tells one kind of answer from another. */
export interface Fingerprint {
  /** Undefined: no answer. */
  readonly status: number | undefined;
  /** The `error_code`, or what the framework has in its place. */
  readonly code: string | undefined;
  /** The shape of the body in words: `the documented error`, `an HTML page`, `an object with a, b`. */
  readonly shape: string;
  /** Who wrote the answer, where it shows. */
  readonly author: Framework | undefined;
}

/** What an answer looks like; bodies may be cut. */
export function fingerprintOf({ response }: ReportedExchange): Fingerprint {
  if (response === undefined) return { status: undefined, code: undefined, shape: 'no answer', author: undefined };
  const body = response.body.trim();
  const members = membersOf(body);
  const author = authorOf(response, body, members);
  return { status: response.status, code: codeOf(members), shape: shapeOf(body, members, author), author };
}

/** Whether the answer says that a framework's own validation refused the request. */
export function isValidation({ status, code, author }: Fingerprint): boolean {
  return (author === 'FastAPI' && status === 422) || /VALIDATION/.test(code ?? '');
}

type Members = ReadonlyMap<string, unknown>;

/** The members of a JSON object, those of a cut one by their names; undefined for anything else. */
function membersOf(body: string): Members | undefined {
  if (!body.startsWith('{')) return undefined;
  try {
    return new Map(Object.entries(JSON.parse(body) as object));
  } catch {
    const names = namesIn(body);
    return names.length === 0 ? undefined : new Map(names.map((name) => [name, undefined]));
  }
}

/** Names of the outermost members of JSON text that may end early. */
function namesIn(text: string): readonly string[] {
  const names: string[] = [];
  let depth = 0;
  for (const match of text.matchAll(/("(?:[^"\\]|\\.)*")(\s*:)?|[[\]{}]/g)) {
    const [token, quoted, colon] = match;
    if (quoted !== undefined && colon !== undefined && depth === 1) names.push(quoted.slice(1, -1));
    else if (token === '{' || token === '[') depth += 1;
    else if (token === '}' || token === ']') depth -= 1;
  }
  return names;
}

function authorOf({ headers }: ReportedResponse, body: string, members: Members | undefined): Framework | undefined {
  const has = (...names: readonly string[]): boolean => names.every((name) => members?.has(name));
  if (/^express$/i.test(headers['x-powered-by'] ?? '')) return 'Express';
  if (has('statusCode', 'error', 'message') || String(members?.get('code') ?? '').startsWith('FST_')) return 'Fastify';
  if (has('error', 'message', 'statusCode')) return 'Fastify';
  if (members?.size === 1 && has('detail')) return 'FastAPI';
  if (has('timestamp', 'status', 'error') || has('type', 'title', 'status') || body.includes('Whitelabel Error Page'))
    return 'Spring';
  if (/<title>Error<\/title>/.test(body) && body.includes('<pre>')) return 'Express';
  if (body === '404 page not found' || (headers['x-content-type-options'] === 'nosniff' && isText(headers, body)))
    return 'net/http';
  if (/^(404 Not Found|Internal Server Error|Malformed JSON in request body)$/.test(body)) return 'Hono';
  return undefined;
}

function isText(headers: Readonly<Record<string, string>>, body: string): boolean {
  return body !== '' && (headers['content-type'] ?? '').startsWith('text/plain');
}

function isJson(body: string): boolean {
  try {
    JSON.parse(body);
    return true;
  } catch {
    return false;
  }
}

function codeOf(members: Members | undefined): string | undefined {
  const code = members?.get('error_code') ?? members?.get('code');
  return typeof code === 'string' ? code : undefined;
}

function shapeOf(body: string, members: Members | undefined, author: Framework | undefined): string {
  if (body === '') return 'no body';
  if (members === undefined) {
    if (/^<(!doctype|html)/i.test(body)) return author === undefined ? 'an HTML page' : `${author}'s HTML page`;
    if (isJson(body)) return 'JSON that is no object';
    return 'plain text';
  }
  if (members.has('error_code')) return 'an object with error_code';
  if (members.has('job_id')) return 'an object with job_id';
  if (author !== undefined && author !== 'Express') return `${author}'s error object`;
  return `an object with ${[...members.keys()].sort().slice(0, 6).join(', ') || 'no members'}`;
}
