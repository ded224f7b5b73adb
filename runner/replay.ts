import type { Configuration } from '../specs/configuration.ts';
import { type EditionName, edition } from '../specs/editions.ts';
import type { Finding, Report, ReportedSending } from '../specs/report.ts';
import type { Requirement } from '../specs/requirement.ts';
import { createPactJudge } from './contracts.ts';
import { createCredentials } from './credentials/credentials.ts';
import { isPlayedAnew, playAgain } from './decide/play-again.ts';
import type { Answer, Fate, Question, Recorded, Unsendable } from './decide/recorded.ts';
import type { ContractResult } from './decide/results.ts';
import { playToTheEnd } from './ending.ts';
import { digestOf, recalled } from './evidence/recorded.ts';
import { createCore } from './report.ts';
import { announce, type Progress, type RunEvents } from './run.ts';
import { runLine } from './trace/run-line.ts';
import { createLane, transportOptions } from './wire/connection.ts';
import { createDriver } from './wire/driver.ts';

export interface ReplayOptions {
  /** Of the edition of the report. */
  readonly configuration: Configuration & { readonly edition: EditionName };
  readonly report: Report;
  /** The rows whose findings are played. */
  readonly ids: readonly string[];
  readonly signal?: AbortSignal | undefined;
}

/** What became of a row that failed. */
export interface RowFate {
  readonly id: string;
  readonly fate: Fate;
  /** What came instead of what, or why nothing is known. */
  readonly why: string;
}

export interface Replayed {
  readonly rows: readonly RowFate[];
  /** Requests of the report that were sent byte by byte as they were. */
  readonly same: number;
  /** Those that name other values than the report's, and which. */
  readonly other: { readonly count: number; readonly names: readonly string[] };
  /** Rows that were played by their own procedure, and not from what is on record. */
  readonly anew: readonly string[];
}

/** A finding, and what is asked of it. */
interface Asked {
  readonly id: string;
  readonly finding: Finding;
  readonly question: Question;
}

/**
 * Sends again what a report has on record of its failing rows, by the rules of a run: to the target and the pools of the
 * configuration, with its credentials, its consent and its caps. Of the report it takes no address.
 */
export async function replay(
  { configuration, report, ids, signal }: ReplayOptions,
  events: Pick<RunEvents, 'onProgress' | 'onNotice'> = {},
): Promise<Replayed> {
  const { seed, runs, strict, suite } = report;
  const open = (origin: string) => createLane(origin, transportOptions(configuration));
  const credentials = createCredentials(configuration.auth, open, { seed });
  const { kind: auth } = credentials;
  const name = configuration.edition;
  const rows = edition(name).requirements.filter(({ id }) => ids.includes(id));
  const then = report.claim?.auth ?? auth;
  const recall = (sent: ReportedSending): Recorded | Unsendable => {
    if (sent.case === undefined) return { unsendable: 'the report has no request on record' };
    if (then !== auth && isOfCredential(sent))
      return { unsendable: `it is made of a credential of kind ${then}, and the configured one is of kind ${auth}` };
    const otherwise = `this version of the suite does not send what is on record; version ${suite.version} did`;
    return recalled(sent, { auth: then, seed, edition: name, runs }) ?? { unsendable: otherwise };
  };
  const asked = rows.flatMap((row): Asked[] =>
    report.results
      .filter(({ requirement }) => requirement === row.id)
      .flatMap(({ findings }) =>
        findings.map((finding) => ({ id: row.id, finding, question: questionOf(row, finding, recall) })),
      ),
  );
  const line = runLine({ configuration, auth, edition: name, seed, runs, strict, only: ids, started: new Date() });
  const driver = createDriver({ configuration, credentials, seed, signal });
  let current = 'starting';
  const show = (waiting?: Progress['waiting']): void => {
    const { requests, rebuilds } = driver.counters;
    events.onProgress?.({ requests, rebuilds, current, waiting });
  };
  const core = createCore(line, rows, (step) => {
    current = step;
    show();
  });
  announce(configuration, events);
  const judge = createPactJudge();
  const answers = new Map<Question, Answer>();
  let lost: string | undefined;
  let contracts: ReadonlyMap<string, ContractResult> = new Map();
  try {
    try {
      const procedure = playAgain(
        core,
        asked.map(({ question }) => question),
        (question, answer) => answers.set(question, answer),
      );
      const ending = await playToTheEnd(core, procedure, driver, () => signal?.aborted ?? false, {
        asked: (command) => show(command.do === 'wait' ? { why: command.why, ms: command.ms } : undefined),
      });
      lost = ending.broken ?? ending.lost;
    } finally {
      await driver.close();
    }
    if (asked.some(({ question }) => question.isContract)) contracts = await judge.judge(core, signal);
  } finally {
    await judge.close();
  }
  const final = asked.map((one): Asked & { readonly answer: Answer } => {
    const answer = checked(one, answers.get(one.question) ?? { fate: 'cannot tell', why: lost ?? 'it was not played' });
    return { ...one, answer: afterAll(one, answer, lost, contracts) };
  });
  const sent = final.flatMap(({ finding, answer }) =>
    answer.sending === undefined ? [] : [{ kept: finding.case, sending: answer.sending }],
  );
  const others = sent.filter(({ kept, sending }) => kept?.sha256 !== digestOf(sending.case.request));
  const names = others.flatMap(({ kept, sending }) => differing(kept?.fixture ?? {}, { ...sending.fixture }));
  return {
    rows: ids.map((id) => fateOf(id, final, report)),
    same: new Set(sent.filter((one) => !others.includes(one)).map(({ kept }) => kept?.sha256)).size,
    other: { count: new Set(others.map(({ kept }) => kept?.sha256)).size, names: [...new Set(names)] },
    anew: rows.filter(isPlayedAnew).map(({ id }) => id),
  };
}

function isOfCredential({ deviation }: ReportedSending): boolean {
  return deviation !== undefined && [deviation, deviation.second].some((one) => one?.dimension === 'credential');
}

function questionOf(
  row: Requirement,
  finding: Finding,
  recall: (sent: ReportedSending) => Recorded | Unsendable,
): Question {
  const before = (finding.before ?? []).map(recall);
  const { check, failed, sent } = finding;
  return {
    row,
    isContract: check === 'contract',
    failed,
    sent,
    recorded: recall(finding),
    before,
  };
}

/** The very request, or the same for other values: anything else was not asked for. */
function checked({ finding, question }: Asked, answer: Answer): Answer {
  const { sending } = answer;
  const { recorded } = question;
  if (sending === undefined || 'unsendable' in recorded) return answer;
  const isOther = differing(finding.case?.fixture ?? {}, { ...sending.fixture }).length > 0;
  if (isOther || finding.case?.sha256 === digestOf(sending.case.request)) return answer;
  return { fate: 'cannot tell', why: 'with this configuration the suite sends another request', sending };
}

/** What is known once all is played: Pact's verdict, and whether the control was accepted to the end. */
function afterAll(
  { id, question }: Asked,
  answer: Answer,
  lost: string | undefined,
  contracts: ReadonlyMap<string, ContractResult>,
): Answer {
  if (answer.fate !== 'mended') return answer;
  if (lost !== undefined) return { ...answer, fate: 'cannot tell', why: lost };
  if (!question.isContract) return answer;
  const result = contracts.get(id);
  if (result?.verdict === 'pass') return answer;
  if (result?.verdict === 'fail') {
    const { actual, expected } = result.cause.flaw;
    return { ...answer, fate: 'still fails', why: `${actual}, expected ${expected}` };
  }
  return { ...answer, fate: 'cannot tell', why: result?.reason ?? 'its contract was not judged' };
}

/** Names of values that are others now. */
function differing(then: NonNullable<Finding['case']>['fixture'], now: Readonly<Record<string, unknown>>): string[] {
  return [...new Set([...Object.keys(then), ...Object.keys(now)])].filter(
    (name) => JSON.stringify(then[name]) !== JSON.stringify(now[name]),
  );
}

/** Of a row the worst that became of its findings. */
function fateOf(id: string, final: readonly (Asked & { readonly answer: Answer })[], report: Report): RowFate {
  const answers = final.filter((one) => one.id === id).map(({ answer }) => answer);
  const told =
    answers.find(({ fate }) => fate === 'still fails') ??
    answers.find(({ fate }) => fate === 'cannot tell') ??
    answers[0];
  if (told === undefined)
    return {
      id,
      fate: 'cannot tell',
      why: `edition ${report.suite.edition} has no such row in this version of the suite`,
    };
  return { id, fate: told.fate, why: told.why };
}
