import type { Judged } from './exchange.ts';
import type { Redact } from './findings.ts';

/** Characters of a body that stand in the line as they are; what is longer is written by a program. */
const longest = 4096;
/** A stretch that is repeated at least so often is written as a repetition. */
const leastRepeats = 64;
const longestUnit = 8;

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
  if (request.transfer === 'chunked') parts.push('-H', quote('Transfer-Encoding: chunked'));
  const { body } = request;
  if (body !== undefined && body.length > 0) parts.push('--data-binary', bodyArgument(body, redact));
  parts.push(quote(redact(`${request.origin}${request.path}`)));
  return parts.join(' ');
}

function bodyArgument(body: Uint8Array, redact: Redact): string {
  const text = new TextDecoder('utf-8', { ignoreBOM: true }).decode(body);
  const isExact = Buffer.from(text).equals(Buffer.from(body));
  if (body.length > longest) {
    const program = isExact ? repetitions(redact(text)) : undefined;
    const isShort = program !== undefined && program.length <= longest;
    return isShort ? `@<(node -e ${quote(`process.stdout.write(${program})`)})` : '@body-of-this-case';
  }
  if (isExact && !/[^\P{Cc}\t\n\r]/u.test(text)) return quote(redact(text));
  return `$'${[...body].map((byte) => `\\x${byte.toString(16).padStart(2, '0')}`).join('')}'`;
}

/** A text as an expression of JavaScript, in which long repetitions are short. */
function repetitions(text: string): string {
  const parts: string[] = [];
  let plain = '';
  const flush = (): void => {
    if (plain !== '') parts.push(JSON.stringify(plain));
    plain = '';
  };
  for (let at = 0; at < text.length; ) {
    const run = runAt(text, at);
    if (run === undefined) {
      plain += text[at];
      at += 1;
      continue;
    }
    flush();
    parts.push(`${JSON.stringify(run.unit)}.repeat(${run.times})`);
    at += run.unit.length * run.times;
  }
  flush();
  return parts.join('+');
}

function runAt(text: string, at: number): { readonly unit: string; readonly times: number } | undefined {
  for (let size = 1; size <= longestUnit; size += 1) {
    const unit = text.slice(at, at + size);
    if (unit.length < size || !text.startsWith(unit, at + size)) continue;
    let times = 2;
    while (text.startsWith(unit, at + times * size)) times += 1;
    if (times >= leastRepeats) return { unit, times };
  }
  return undefined;
}
