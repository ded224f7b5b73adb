import { createHash } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Auth } from '../specs/configuration.ts';
import type { CredentialVariation } from '../specs/requirement.ts';
import { isLoopback } from './configuration.ts';
import type { Lane, WireRequest } from './http.ts';
import { sign } from './signature.ts';

/** Headers to add to a request; undefined where the variation makes no sense for the kind of credential. */
export type CredentialHeaders = Readonly<Record<string, string>> | undefined;

export interface Credentials {
  readonly kind: Auth['kind'] | 'none';
  /** `override` is the token of the state, used by `configured`. Rejects with a CredentialError when IAM gives no token. */
  headers(request: WireRequest, use: 'valid' | CredentialVariation, override?: string): Promise<CredentialHeaders>;
  /** What a variation is for this kind of credential, where that is not what its name says. */
  words?(use: CredentialVariation): string | undefined;
  /** Whether a valid request must be sent before another bad one, lest the credential be locked. */
  readonly isStrained?: boolean;
  /** Everything that must not be shown, altered forms of the token included. */
  secrets(): readonly string[];
  /** Forgets a fetched token and fetches another; does nothing for the other kinds. */
  renew(): Promise<void>;
}

export interface CredentialOptions {
  /** Made-up credentials depend on this alone. Default 0. */
  readonly seed?: number;
  readonly now?: () => Date;
}

/** The configured credential could not be obtained. */
export class CredentialError extends Error {
  override readonly name = 'CredentialError';
}

/** Characters of a very long credential: more than 8 KiB, with room for other headers in 16 KiB. */
const longest = 10 * 1024;

/** How often a login is tried while IAM is throttling or away, and the longest pause between, in milliseconds. */
const loginTries = 4;
const longestLoginPause = 10_000;

function isPassing(status: number): boolean {
  return [429, 502, 503, 504].includes(status);
}

type Iam = Extract<Auth, { kind: 'iam' }>;
type AkSk = Extract<Auth, { kind: 'aksk' }>;

export function createCredentials(
  auth: Auth | undefined,
  laneFor: (origin: string) => Lane,
  options: CredentialOptions = {},
): Credentials {
  const seed = options.seed ?? 0;
  const overrides = new Set<string>();
  const common = { seed, overrides };
  if (auth === undefined) {
    const headers: Credentials['headers'] = (_request, use, override) =>
      Promise.resolve(use === 'valid' ? {} : tokenHeaders('', use, override, common));
    return { kind: 'none', headers, secrets: () => [...overrides], renew: () => Promise.resolve() };
  }
  if (auth.kind === 'aksk') return signing(auth, options.now ?? (() => new Date()), common);
  if (auth.kind === 'token') {
    return {
      kind: 'token',
      headers: (_request, use, override) => Promise.resolve(tokenHeaders(auth.token, use, override, common)),
      secrets: () => [...derived(auth.token), ...overrides],
      renew: () => Promise.resolve(),
    };
  }
  return fetched(auth, laneFor, common);
}

interface Common {
  readonly seed: number;
  /** Tokens of states that have been used. */
  readonly overrides: Set<string>;
}

function tokenHeaders(
  token: string,
  use: 'valid' | CredentialVariation,
  override: string | undefined,
  { seed, overrides }: Common,
): CredentialHeaders {
  if (use === 'absent') return {};
  if (use === 'bearer') return bearer(seed);
  if (use === 'configured' && override !== undefined) overrides.add(override);
  // A token that the state handed out is the one to change there.
  const value = variant(override ?? token, use, override, seed);
  return value === undefined ? undefined : { 'X-Auth-Token': value };
}

function bearer(seed: number): Record<string, string> {
  return { Authorization: `Bearer ${madeUp(`${seed}/bearer`, 40)}` };
}

function variant(
  token: string,
  use: 'valid' | Exclude<CredentialVariation, 'absent' | 'bearer'>,
  override: string | undefined,
  seed: number,
): string | undefined {
  switch (use) {
    case 'valid':
      return token;
    case 'configured':
      return override;
    case 'empty':
      return '';
    case 'garbage':
      return madeUpUnlike(token, seed);
    case 'truncated':
      return token.length < 2 ? undefined : truncated(token);
    case 'extended':
      // What a reader of base64 drops, and what begins like the token.
      return token === '' ? undefined : `${token}!!`;
    case 'other start':
      return token.length < 2 ? undefined : `${other(token.charAt(0))}${token.slice(1)}`;
    case 'other end':
      return token.length < 2 ? undefined : `${token.slice(0, -1)}${other(token.slice(-1))}`;
    case 'other case': {
      const swapped = swapCase(token);
      return swapped === token ? undefined : swapped;
    }
    case 'very long':
      return madeUp(`${seed}/long`, longest);
    case 'odd characters':
      return `'"\\;--\u00e9${madeUpUnlike(token, seed)}`;
    case 'inherited':
      return 'constructor';
    case 'two':
      return token === '' ? undefined : `${token}\n${madeUpUnlike(token, seed)}`;
  }
}

function other(character: string): string {
  return character === 'x' ? 'y' : 'x';
}

function truncated(token: string): string {
  return token.slice(0, Math.min(token.length - 1, Math.ceil((token.length * 3) / 4)));
}

function swapCase(token: string): string {
  return token.replace(/[a-z]|[A-Z]/g, (c) => (c >= 'a' ? c.toUpperCase() : c.toLowerCase()));
}

/** The token and those of its altered forms that do not contain it but give it away. */
function derived(token: string): readonly string[] {
  return [token, swapCase(token), ...(token.length < 2 ? [] : [truncated(token), token.slice(0, -1), token.slice(1)])];
}

function madeUpUnlike(token: string, seed: number): string {
  const length = token.length === 0 ? 64 : token.length;
  for (let round = 0; ; round++) {
    const text = madeUp(`${seed}/token/${round}`, length);
    if (text !== token) return text;
  }
}

/** Letters and digits that depend on the label alone. */
function madeUp(label: string, length: number): string {
  let text = '';
  for (let block = 0; text.length < length; block++) {
    const digest = createHash('sha512').update(`${label}/${block}`).digest('base64');
    text += digest.replace(/[^A-Za-z0-9]/g, '');
  }
  return text.slice(0, length);
}

/** What the variations are for a signed request, in words. */
const signatureFaults: Readonly<Partial<Record<CredentialVariation, string>>> = {
  garbage: 'the request is signed with a wrong key',
  truncated: 'the body is not the one that was signed',
  extended: 'the request was signed a day ago',
  'other case': 'a header is not the one that was signed',
  'other start': 'the first digit of the signature is another one',
  'other end': 'the signature is cut off',
};

/** Variations that only show with the real key whether the signature itself is looked at. */
const trials: ReadonlySet<string> = new Set(['garbage', 'truncated', 'extended', 'other case', 'other end']);
/** Trials after which a valid request must come, well before the key is locked. */
const mostTrials = 3;

/**
 * AK/SK. Five bad signatures in a row lock a real access key for minutes, so broken requests carry a made-up one. A
 * key on loopback locks nobody out: there each trial is sent once with the real key, and valid
 * requests come between.
 */
function signing(auth: AkSk, now: () => Date, { seed, overrides }: Common): Credentials {
  const invented = {
    access_key: madeUp(`${seed}/access key`, 20).toUpperCase(),
    secret_key: madeUp(`${seed}/secret key`, 40),
  };
  type Keys = Omit<AkSk, 'kind'>;
  const signed = (request: WireRequest, keys: Keys, date = now()): Record<string, string> => {
    const has_host = Object.keys(request.headers).some((name) => name.toLowerCase() === 'host');
    const headers = has_host ? request.headers : { ...request.headers, host: new URL(request.origin).host };
    return sign({ ...request, headers }, keys, date);
  };
  const broken = (request: WireRequest, use: CredentialVariation, keys: Keys): Record<string, string> | undefined => {
    switch (use) {
      case 'garbage':
        return signed(request, { ...keys, secret_key: invented.secret_key });
      case 'truncated':
        return signed({ ...request, body: new TextEncoder().encode('{"image_id":"another"}') }, keys);
      case 'extended':
        return signed(request, keys, new Date(now().getTime() - 24 * 60 * 60 * 1000));
      case 'other case': {
        const header = (value: string) => ({ 'X-Project-Id': value });
        const headers = { ...request.headers, ...header('signed') };
        return { ...signed({ ...request, headers }, keys), ...header('sent') };
      }
      case 'other start':
      case 'other end': {
        const headers = signed(request, keys);
        const { Authorization: whole = '' } = headers;
        const altered =
          use === 'other end'
            ? whole.slice(0, -16)
            : whole.replace(/(?<=Signature=)./, (digit) => (digit === '0' ? '1' : '0'));
        return { ...headers, Authorization: altered };
      }
      case 'odd characters':
        return signed(request, { ...invented, access_key: `'"\\;--\u00e9${invented.access_key}` });
      case 'inherited':
        return signed(request, { ...invented, access_key: 'constructor' });
      case 'very long':
        return signed(request, { ...invented, access_key: madeUp(`${seed}/long`, longest) });
      default:
        return undefined;
    }
  };
  const tried = new Set<string>();
  let trialsInARow = 0;
  const headersFor = (
    request: WireRequest,
    use: 'valid' | CredentialVariation,
    override: string | undefined,
  ): CredentialHeaders => {
    switch (use) {
      case 'valid':
        if (!hasCanonicalForm(request.path)) return undefined;
        trialsInARow = 0;
        return signed(request, auth);
      case 'absent':
        return {};
      case 'empty':
        return { Authorization: '' };
      case 'bearer':
        return bearer(seed);
      case 'configured':
        if (override === undefined) return undefined;
        overrides.add(override);
        return { 'X-Auth-Token': override };
      default: {
        const isTrial = trials.has(use) && isLoopback(request.origin) && !tried.has(use);
        tried.add(use);
        if (isTrial) trialsInARow += 1;
        return broken(request, use, isTrial ? auth : invented);
      }
    }
  };
  return {
    kind: 'aksk',
    headers: (request, use, override) => Promise.resolve(headersFor(request, use, override)),
    words: (use) => signatureFaults[use],
    get isStrained() {
      return trialsInARow >= mostTrials;
    },
    secrets: () => [auth.secret_key, ...(auth.security_token === undefined ? [] : [auth.security_token]), ...overrides],
    renew: () => Promise.resolve(),
  };
}

/** Whether both sides agree on what is signed: on broken encodings and dot segments they need not. */
function hasCanonicalForm(path: string): boolean {
  try {
    return !/(^|\/)\.\.?(\/|$)/.test(decodeURIComponent(path));
  } catch {
    return false;
  }
}

/** A token that IAM hands out for user and password; fetched when first needed, then kept. */
function fetched(auth: Iam, laneFor: (origin: string) => Lane, common: Common): Credentials {
  const tokens = new Set<string>();
  let current: Promise<string> | undefined;
  const fetchOnce = (): Promise<string> => {
    const attempt = requestToken(auth, laneFor).then(
      (token) => {
        tokens.add(token);
        return token;
      },
      (error: unknown) => {
        if (current === attempt) current = undefined;
        throw error;
      },
    );
    current = attempt;
    return attempt;
  };
  let renewal: Promise<void> | undefined;
  const independent = new Set<string>(['absent', 'empty', 'configured']);
  return {
    kind: 'iam',
    async headers(_request, use, override) {
      const token = independent.has(use) ? '' : await (current ?? fetchOnce());
      return tokenHeaders(token, use, override, common);
    },
    secrets: () => [auth.password, ...[...tokens].flatMap(derived), ...common.overrides],
    renew() {
      renewal ??= fetchOnce()
        .then(() => undefined)
        .finally(() => {
          renewal = undefined;
        });
      return renewal;
    },
  };
}

async function requestToken(auth: Iam, laneFor: (origin: string) => Lane): Promise<string> {
  let url: URL;
  try {
    url = new URL(auth.url);
  } catch {
    throw new CredentialError('the URL of IAM is not a valid URL');
  }
  const user = { name: auth.user, password: auth.password, domain: { name: auth.domain } };
  const project = /^[0-9a-f]{32}$/.test(auth.project) ? { id: auth.project } : { name: auth.project };
  const body = { auth: { identity: { methods: ['password'], password: { user } }, scope: { project } } };
  const lane = laneFor(url.origin);
  try {
    const login = {
      method: 'POST',
      origin: url.origin,
      path: `${url.pathname.replace(/\/+$/, '')}/v3/auth/tokens`,
      headers: { 'content-type': 'application/json', accept: 'application/json' },
      body: Buffer.from(JSON.stringify(body)),
    };
    let answer = await lane.send(login);
    for (let attempt = 1; attempt < loginTries && ('silence' in answer || isPassing(answer.status)); attempt += 1) {
      const asked = 'silence' in answer ? Number.NaN : Number(answer.headers['retry-after']) * 1000;
      await sleep(Math.min(Number.isFinite(asked) ? asked : 100 * 2 ** attempt, longestLoginPause));
      answer = await lane.send(login, { fresh: true });
    }
    if ('silence' in answer) throw new CredentialError(`IAM gave no answer: ${answer.reason}`);
    if (answer.status !== 201) throw new CredentialError(`IAM answered ${answer.status} instead of 201`);
    const token = answer.headers['x-subject-token'];
    if (token === undefined || token === '') throw new CredentialError('the answer of IAM has no X-Subject-Token');
    return token;
  } finally {
    await lane.close();
  }
}
