import { canonicalCase } from '../../generators/canonical.ts';
import { render } from '../../generators/render.ts';
import { naming } from '../../reference/breaks.ts';
import { faults } from '../../reference/faults.ts';
import { defaultEdition } from '../../specs/editions.ts';
import type { AnswerAspect, Relation, Requirement, StatusPattern } from '../../specs/requirement.ts';
import { requirements } from '../../specs/requirements.ts';
import { reasonOf } from './reasons.ts';

/** Faults that are named for one row. */
const mostFaults = 2;
/** Characters of a body that are shown. */
const mostShown = 120;

const fixture = { project_id: 'p1', pool_id: 'pool-a', image_id: 'img-1' };
const accepted = '`200` `{"job_id":"…"}`';
const refused = (status: number | string): string => `\`${status}\` \`{"error_code":"…","error_msg":"…"}\``;

/** `docs/requirements.md`: each row of the catalogue for people who are told that they break it. */
export function requirementsPage(): string {
  const areas = [...new Set(requirements.map(areaOf))];
  const count = (level: string): number => requirements.filter((row) => row.level === level).length;
  return `# Requirements

Written from the catalogue by \`UPDATE_DOCS=1 npx vitest run test/pages\`. ${requirements.length} requirements: ${count('MUST')} MUST rest on the page, ${count('SHOULD')} SHOULD on other public material or on a reading that could be disputed, ${count('MAY')} MAY are recorded and never count. An address such as \`requirements.md#body/image-id-is-required\` stays: ids are never renumbered or reused.

The texts of answers are examples; only what a requirement names is judged. "For instance" names faults of the reference endpoint, which \`serve --fault ID\` shows.

${areas.map((area) => [`## ${area}`, ...requirements.filter((row) => areaOf(row) === area).map(section)].join('\n\n')).join('\n\n')}
`;
}

function areaOf({ id }: Requirement): string {
  return id.split('/')[0] ?? '';
}

function section(row: Requirement): string {
  const { why, mend } = reasonOf(row);
  const sources = row.source.map(({ where, says }) => `${where}: ${says}`).join(' ');
  const { passing, failing } = answersOf(row);
  const named = faultsOf(row);
  const state = row.given === 'pool is ready' ? '' : ` · needs the state \`${row.given}\``;
  return [
    `<a id="${row.id}"></a>\n### \`${row.id}\``,
    `**${row.level}** · ${row.techniques.join(', ')}${state}`,
    `${row.title} ${why}`,
    [
      `- Rests on: ${sources}`,
      `- Sent: ${sentFor(row)}`,
      `- Passes: ${passing}`,
      `- Fails: ${failing}${named === '' ? '' : ` For instance: ${named}`}`,
      `- Mend: ${mend.how.any}`,
    ].join('\n'),
  ].join('\n\n');
}

const known = faults.map((fault) => ({ ...fault, names: naming(fault.breaks) }));

function faultsOf({ id, techniques }: Requirement): string {
  return (
    known
      .filter(({ names }) => techniques.some((technique) => names({ requirement: id, technique })))
      // Those that break little else say most.
      .sort((a, b) => a.breaks.length - b.breaks.length)
      .slice(0, mostFaults)
      .map((fault) => `${fault.title} (\`${fault.id}\`)`)
      .join(' ')
  );
}

const asked: Readonly<Record<Relation, string>> = {
  'credential after acceptance':
    'a request without a good credential, on a connection on which one was accepted before',
  'existence without credential': 'a known and an unknown pool, both without a credential',
  'same request, same status': 'every case that failed, and many that did not, once more',
  'rejected, then accepted': 'rejections of every kind, and one valid request behind each batch of them',
  'two together': 'two valid requests for one pool at the same time',
  'different ones together': 'valid and invalid requests, with and without credentials, at the same time',
  walk: 'random sequences of the kinds of requests of the other rows',
};

function sentFor(row: Requirement): string {
  const { send } = row;
  if (send.kind === 'answers') return 'nothing of its own: every answer of the run is looked at.';
  if (send.kind === 'relation') return `${asked[send.relation]}.`;
  if (send.kind === 'context' && send.which === 'levels')
    return 'valid requests that differ in what the title names, beside everything else that may differ.';
  const edition = row.editions.find((name) => name === defaultEdition) ?? row.editions[0] ?? defaultEdition;
  const source = { fixture, edition };
  const { context, deviation } = canonicalCase(row, { ...source, auth: 'token', seed: 1 });
  const { request } = render(source, context, deviation);
  const what = deviation?.what ?? 'a valid request';
  const second = send.kind === 'deviation' && send.second !== undefined ? ', and the body is wrong, too' : '';
  return `${what}${second}, such as \`${request.method} ${cut(request.path)}\` ${bodyOf(request.body)}.`;
}

function bodyOf(body: Uint8Array | undefined): string {
  if (body === undefined) return 'without a body';
  const text = new TextDecoder().decode(body);
  const printable = /^[\x20-\x7e]*$/.test(text) && !text.includes('`');
  return printable && text !== '' ? `with \`${cut(text)}\`` : `with ${body.length} bytes`;
}

function cut(text: string): string {
  return text.length > mostShown ? `${text.slice(0, mostShown)}…` : text;
}

interface Answers {
  readonly passing: string;
  readonly failing: string;
}

const aspects: Readonly<Record<AnswerAspect, Answers>> = {
  'documented status': {
    passing: 'one of `200`, `400`, `401`, `403`, `404`, `409`, `500`.',
    failing: '`422`, or `202`.',
  },
  'no 5xx': { passing: `${refused(400)}.`, failing: `${refused(500)}.` },
  'no 5xx for odd input': { passing: `${refused(400)}.`, failing: `${refused(500)}.` },
  answered: {
    passing: 'any whole answer in time.',
    failing: 'the connection is closed, or nothing comes in `limits.timeout`.',
  },
  'no redirect': { passing: `${refused(404)}.`, failing: '`301` with a Location.' },
  'acceptance body': { passing: `${accepted}.`, failing: '`200` `{}`, or `200` `{"job_id":42}`.' },
  'acceptance job id is not empty': { passing: `${accepted}.`, failing: '`200` `{"job_id":""}`.' },
  'acceptance job id is new': {
    passing: 'another job_id each time.',
    failing: 'a job_id that an earlier acceptance had.',
  },
  'acceptance media type': { passing: '`Content-Type: application/json`.', failing: '`Content-Type: text/plain`.' },
  'acceptance fields': { passing: `${accepted}.`, failing: '`200` `{"job_id":"…","job_status":7}`.' },
  'acceptance without error': { passing: `${accepted}.`, failing: '`200` `{"job_id":"…","error_code":"…"}`.' },
  'error shape': { passing: `${refused(400)}.`, failing: '`400` `{"message":"Bad Request"}`, or a page of HTML.' },
  'error shape outside the operation': { passing: `${refused(404)}.`, failing: '`404` `Cannot GET /…`.' },
  'error message present': { passing: `${refused(400)}.`, failing: '`400` `{"error_code":"…"}`.' },
  'error texts not empty': { passing: `${refused(400)}.`, failing: '`400` `{"error_code":"","error_msg":""}`.' },
  'error media type': { passing: '`Content-Type: application/json`.', failing: '`Content-Type: text/plain`.' },
  'error without job id': { passing: `${refused(400)}.`, failing: '`400` `{"error_code":"…","job_id":"…"}`.' },
  'no internals': { passing: `${refused(400)}.`, failing: '`500` with a stack trace, a path or SQL in a text.' },
  'no echo of secrets': { passing: `${refused(401)}.`, failing: '`401` with the token in error_msg.' },
};

const relations: Readonly<Record<Relation, Answers>> = {
  'credential after acceptance': { passing: `${refused(401)}.`, failing: `${accepted}.` },
  'existence without credential': { passing: '`401` for both.', failing: '`401` for one, `404` for the other.' },
  'same request, same status': { passing: 'the same status.', failing: 'another status.' },
  'rejected, then accepted': {
    passing: `${accepted} for the valid one.`,
    failing: '`409`, for a rejected request has started a job.',
  },
  'two together': {
    passing: '`200` and `409`.',
    failing: '`200` twice, of a target that is busy after an acceptance.',
  },
  'different ones together': { passing: 'each the answer that it gets alone.', failing: 'the answer of another.' },
  walk: { passing: 'each the answer that its row names.', failing: 'another one, behind what was asked before.' },
};

function answersOf({ send, expect: { statuses } }: Requirement): Answers {
  if (send.kind === 'answers') return aspects[send.aspect];
  if (send.kind === 'relation') return relations[send.relation];
  const allowed = statuses.map((status) => `\`${status}\``).join(', ');
  const [first] = statuses.map(exampleOf);
  const all = statuses.length > 1 ? ` (${allowed})` : '';
  return { passing: `${first}${all}.`, failing: `${counterexample(statuses)}.` };
}

function exampleOf(status: StatusPattern): string {
  const number = typeof status === 'number' ? status : Number(`${status.charAt(0)}00`);
  return number === 200 ? accepted : refused(number);
}

/** An answer that is not allowed, the worst first. */
function counterexample(statuses: readonly StatusPattern[]): string {
  const allows = (status: number) =>
    statuses.includes(status) || statuses.includes(`${String(status).charAt(0)}xx` as StatusPattern);
  if (statuses.length === 1 && statuses[0] === 500) return 'a `500` in another shape';
  if (!allows(200)) return accepted;
  return allows(400) ? refused(500) : refused(400);
}
