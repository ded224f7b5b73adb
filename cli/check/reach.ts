import type { Observation } from '../../runner/decide/observation.ts';
import type { Answer, Silence } from '../../runner/decide/procedure.ts';
import type { Configuration } from '../../specs/configuration.ts';
import type { Findings } from './findings.ts';

/** Whether the target answers: connection, TLS, no redirect. Returns the answer to the request without a credential. */
export function judgeReach(
  { url, ca }: Configuration['target'],
  { answer, silence }: Observation,
  findings: Findings,
): Answer | undefined {
  if (answer === undefined) {
    const why =
      silence === undefined
        ? 'nothing could be sent); check the address'
        : `${codeOf(silence)}); ${advice(silence, ca !== undefined)}`;
    findings.mend('reachable', `${url} cannot be reached (${why}.`);
    return undefined;
  }
  const { status, headers } = answer;
  if (status >= 300 && status < 400) {
    const to = headers['location'] ?? 'another address';
    findings.mend('reachable', `${url} redirects to ${to}; set target.url to the final address.`);
    return undefined;
  }
  if (isPassing(status)) {
    findings.mend('reachable', `${url} keeps answering ${status}; check that the service behind it is up.`);
    return undefined;
  }
  findings.line('reachable', `ok, ${status} without a credential`);
  if (status >= 200 && status < 300)
    findings.warn('reachable', 'it accepts a request without a credential to a random pool; the run will report it');
  findings.line('TLS', url.startsWith('https:') ? 'ok, the certificate is trusted' : 'none, the address is http');
  return answer;
}

/** Statuses of a gateway or of throttling: they say nothing of the target. */
export const isPassing = (status: number): boolean => [429, 502, 503, 504].includes(status);

/** The code of an error such as ECONNREFUSED, or all the words. */
function codeOf({ reason, silence }: Silence): string {
  if (silence === 'timeout') return 'no answer in time';
  return silence === 'refused' ? (/\bE[A-Z]{3,}\w*\b/.exec(reason)?.[0] ?? reason) : reason;
}

function advice({ silence }: Silence, hasCa: boolean): string {
  switch (silence) {
    case 'refused':
      return 'check the address and that it is running';
    case 'timeout':
      return 'check the address, or raise limits.timeout';
    case 'tls':
      return `${hasCa ? 'check' : 'set'} target.ca (and target.cert and target.key where it asks for a client certificate), or the host in target.url`;
    case 'reset':
    case 'broken':
    case 'protocol':
      return 'check the port, and whether target.url should begin with http or https';
  }
}
