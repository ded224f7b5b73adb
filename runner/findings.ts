import type { Finding, ReportedExchange } from '../specs/report.ts';
import type { Requirement } from '../specs/requirement.ts';
import type { Flaw } from './checks.ts';
import { curlLine } from './curl.ts';
import { isSilence, type Judged } from './exchange.ts';

const bodyLimit = 4096;
/** Findings of one requirement, at most. */
const mostCauses = 12;

export type Redact = (text: string) => string;

function headersOf(headers: Readonly<Record<string, string>>, redact: Redact): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [
      name,
      /^(x-auth-token|authorization|x-security-token|cookie|set-cookie)$/i.test(name) && value !== ''
        ? '[redacted]'
        : redact(value).slice(0, 1024),
    ]),
  );
}

function textOf(body: Uint8Array, redact: Redact): string {
  return redact(new TextDecoder().decode(body.subarray(0, bodyLimit)));
}

export function reported(exchange: Judged, redact: Redact): ReportedExchange {
  const { request, result } = exchange;
  return {
    request: {
      method: request.method,
      url: redact(`${request.origin}${request.path}`).slice(0, 2048),
      headers: headersOf(request.headers, redact),
      ...(request.body === undefined ? {} : { body: textOf(request.body, redact) }),
      body_bytes: request.body?.length ?? 0,
    },
    ...(isSilence(result)
      ? { failure: redact(result.reason) }
      : {
          response: {
            status: result.status,
            headers: headersOf(result.headers, redact),
            body: textOf(result.body, redact),
            body_bytes: result.body.length,
            duration_ms: Math.round(result.duration_ms),
          },
        }),
  };
}

/** Orders examples: the shorter body first, and the same choice in every run. */
function rank({ case: { label }, request: { body } }: Judged): string {
  return `${String(body?.length ?? 0).padStart(12, '0')} ${label}`;
}

/** Collects the flaws of one requirement: one finding for each cause, with the smallest example. */
export class FindingBook {
  readonly #causes = new Map<
    string,
    { flaw: Flaw; check: string; example: Judged; count: number; failed: number; sent: number }
  >();

  add(check: string, flaw: Flaw, example: Judged, failed = 1, sent = 1): void {
    const key = `${check}\n${flaw.expected}\n${flaw.actual.replace(/[0-9a-f-]{8,}/g, '#')}\n${flaw.where ?? ''}`;
    // A hostile target could make every flaw look new; beyond the limit they count for the first.
    const known = this.#causes.get(key) ?? (this.#causes.size < mostCauses ? undefined : [...this.#causes.values()][0]);
    if (known === undefined) {
      this.#causes.set(key, { flaw, check, example, count: 1, failed, sent });
      return;
    }
    known.count += 1;
    if (rank(example) < rank(known.example)) Object.assign(known, { example, flaw });
  }

  get size(): number {
    return this.#causes.size;
  }

  findings(requirement: Requirement, redact: Redact, replay: (example: Judged) => string): Finding[] {
    return [...this.#causes.values()].map(({ flaw, check, example, count, failed, sent }) => ({
      check,
      expected: flaw.expected,
      actual: redact(flaw.actual),
      stimulus: redact(example.case.label),
      source: requirement.source.map(({ where, says }) => `${where}: ${says}`).join(' | '),
      ...(flaw.where === undefined ? {} : { where: flaw.where }),
      curl: curlLine(example, redact),
      replay: replay(example),
      count,
      failed,
      sent,
      exchange: reported(example, redact),
    }));
  }
}
