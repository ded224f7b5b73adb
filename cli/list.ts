import type { Requirement } from '../specs/requirement.ts';
import { requirements } from '../specs/requirements.ts';
import { fixedCases, type ListedCase } from './listed-case.ts';

export interface ListOptions {
  readonly json: boolean;
  readonly cases: boolean;
}

const legend = [
  'PROJECT_ID, POOL_ID, IMAGE_ID and ORDER_ID stand for the values of the state that is given, other ids for made-up ones.',
  'Bodies of more than 64 KiB are told by their size and by how they begin, in JSON as body_bytes and body_start.',
  'Credentials are those of a token; for signed requests other parts are altered.',
].join('\n');
/** Characters of a body that people are shown. */
const shownBody = 400;

/** `list`: the catalogue, as a table or as JSON, with its fixed cases if asked for. */
export function listCommand(options: ListOptions): void {
  const text = options.json ? asJson(options.cases) : options.cases ? asCases() : asTable();
  process.stdout.write(`${text}\n`);
}

function asJson(withCases: boolean): string {
  const rows = requirements.map((row) => {
    const { id, level, techniques, given, title, source } = row;
    return { id, level, techniques, given, title, source, ...(withCases ? { cases: fixedCases(row) } : {}) };
  });
  return JSON.stringify(rows, null, 2);
}

function asTable(): string {
  const rows = [
    ['ID', 'LEVEL', 'TECHNIQUE', 'GIVEN'],
    ...requirements.map(({ id, level, techniques, given }) => [id, level, techniques.join(', '), given]),
  ];
  const widths = [0, 1, 2, 3].map((column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  const lines = rows.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd(),
  );
  return lines.join('\n');
}

function asCases(): string {
  const blocks = requirements.map((row) => {
    const { id, level, techniques, given, title } = row;
    const cases = fixedCases(row);
    const lines = cases.length === 0 ? [`  no fixed case: ${insteadOfCases(row)}`] : cases.flatMap(linesOf);
    return [`${id}  ${level}  ${techniques.join(', ')}  ${given}`, `  ${title}`, ...lines].join('\n');
  });
  return [legend, ...blocks].join('\n\n');
}

function insteadOfCases({ send }: Requirement): string {
  if (send.kind === 'answers') return 'judged on every answer';
  return send.kind === 'relation' ? 'several requests, sent according to earlier answers' : 'a token has no such form';
}

function linesOf(one: ListedCase): readonly string[] {
  const { label, method, path, headers, transfer, connection, header_case, credential, expected } = one;
  const written = [
    ...(transfer === undefined ? [] : [inWords[transfer]]),
    ...(connection === undefined ? [] : [inWords[connection]]),
    ...(header_case === undefined ? [] : [`header names in ${header_case} case`]),
  ];
  return [
    '',
    `  - ${escaped(label)}`,
    `    ${method} ${cut(escaped(path))}`,
    ...Object.entries(headers).map(([name, value]) => `    ${escaped(name)}: ${cut(printable(value))}`),
    ...(written.length === 0 ? [] : [`    sent: ${written.join(', ')}`]),
    ...bodyLines(one),
    `    credential: ${escaped(credential)}`,
    `    expected: ${expected.join(' or ') || 'not judged by the status'}`,
  ];
}

const inWords = {
  chunked: 'in chunks',
  pieces: 'in two pieces',
  expected: 'after Expect: 100-continue',
  fresh: 'on a fresh connection',
  closing: 'with Connection: close',
} as const;

function bodyLines(one: ListedCase): readonly string[] {
  if ('body' in one) return [`    body: ${cut(printable(one.body))}`];
  if ('body_base64' in one) return [`    body in base64: ${cut(one.body_base64)}`];
  return 'body_start' in one ? [`    body, of ${one.body_bytes} bytes: ${printable(one.body_start)}…`] : [];
}

const invisible = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu;

/** Control and invisible characters as escapes. */
function escaped(text: string): string {
  const units = (found: string): string =>
    Array.from({ length: found.length }, (_, i) => `\\u${found.charCodeAt(i).toString(16).padStart(4, '0')}`).join('');
  return text.replace(invisible, units);
}

/** Text with control or invisible characters becomes a JSON string without them. */
function printable(text: string): string {
  return text.search(invisible) < 0 ? text : `${escaped(JSON.stringify(text))} (written with escapes)`;
}

function cut(text: string): string {
  if (text.length <= shownBody) return text;
  return `${text.slice(0, shownBody)}… (${text.length} characters; --json has them all)`;
}
