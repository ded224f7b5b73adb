import type { Finding, ReportedExchange } from '../specs/report.ts';
import type { Requirement } from '../specs/requirement.ts';
import type { Flaw } from './checks.ts';
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

function quote(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}

/** A credential as a variable, so that the line can be run but gives nothing away; a signature is of no use later. */
function headerArgument(name: string, value: string, exchange: Judged, redact: Redact): string {
  if (value === '') return quote(`${name};`);
  const isKept = exchange.case.credential === 'valid' || exchange.case.credential === 'configured';
  if (isKept && /^x-auth-token$/i.test(name)) {
    return exchange.case.credential === 'valid' ? '"X-Auth-Token: $WORKSPACE_TOKEN"' : '"X-Auth-Token: $STATE_TOKEN"';
  }
  if (isKept && /^x-security-token$/i.test(name)) return '"X-Security-Token: $WORKSPACE_SECURITY_TOKEN"';
  if (isKept && /^authorization$/i.test(name)) return '"Authorization: $WORKSPACE_SIGNATURE"';
  return quote(`${name}: ${redact(value)}`);
}

/** A shell line that sends the request; what is secret comes from the environment. */
export function curlLine(exchange: Judged, redact: Redact): string {
  const { request } = exchange;
  const parts = ['curl', '-sS', '-i', '--path-as-is', '-X', request.method];
  for (const [name, values] of Object.entries(request.headers))
    if (!/^user-agent$/i.test(name))
      for (const value of values.split('\n')) parts.push('-H', headerArgument(name, value, exchange, redact));
  const { body } = request;
  if (body !== undefined && body.length > 0) {
    if (body.length > bodyLimit) parts.push('--data-binary', '@body-of-this-case');
    else {
      const text = new TextDecoder().decode(body);
      const exact = Buffer.from(text).equals(Buffer.from(body));
      if (exact && !/[^\P{Cc}\t\n\r]/u.test(text)) parts.push('--data-binary', quote(redact(text)));
      else {
        const escaped = [...body].map((b) => `\\x${b.toString(16).padStart(2, '0')}`).join('');
        parts.push('--data-binary', `$'${escaped}'`);
      }
    }
  }
  parts.push(quote(redact(`${request.origin}${request.path}`)));
  return parts.join(' ');
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

  findings(requirement: Requirement, redact: Redact, replay: string): Finding[] {
    return [...this.#causes.values()].map(({ flaw, check, example, count, failed, sent }) => ({
      check,
      expected: flaw.expected,
      actual: redact(flaw.actual),
      stimulus: redact(example.case.label),
      source: requirement.source.map(({ where, says }) => `${where}: ${says}`).join(' | '),
      ...(flaw.where === undefined ? {} : { where: flaw.where }),
      curl: curlLine(example, redact),
      replay,
      count,
      failed,
      sent,
      exchange: reported(example, redact),
    }));
  }
}
