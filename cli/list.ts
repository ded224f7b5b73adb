import type { Case } from '../generators/case.ts';
import { caseSource } from '../generators/cases.ts';
import type { Requirement } from '../specs/requirement.ts';
import { requirements } from '../specs/requirements.ts';

export interface ListOptions {
  readonly json: boolean;
  readonly cases: boolean;
}

/** Values that stand for those of the state that a requirement is given. */
const placeholders = { project_id: 'PROJECT_ID', pool_id: 'POOL_ID', image_id: 'IMAGE_ID' };
const legend = 'PROJECT_ID, POOL_ID, IMAGE_ID and ORDER_ID stand for the values of the state that is given.';
/** Characters of a body that people are shown. */
const shownBody = 400;

/** A fixed case as plain data. */
interface ListedCase {
  readonly label: string;
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly transfer?: 'chunked' | 'two pieces';
  readonly header_case?: 'lower' | 'upper';
  /** As text, or base64 when it is not UTF-8; neither when no body is sent. */
  readonly body?: string;
  readonly body_base64?: string;
  readonly credential: Case['credential'];
  /** Empty when something else than the status is judged. */
  readonly expected: Requirement['expect']['statuses'];
}

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
    const { id, level, techniques, given, title, send } = row;
    const cases = fixedCases(row);
    const none = send.kind === 'every answer' ? 'judged on every answer' : 'sent according to earlier answers';
    const lines = cases.length === 0 ? [`  no fixed case: ${none}`] : cases.flatMap(linesOf);
    return [`${id}  ${level}  ${techniques.join(', ')}  ${given}`, `  ${title}`, ...lines].join('\n');
  });
  return [legend, ...blocks].join('\n\n');
}

function fixedCases(row: Requirement): readonly ListedCase[] {
  const fixture = row.given === 'image is billed' ? { ...placeholders, order_id: 'ORDER_ID' } : placeholders;
  return caseSource(row.send, fixture, 1).fixed.map((one) => listed(one, row));
}

function listed({ label, method, path, headers, transfer, headerCase, body, credential }: Case, row: Requirement) {
  const parts: ListedCase = {
    label,
    method,
    path,
    headers,
    ...(transfer === undefined ? {} : { transfer }),
    ...(headerCase === undefined ? {} : { header_case: headerCase }),
    ...(body === undefined ? {} : bodyOf(body)),
    credential,
    expected: row.expect.statuses,
  };
  return parts;
}

function bodyOf(bytes: Uint8Array): { readonly body: string } | { readonly body_base64: string } {
  const buffer = Buffer.from(bytes);
  const body = buffer.toString('utf8');
  return Buffer.from(body).equals(buffer) ? { body } : { body_base64: buffer.toString('base64') };
}

function linesOf(one: ListedCase): readonly string[] {
  const { label, method, path, headers, transfer, header_case, body, body_base64, credential, expected } = one;
  const written = [
    ...(transfer === undefined ? [] : [transfer === 'chunked' ? 'in chunks' : 'in two pieces']),
    ...(header_case === undefined ? [] : [`header names in ${header_case} case`]),
  ];
  return [
    '',
    `  - ${label}`,
    `    ${method} ${cut(path)}`,
    ...Object.entries(headers).map(([name, value]) => `    ${name}: ${value}`),
    ...(written.length === 0 ? [] : [`    sent: ${written.join(', ')}`]),
    ...(body === undefined ? [] : [`    body: ${cut(printable(body))}`]),
    ...(body_base64 === undefined ? [] : [`    body in base64: ${cut(body_base64)}`]),
    `    credential: ${credential}`,
    `    expected: ${expected.join(' or ') || 'not judged by the status'}`,
  ];
}

/** Text with control or invisible characters becomes a JSON string without them. */
function printable(text: string): string {
  if (!/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u.test(text)) return text;
  const units = (found: string): string =>
    Array.from({ length: found.length }, (_, i) => `\\u${found.charCodeAt(i).toString(16).padStart(4, '0')}`).join('');
  return `${JSON.stringify(text).replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, units)} (written with escapes)`;
}

function cut(text: string): string {
  if (text.length <= shownBody) return text;
  return `${text.slice(0, shownBody)}… (${text.length} characters; --json has them all)`;
}
