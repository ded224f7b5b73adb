import type { Exchange } from '../decide/procedure.ts';

/** Characters of a body that stand in the line as they are; what is longer is written by a program. */
const longest = 4096;
/** A stretch that is repeated at least so often is written as a repetition. */
const leastRepeats = 64;
const longestUnit = 8;

function quote(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}

/** A header as an argument; `$NAME` is left to the shell, since the line must give nothing away. */
function headerArgument(name: string, value: string): string {
  if (value === '') return quote(`${name};`);
  return /^\$[A-Z_]+$/.test(value) ? `"${name}: ${value}"` : quote(`${name}: ${value}`);
}

/** A shell line that sends the request of an exchange; what is secret comes from the environment. */
export function curlLine({ sending, credential }: Exchange, url: string): string {
  const { method, headers, transfer, connection, body } = sending.case.request;
  const parts = ['curl', '-sS', '-i', '--path-as-is', '-X', method];
  for (const [name, values] of Object.entries({ ...headers, ...credential }))
    for (const value of values.split('\n')) parts.push('-H', headerArgument(name, value));
  if (transfer === 'chunked') parts.push('-H', quote('Transfer-Encoding: chunked'));
  if (transfer === 'expected') parts.push('-H', quote('Expect: 100-continue'));
  if (connection === 'closing') parts.push('-H', quote('Connection: close'));
  if (body !== undefined && body.length > 0) parts.push('--data-binary', bodyArgument(body));
  parts.push(quote(url));
  return parts.join(' ');
}

function bodyArgument(body: Uint8Array): string {
  const text = new TextDecoder('utf-8', { ignoreBOM: true }).decode(body);
  const isExact = Buffer.from(text).equals(Buffer.from(body));
  if (body.length > longest) {
    const program = isExact ? repetitions(text) : undefined;
    const isShort = program !== undefined && program.length <= longest;
    return isShort ? `@<(node -e ${quote(`process.stdout.write(${program})`)})` : '@body-of-this-case';
  }
  if (isExact && !/[^\P{Cc}\t\n\r]/u.test(text)) return quote(text);
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
