import { UsageError } from '../runner/configuration/usage-error.ts';
import { defaultEdition, type EditionName, edition, editions } from '../specs/editions.ts';
import type { Requirement } from '../specs/requirement.ts';
import { type Upgrade, upgradeOf } from '../specs/upgrade.ts';
import type { ListedCase } from './listed-case.ts';

export interface ListOptions {
  readonly json: boolean;
  readonly cases: boolean;
  readonly edition?: EditionName;
  /** Prints what differs from this edition in place of the catalogue. */
  readonly since?: EditionName;
  readonly faults: boolean;
}

const legend = [
  'PROJECT_ID, POOL_ID, IMAGE_ID and ORDER_ID stand for the values of the state that is given, other ids for made-up ones.',
  'Bodies of more than 64 KiB are told by their size and by how they begin, in JSON as body_bytes and body_start.',
  'Credentials are those of a token; for signed requests other parts are altered.',
].join('\n');
/** Characters of a body that people are shown. */
const shownBody = 400;

/** `list`: the catalogue of an edition, as a table or as JSON, with its fixed cases if asked for, or an upgrade to it. */
export async function listCommand(options: ListOptions): Promise<void> {
  const { edition: name = defaultEdition, since, faults, json } = options;
  if (faults) process.stdout.write(`${await faultList(json)}\n`);
  else
    process.stdout.write(`${since === undefined ? await catalogue(options, name) : upgrade(options, name, since)}\n`);
}

/** The named faults of the reference endpoint, for `serve --fault`. */
async function faultList(json: boolean): Promise<string> {
  const { faults } = await import('../reference/faults.ts');
  const list = faults.map(({ id, breaks }) => ({ id, breaks }));
  return json
    ? JSON.stringify(list, null, 2)
    : list.map(({ id, breaks }) => `${id}\n  breaks ${breaks.join(', ')}`).join('\n');
}

async function catalogue({ json, cases }: ListOptions, name: EditionName): Promise<string> {
  if (!cases) return json ? asJson(undefined, name) : asTable(name);
  // What makes requests is loaded for them alone.
  const { fixedCases } = await import('./listed-case.ts');
  return json ? asJson(fixedCases, name) : asCases(fixedCases, name);
}

type CasesOf = (row: Requirement, name: EditionName) => readonly ListedCase[];

function upgrade({ json, cases }: ListOptions, name: EditionName, since: EditionName): string {
  if (cases) throw new UsageError('--since tells what differs; it has no --cases. Leave one of the two out.');
  const found = upgradeOf(name, since);
  return json ? JSON.stringify(plainUpgrade(found, name, since), null, 2) : upgradeInWords(found, name, since);
}

function asJson(casesOf: CasesOf | undefined, name: EditionName): string {
  const rows = edition(name).requirements.map((row) => {
    const { id, level, techniques, given, title, source, editions } = row;
    const all = { id, level, techniques, given, title, source, editions };
    return casesOf === undefined ? all : { ...all, cases: casesOf(row, name) };
  });
  return JSON.stringify(rows, null, 2);
}

function asTable(name: EditionName): string {
  const rows = [
    ['ID', 'LEVEL', 'TECHNIQUE', 'GIVEN', 'EDITIONS'],
    ...edition(name).requirements.map((row) => {
      const { id, level, techniques, given } = row;
      const isEverywhere = row.editions.length === editions.length;
      return [id, level, techniques.join(', '), given, isEverywhere ? 'all' : row.editions.join(', ')];
    }),
  ];
  const widths = [0, 1, 2, 3, 4].map((column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  const lines = rows.map((row, i) => {
    const cells = row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('  ');
    const title = edition(name).requirements[i - 1]?.title;
    return `${cells.trimEnd()}${title === undefined ? '' : `\n  ${title}`}`;
  });
  return lines.join('\n');
}

function asCases(casesOf: CasesOf, name: EditionName): string {
  const blocks = edition(name).requirements.map((row) => {
    const { id, level, techniques, given, title } = row;
    const cases = casesOf(row, name);
    const lines = cases.length === 0 ? [`  no fixed case: ${insteadOfCases(row)}`] : cases.flatMap(linesOf);
    return [`${id}  ${level}  ${techniques.join(', ')}  ${given}`, `  ${title}`, ...lines].join('\n');
  });
  return [legend, ...blocks].join('\n\n');
}

function plainUpgrade({ members, added, gone }: Upgrade, name: EditionName, since: EditionName) {
  const told = ({ id, level, title }: Requirement) => ({ id, level, title });
  return { edition: name, since, members, requirements: { added: added.map(told), gone: gone.map(told) } };
}

function upgradeInWords({ members, added, gone }: Upgrade, name: EditionName, since: EditionName): string {
  const row = ({ id, level, title }: Requirement): string => `  ${level.padEnd(6)}  ${id}\n          ${title}`;
  const blocks = [
    [`What edition ${name} asks beyond ${since} (${edition(name).source})`],
    section(
      'Bodies',
      members.map(({ of, member, change, says }) => `  ${change.padEnd(7)}  ${of} ${member}: ${says}`),
    ),
    section('Requirements that come', added.map(row)),
    section('Requirements that go', gone.map(row)),
  ];
  const lines = blocks.filter((block) => block.length > 0).map((block) => block.join('\n'));
  return lines.length > 1 ? lines.join('\n\n') : `Edition ${name} asks the same as ${since}.`;
}

function section(title: string, lines: readonly string[]): readonly string[] {
  return lines.length === 0 ? [] : [`${title}:`, ...lines];
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
