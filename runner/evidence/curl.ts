import { gzipSync } from 'node:zlib';
import { quoted } from '../credentials/shell.ts';
import { signatureVariable } from '../credentials/shown.ts';
import type { Exchange } from '../decide/procedure.ts';

/** Bytes of a body that stand in the line by themselves; what is longer is packed. */
const longest = 4096;
/** Characters of a line that every shell and system takes. */
const longestLine = 100_000;

/** What curl adds of its own accord, unless it is told not to. */
const ofCurl = ['User-Agent', 'Accept', 'Content-Type', 'Expect'];

/** What curl writes into a request line as it stands. */
const plainUrl = /^[\w.~:/%@!&'()*+,;=-]*(\?[\w.~:/%@!&'()*+,;=?-]*)?$/;

/**
 * A line for a POSIX shell that sends the bytes of an exchange. What is secret comes from environment variables, or is
 * made of them in the shell. A signature cannot be: then a comment says so.
 */
export function curlLine(exchange: Exchange, url: string): string {
  const { method, transfer, connection, body, unframed } = exchange.sending.case.request;
  const content = contentOf(body);
  const parts = [content.before, 'curl -sS -i --http1.1 --path-as-is -g'];
  const isBare = method === 'HEAD' && content.argument === '';
  parts.push(isBare ? '--head' : `-X ${/^[A-Z]+$/.test(method) ? method : quoted(method)}`);
  // curl would wait for the body that an answer to HEAD announces.
  if (method === 'HEAD' && !isBare) parts.push('-m 5');
  parts.push(...headersOf(exchange));
  if (transfer === 'chunked' && content.argument !== '') parts.push("-H 'Transfer-Encoding: chunked'");
  if (transfer === 'expected') parts.push("-H 'Expect: 100-continue'");
  if (connection === 'closing') parts.push("-H 'Connection: close'");
  // POST says that it has no body, unless it is to say nothing.
  const isFramed = unframed !== true && !['GET', 'HEAD', 'DELETE', 'OPTIONS', 'TRACE', 'CONNECT'].includes(method);
  parts.push(content.argument === '' && isFramed ? "--data-binary ''" : content.argument);
  parts.push(...addressOf(url));
  const line = parts.filter((part) => part !== '').join(' ');
  if (line.length > longestLine) return '# too long for a line: the replay line sends it';
  return isSigned(exchange) ? `# a signature is good for one request: the replay line signs anew\n${line}` : line;
}

function isSigned({ credential }: Exchange): boolean {
  const value = credential['Authorization'] ?? '';
  return value === `\${${signatureVariable}}` || value.startsWith('[');
}

function headersOf({ sending, credential, inShell = {} }: Exchange): readonly string[] {
  const { headers, transfer, headerCase } = sending.case.request;
  const written = (name: string): string =>
    headerCase === 'lower' ? name.toLowerCase() : headerCase === 'upper' ? name.toUpperCase() : name;
  const all = Object.entries({ ...headers, ...credential });
  const given = all.flatMap(([name, value]) => {
    const word = inShell[name];
    if (word !== undefined) return linesOf(word).map((line) => `-H ${headerWord(written(name), line)}`);
    return value
      .split('\n')
      .map((line) => `-H ${quoted(line === '' ? `${written(name)};` : `${written(name)}: ${line}`)}`);
  });
  const names = new Set(all.map(([name]) => name.toLowerCase()));
  if (transfer === 'expected') names.add('expect');
  const dropped = ofCurl.filter((name) => !names.has(name.toLowerCase())).map((name) => `-H '${name}:'`);
  return [...given, ...dropped];
}

/** A header that is sent twice has a word for each. */
function linesOf(word: string): readonly string[] {
  return word.split('\n').map((line, i, all) => {
    if (all.length === 1) return line;
    // The line break stood inside of quotes, which are closed on one side and opened on the other.
    const opened = i > 0 ? `'${line}` : line;
    const closed = i < all.length - 1 ? `${opened}'` : opened;
    return closed.replace(/^''|''$/g, '');
  });
}

function headerWord(name: string, word: string): string {
  return word.startsWith('"') ? `"${name}: ${word.slice(1)}` : `'${name}: '${word}`;
}

interface Content {
  /** What goes in front of curl: a program that writes the body. */
  readonly before: string;
  readonly argument: string;
}

function contentOf(body: Uint8Array | undefined): Content {
  if (body === undefined || body.length === 0) return { before: '', argument: '' };
  const fromInput = '--data-binary @-';
  if (body.length > longest) {
    const packed = gzipSync(body, { level: 9 }).toString('base64');
    return { before: `printf %s ${quoted(packed)} | base64 -d | gzip -dc |`, argument: fromInput };
  }
  const text = new TextDecoder('utf-8', { ignoreBOM: true }).decode(body);
  const isText = Buffer.from(text).equals(Buffer.from(body)) && !/[^\P{Cc}\t\n]|[\p{Cf}\p{Zl}\p{Zp}]/u.test(text);
  // What begins with @ curl would take for a file.
  if (isText && !text.startsWith('@')) return { before: '', argument: `--data-binary ${quoted(text)}` };
  return { before: `printf ${quoted(escaped(body))} |`, argument: fromInput };
}

/** For `printf`: what is no plain character as three octal digits. */
function escaped(body: Uint8Array): string {
  return [...body]
    .map((byte) => {
      if (byte === 0x25) return '%%';
      const isPlain = byte >= 0x20 && byte < 0x7f && byte !== 0x5c;
      return isPlain ? String.fromCharCode(byte) : `\\${byte.toString(8).padStart(3, '0')}`;
    })
    .join('');
}

/** curl mends what it takes for a slip in a URL; a request line is written as it is told. */
function addressOf(url: string): readonly string[] {
  const { origin } = new URL(url);
  const target = url.slice(url.indexOf(origin) === 0 ? origin.length : url.indexOf('/', url.indexOf('://') + 3));
  return plainUrl.test(target) ? [quoted(url)] : [`--request-target ${quoted(target)}`, quoted(`${origin}/`)];
}
