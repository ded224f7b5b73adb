import { createHash, createHmac } from 'node:crypto';

/** What a signature covers. `headers` should contain `host`, exactly as it will be sent. */
export interface SignableRequest {
  readonly method: string;
  /** Raw request target, query included. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array | undefined;
}

export interface SigningKeys {
  readonly access_key: string;
  readonly secret_key: string;
  readonly security_token?: string;
}

export interface SigningOptions {
  /** `whole`: every header is signed that nobody changes on the way, and the hash of the body is declared. */
  readonly scope?: 'usual' | 'whole';
  /** Names, in lower case, that are sent, but not signed; `all`: none is. */
  readonly without?: readonly string[] | 'all';
  /** Names, in lower case, that are signed beside the usual ones. */
  readonly also?: readonly string[];
}

export const algorithm = 'SDK-HMAC-SHA256';
const usual = new Set(['host', 'content-type', 'x-project-id', 'x-sdk-content-sha256']);

/** Headers that belong to a connection, or that a gateway in between may add to. */
const passing =
  /^(authorization|connection|keep-alive|transfer-encoding|content-length|te|trailer|upgrade|expect|proxy-.*|via|forwarded|x-forwarded-.*|x-real-ip|accept-encoding|traceparent|tracestate|baggage|x-b3-.*)$/;

function isSigned(name: string, value: string, scope: SigningOptions['scope']): boolean {
  if (usual.has(name)) return true;
  // Both sides must read the same: no bytes beyond ASCII, no header that is sent twice.
  return scope === 'whole' && !passing.test(name) && /^[\x20-\x7e]*$/.test(value);
}

function isGiven({ headers }: SignableRequest, wanted: string): boolean {
  return Object.keys(headers).some((name) => name.toLowerCase() === wanted);
}

/** The headers to add to a request so that it is signed with SDK-HMAC-SHA256. */
export function sign(
  request: SignableRequest,
  keys: SigningKeys,
  date: Date,
  { scope = 'usual', without = [], also = [] }: SigningOptions = {},
): Record<string, string> {
  const timestamp = stamp(date);
  const added: Record<string, string> = { 'X-Sdk-Date': timestamp };
  if (keys.security_token !== undefined) added['X-Security-Token'] = keys.security_token;
  if (scope === 'whole' && !isGiven(request, 'x-sdk-content-sha256')) {
    added['X-Sdk-Content-Sha256'] = sha256(request.body ?? new Uint8Array());
  }

  const headers = new Map<string, string>();
  for (const [name, value] of Object.entries(request.headers)) {
    const lower = name.toLowerCase();
    if (also.includes(lower) || isSigned(lower, value, scope)) headers.set(lower, value.trim());
  }
  for (const [name, value] of Object.entries(added)) headers.set(name.toLowerCase(), value.trim());
  const declared = headers.get('x-sdk-content-sha256');
  const names = without === 'all' ? [] : [...headers.keys()].filter((name) => !without.includes(name)).sort();

  const [path, query] = splitTarget(request.path);
  const canonical = [
    request.method.toUpperCase(),
    canonicalUri(path),
    canonicalQuery(query),
    names.map((name) => `${name}:${headers.get(name) ?? ''}\n`).join(''),
    names.join(';'),
    declared ?? sha256(request.body ?? new Uint8Array()),
  ].join('\n');
  const to_sign = [algorithm, timestamp, sha256(Buffer.from(canonical))].join('\n');
  const signature = createHmac('sha256', keys.secret_key).update(to_sign).digest('hex');
  return {
    ...added,
    Authorization: `${algorithm} Access=${keys.access_key}, SignedHeaders=${names.join(';')}, Signature=${signature}`,
  };
}

/** A date as X-Sdk-Date writes it: `20261123T174817Z`. */
export function stamp(date: Date): string {
  return date.toISOString().replace(/[-:]|\.\d+/g, '');
}

/** Hexadecimal, as in X-Sdk-Content-Sha256. */
export function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

function splitTarget(target: string): [string, string] {
  const at = target.indexOf('?');
  return at < 0 ? [target, ''] : [target.slice(0, at), target.slice(at + 1)];
}

/** The path is decoded once, then encoded again, so that one way of writing it gives one signature. */
function canonicalUri(path: string): string {
  const encoded = encodeBytes(decodeBytes(path), '/');
  return encoded.endsWith('/') ? encoded : `${encoded}/`;
}

function canonicalQuery(query: string): string {
  const pairs = query
    .split('&')
    .filter((part) => part !== '')
    .map((part) => {
      const at = part.indexOf('=');
      const [key, value] = at < 0 ? [part, ''] : [part.slice(0, at), part.slice(at + 1)];
      return [encodeBytes(decodeBytes(key)), encodeBytes(decodeBytes(value))] as const;
    });
  pairs.sort((a, b) => compare(a[0], b[0]) || compare(a[1], b[1]));
  return pairs.map(([key, value]) => `${key}=${value}`).join('&');
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** Percent-decoding to bytes; a `%` that starts no valid escape stands for itself. */
function decodeBytes(text: string): Uint8Array {
  const parts = text.split(/(%[0-9A-Fa-f]{2})/);
  return Buffer.concat(
    parts.map((part, index) => (index % 2 === 1 ? Buffer.from(part.slice(1), 'hex') : Buffer.from(part))),
  );
}

function encodeBytes(bytes: Uint8Array, keep = ''): string {
  let out = '';
  for (const byte of bytes) {
    const character = String.fromCharCode(byte);
    if (/[A-Za-z0-9\-_.~]/.test(character) || keep.includes(character)) out += character;
    else out += `%${byte.toString(16).toUpperCase().padStart(2, '0')}`;
  }
  return out;
}
