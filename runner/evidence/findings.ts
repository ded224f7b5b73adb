import { contextInWords, label } from '../../generators/words.ts';
import type { Finding, ReportedExchange } from '../../specs/report.ts';
import type { Cause } from '../decide/ledger.ts';
import type { Observation } from '../decide/observation.ts';
import { curlLine } from './curl.ts';
import { caseOf, deviationOf, sendingOf } from './recorded.ts';

/** Bytes of a body that a report holds. */
const bodyLimit = 4096;
const headerLimit = 1024;
const urlLimit = 2048;

function shortened(headers: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, value.slice(0, headerLimit)]));
}

function textOf(body: Uint8Array): string {
  return new TextDecoder().decode(body.subarray(0, bodyLimit));
}

/** An exchange for a report: redacted since its birth, and shortened. `base`: the URL of the target. */
export function reported({ sending, credential, answer, silence }: Observation, base: string): ReportedExchange {
  const { method, path, headers, body } = sending.case.request;
  return {
    request: {
      method,
      url: `${base}${path}`.slice(0, urlLimit),
      headers: shortened({ ...headers, ...credential }),
      ...(body === undefined ? {} : { body: textOf(body) }),
      body_bytes: body?.length ?? 0,
    },
    ...(answer === undefined
      ? { failure: silence?.reason ?? 'nothing was sent' }
      : {
          response: {
            status: answer.status,
            headers: shortened(answer.headers),
            body: textOf(answer.body),
            body_bytes: answer.body.length,
            duration_ms: Math.round(answer.duration_ms),
          },
        }),
  };
}

/** What was sent, in words, with the name of its state. */
function stimulusOf({ sending: { play, given } }: Observation): string {
  return label(play).replace(/\bof the state\b/, (words) => `${words} "${given}"`);
}

export interface Telling {
  /** The URL of the target. */
  readonly base: string;
  /** A command that plays again what the example is one of. */
  readonly replay: string;
  /** The same context without the deviation, as it was accepted last. */
  readonly baseline: Observation | undefined;
}

/** A cause as a report tells it. */
export function findingOf(cause: Cause, { base, replay, baseline }: Telling): Finding {
  const deviation = deviationOf(cause.example.sending);
  const context = contextInWords(cause.example.sending.play.context);
  const { row, check, flaw, example, before = [], count, failed, sent } = cause;
  return {
    check,
    expected: flaw.expected,
    actual: flaw.actual,
    stimulus: stimulusOf(example),
    source: row.source.map(({ where, says }) => `${where}: ${says}`).join(' | '),
    ...(flaw.where === undefined ? {} : { where: flaw.where }),
    ...(deviation === undefined ? {} : { deviation }),
    ...(context === '' ? {} : { context }),
    curl: curlLine(example, `${base}${example.sending.case.request.path}`),
    replay,
    count,
    failed,
    sent,
    exchange: reported(example, base),
    case: caseOf(example.sending),
    ...(before.length === 0 ? {} : { before: before.map(sendingOf) }),
    ...(deviation === undefined || baseline === undefined ? {} : { baseline: reported(baseline, base) }),
  };
}
