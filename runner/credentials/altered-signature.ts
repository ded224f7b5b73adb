import type { SignaturePart } from '../../generators/model.ts';
import { madeUp, madeUpKeys } from './made-up.ts';
import {
  algorithm,
  type SignableRequest,
  type SigningKeys,
  type SigningOptions,
  sha256,
  sign,
  stamp,
} from './signature.ts';

type Headers = Readonly<Record<string, string>>;

/** What is signed, by whom and when. `request.headers` has the host. */
export interface Signing {
  readonly request: SignableRequest;
  readonly keys: SigningKeys;
  readonly now: Date;
  readonly scope: NonNullable<SigningOptions['scope']>;
  /** The headers of an earlier request that was signed well, and what it was. */
  readonly earlier?: { readonly request: SignableRequest; readonly headers: Headers } | undefined;
}

/** The headers of a signed request that is altered in one part; undefined: there is no such part to alter. */
export function alterSignature(part: SignaturePart, signing: Signing): Headers | undefined {
  return parts[part](signing);
}

/** What is wrong by its form already: it needs no key that the target knows. All other parts show nothing without one. */
const formal: ReadonlySet<SignaturePart> = new Set([
  'empty access key',
  'no date',
  'no header signed',
  'last digit left out',
  'half the digits',
  'no digits',
  'digits appended',
  'letters appended',
  'doubled digits',
  'digits in Base64',
  'digits in angle brackets',
  'no signature',
  'algorithm',
  'scheme alone',
  'scheme in front',
  'quotes around the whole',
]);

export function needsKnownKey(part: SignaturePart): boolean {
  return !formal.has(part);
}

const day = 24 * 60 * 60 * 1000;
const otherBody = new TextEncoder().encode('{"image_id":"another"}');
/** A header that means nothing, signed beside the usual ones. */
const extra = 'X-Conformance-Signed';

function signed(
  { request, keys, now, scope }: Signing,
  change: {
    readonly request?: Partial<SignableRequest>;
    readonly keys?: Partial<SigningKeys>;
    readonly later?: number;
  } = {},
  options: SigningOptions = {},
): Record<string, string> {
  const date = new Date(now.getTime() + (change.later ?? 0));
  return sign({ ...request, ...change.request }, { ...keys, ...change.keys }, date, { scope, ...options });
}

/** The header Authorization rewritten, the others as they are. */
function authorised(headers: Record<string, string>, rewrite: (value: string) => string): Headers {
  return { ...headers, Authorization: rewrite(headers['Authorization'] ?? '') };
}

function digits(signing: Signing, rewrite: (digits: string) => string): Headers {
  return authorised(signed(signing), (value) =>
    value.replace(/(?<=Signature=)[0-9a-f]+$/, (found: string) => rewrite(found)),
  );
}

/** One digit replaced; `at` counts from the end if it is negative. */
function otherDigit(text: string, at: number): string {
  const place = at < 0 ? text.length + at : at;
  return `${text.slice(0, place)}${text.charAt(place) === '0' ? '1' : '0'}${text.slice(place + 1)}`;
}

function accessKey(signing: Signing, rewrite: (key: string) => string): Headers | undefined {
  const { access_key } = signing.keys;
  const changed = rewrite(access_key);
  return changed === access_key ? undefined : signed(signing, { keys: { access_key: changed } });
}

function swapCase(text: string): string {
  return text.replace(/[A-Za-z]/g, (c) => (c >= 'a' ? c.toUpperCase() : c.toLowerCase()));
}

function without(headers: Headers, name: string): Headers {
  return Object.fromEntries(Object.entries(headers).filter(([given]) => given.toLowerCase() !== name));
}

function plus({ request: { headers } }: Signing, name: string, value: string): Partial<SignableRequest> {
  return { headers: { ...without(headers, name.toLowerCase()), [name]: value } };
}

function isSame(a: SignableRequest, b: SignableRequest): boolean {
  return a.path === b.path && a.method === b.method && Buffer.from(a.body ?? []).equals(Buffer.from(b.body ?? []));
}

const parts: Readonly<Record<SignaturePart, (signing: Signing) => Headers | undefined>> = {
  'secret key': (signing) => signed(signing, { keys: { secret_key: madeUpKeys(signing.keys.access_key).secret_key } }),
  'access key': (signing) => accessKey(signing, (key) => madeUpKeys(key).access_key),
  // Whoever looks a key up and finds none may go on with an empty secret.
  'unknown access key, no secret': (signing) =>
    signed(signing, { keys: { access_key: madeUpKeys(signing.keys.access_key).access_key, secret_key: '' } }),
  'access key in other case': (signing) => accessKey(signing, swapCase),
  'access key cut off': (signing) => accessKey(signing, (key) => (key.length < 2 ? key : key.slice(0, -1))),
  'access key with more behind': (signing) => accessKey(signing, (key) => `${key}x`),
  'empty access key': (signing) => accessKey(signing, () => ''),
  'security token': (signing) => {
    const { security_token } = signing.keys;
    if (security_token === undefined) return undefined;
    return signed(signing, { keys: { security_token: madeUp(`other ${security_token}`, security_token.length + 1) } });
  },
  'no security token': (signing) => {
    const { security_token, ...keys } = signing.keys;
    return security_token === undefined ? undefined : signed({ ...signing, keys });
  },
  'date a day ago': (signing) => signed(signing, { later: -day }),
  'date in an hour': (signing) => signed(signing, { later: day / 24 }),
  'date altered': (signing) => ({
    ...signed(signing),
    'X-Sdk-Date': stamp(new Date(signing.now.getTime() + 60_000)),
  }),
  'date not signed': (signing) => signed(signing, {}, { without: ['x-sdk-date'] }),
  'no date': (signing) => without(signed(signing), 'x-sdk-date'),
  method: (signing) => signed(signing, { request: { method: signing.request.method === 'PUT' ? 'POST' : 'PUT' } }),
  path: (signing) => signed(signing, { request: { path: signing.request.path.replace(/(?=\?|$)/, '/other') } }),
  query: (signing) => {
    const { path } = signing.request;
    return signed(signing, { request: { path: `${path}${path.includes('?') ? '&' : '?'}other=1` } });
  },
  'query not signed': (signing) => {
    const { path } = signing.request;
    return path.includes('?') ? signed(signing, { request: { path: path.replace(/\?.*$/, '') } }) : undefined;
  },
  'that of an earlier request': ({ earlier, request }) =>
    earlier === undefined || isSame(earlier.request, request) ? undefined : earlier.headers,
  body: (signing) => signed(signing, { request: { body: otherBody } }),
  'no body': (signing) =>
    signing.request.body === undefined || signing.request.body.length === 0
      ? undefined
      : signed(signing, { request: { body: undefined } }),
  'hash of the body': (signing) => {
    const declared = { 'X-Sdk-Content-Sha256': sha256(otherBody) };
    const headers = { ...without(signing.request.headers, 'x-sdk-content-sha256'), ...declared };
    return { ...signed(signing, { request: { headers } }), ...declared };
  },
  host: (signing) => signed(signing, { request: plus(signing, 'host', 'other.invalid') }),
  'signed header': (signing) => ({
    ...signed(signing, { request: plus(signing, extra, 'signed') }, { also: [extra.toLowerCase()] }),
    [extra]: 'sent',
  }),
  'signed header left out': (signing) =>
    signed(signing, { request: plus(signing, extra, 'signed') }, { also: [extra.toLowerCase()] }),
  'list of headers': (signing) =>
    authorised(signed(signing), (value) =>
      value.replace(/(?<=SignedHeaders=)[^,]*/, (names) => names.replace(/(^|;)host(?=;|$)/, '').replace(/^;/, '')),
    ),
  'list with a name more': (signing) =>
    authorised(signed(signing), (value) =>
      value.replace(/(?<=SignedHeaders=)[^,]*/, (names) => `${names};x-zz-unsent`),
    ),
  'no header signed': (signing) => signed(signing, {}, { without: 'all' }),
  'first digit': (signing) => digits(signing, (text) => otherDigit(text, 0)),
  'middle digit': (signing) => digits(signing, (text) => otherDigit(text, text.length / 2)),
  'last digit': (signing) => digits(signing, (text) => otherDigit(text, -1)),
  'last digit left out': (signing) => digits(signing, (text) => text.slice(0, -1)),
  'half the digits': (signing) => digits(signing, (text) => text.slice(0, text.length / 2)),
  'no digits': (signing) => digits(signing, () => ''),
  // Readers of hexadecimal digits stop at their number, or at the first letter that is none.
  'digits appended': (signing) => digits(signing, (text) => `${text}00`),
  'letters appended': (signing) => digits(signing, (text) => `${text}zz`),
  'doubled digits': (signing) => digits(signing, (text) => text + text),
  'reversed digits': (signing) => digits(signing, (text) => [...text].reverse().join('')),
  'digits in Base64': (signing) => digits(signing, (text) => Buffer.from(text, 'hex').toString('base64')),
  'digits in angle brackets': (signing) => digits(signing, (text) => `<${text}>`),
  'no signature': (signing) => authorised(signed(signing), (value) => value.replace(/, Signature=.*$/, '')),
  algorithm: (signing) => authorised(signed(signing), (value) => value.replace(algorithm, 'SDK-HMAC-SHA512')),
  'scheme alone': (signing) => authorised(signed(signing), () => algorithm),
  'scheme in front': (signing) => authorised(signed(signing), (value) => `Bearer ${value}`),
  'quotes around the whole': (signing) => authorised(signed(signing), (value) => `"${value}"`),
};
