import { createHash, createHmac, timingSafeEqual } from 'node:crypto';

/** What a signature may cover, as it came over the wire. */
export interface SignedRequest {
  readonly method: string;
  /** Raw request target, query included. */
  readonly target: string;
  readonly headers: Readonly<Record<string, readonly string[] | undefined>>;
  /** SHA-256 of the whole body, in hexadecimal. */
  readonly bodyHash: string;
}

export interface SecretKey {
  readonly secret: string;
  /** Of a temporary key; it must come as X-Security-Token. */
  readonly securityToken?: string;
}

const algorithm = 'SDK-HMAC-SHA256';
const form = /^SDK-HMAC-SHA256 Access=([^,\s]+), ?SignedHeaders=([^,\s]+), ?Signature=([0-9a-f]{64})$/;
const longestSkew = 15 * 60_000;

/** The access key that signed the request; undefined when the signature is wrong, old or incomplete. */
export function verifySignature(
  request: SignedRequest,
  findKey: (accessKey: string) => SecretKey | undefined,
  now: number,
): string | undefined {
  const [, accessKey = '', signedHeaders = '', signature = ''] =
    form.exec(header(request, 'authorization') ?? '') ?? [];
  const key = findKey(accessKey);
  const date = header(request, 'x-sdk-date') ?? '';
  const names = signedHeaders.split(';');
  if (key === undefined || !names.includes('x-sdk-date') || !isRecent(date, now)) return undefined;
  if (header(request, 'x-security-token') !== key.securityToken) return undefined;
  const hash = declaredHash(request);
  const headers = canonicalHeaders(request, names);
  if (hash === undefined || headers === undefined) return undefined;

  const [path = '', ...query] = request.target.split('?');
  const canonical = [
    request.method,
    canonicalPath(path),
    canonicalQuery(query.join('?')),
    headers,
    signedHeaders,
    hash,
  ];
  // Header values come as Latin-1, one character for each byte that was sent.
  const digest = sha256(Buffer.from(canonical.join('\n'), 'latin1'));
  const expected = createHmac('sha256', key.secret).update(`${algorithm}\n${date}\n${digest}`).digest();
  return timingSafeEqual(expected, Buffer.from(signature, 'hex')) ? accessKey : undefined;
}

function header(request: SignedRequest, name: string): string | undefined {
  return Object.hasOwn(request.headers, name) ? request.headers[name]?.join(', ') : undefined;
}

function isRecent(date: string, now: number): boolean {
  const parts = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(date);
  if (parts === null) return false;
  const [, year, month, day, hour, minute, second] = parts;
  const time = Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`);
  return Math.abs(now - time) <= longestSkew;
}

/** The hash that the signature covers; undefined when it is not that of the body. */
function declaredHash(request: SignedRequest): string | undefined {
  const declared = header(request, 'x-sdk-content-sha256') ?? request.bodyHash;
  return declared === 'UNSIGNED-PAYLOAD' || declared === request.bodyHash ? declared : undefined;
}

/** Undefined when a header was signed that is not there. */
function canonicalHeaders(request: SignedRequest, names: readonly string[]): string | undefined {
  let lines = '';
  for (const name of names) {
    const value = header(request, name);
    if (value === undefined) return undefined;
    lines += `${name}:${value.trim()}\n`;
  }
  return lines;
}

function canonicalPath(path: string): string {
  const encoded = path.split('/').map(reencode).join('/').replaceAll('%2F', '/');
  return encoded.endsWith('/') ? encoded : `${encoded}/`;
}

function canonicalQuery(query: string): string {
  return query
    .split('&')
    .filter((pair) => pair !== '')
    .map((pair) => {
      const [key = '', ...value] = pair.split('=');
      return { key: reencode(key), value: reencode(value.join('=')) };
    })
    .sort((a, b) => order(a.key, b.key) || order(a.value, b.value))
    .map(({ key, value }) => `${key}=${value}`)
    .join('&');
}

function order(a: string, b: string): number {
  return a < b ? -1 : Number(a > b);
}

/** One way of writing for each text: escapes are undone, then all but the unreserved characters is escaped. */
function reencode(text: string): string {
  const bytes = text.replace(/%([0-9a-f]{2})/gi, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
  return bytes.replace(
    /[^A-Za-z0-9\-_.~]/g,
    (byte) => `%${byte.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`,
  );
}

function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}
