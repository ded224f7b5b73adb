import type { CredentialUse, SignaturePart } from '../../generators/model.ts';
import type { AccessKeys, Auth } from '../../specs/configuration.ts';
import { isLoopback } from '../configuration/configuration.ts';
import { alterSignature, needsKnownKey, type Signing } from './altered-signature.ts';
import type { Credentials, UnsignedRequest } from './credentials.ts';
import { type CredentialHeaders, describeUse, otherScheme, two } from './edit.ts';
import { madeUp, madeUpKeys } from './made-up.ts';
import { sign } from './signature.ts';
import type { Common } from './token.ts';

/** Trials after which a valid request must come, well before a key is locked. */
const mostTrials = 3;

/**
 * AK/SK. Five bad signatures in a row lock a real access key for minutes, so broken requests carry a made-up one, unless
 * there is a key for trials, or the target is on loopback, where a lock shuts nobody out. A trial with a key that the
 * target knows strains it: then valid requests must come between.
 */
export function signing(auth: Extract<Auth, { kind: 'aksk' }>, now: () => Date, common: Common): Credentials {
  const { seed, secrets } = common;
  for (const pair of [auth, ...(auth.trial_key === undefined ? [] : [auth.trial_key])])
    for (const secret of secretsOf(pair)) secrets.add(secret);
  let trialsInARow = 0;
  let earlier: Signing['earlier'];

  const setup = (request: UnsignedRequest, keys: AccessKeys): Signing => ({
    request: { ...request, headers: withHost(request) },
    keys,
    now: now(),
    scope: request.signing ?? 'usual',
    earlier,
  });
  const signed = (request: UnsignedRequest, keys: AccessKeys): CredentialHeaders => {
    const { scope, now: date, ...rest } = setup(request, keys);
    return sign(rest.request, keys, date, { scope });
  };
  const trialKeys = ({ origin }: UnsignedRequest): AccessKeys | undefined =>
    auth.trial_key ?? (isLoopback(origin) ? auth : undefined);
  /** Only a good signature of the very key that was tried takes the strain from it. */
  const valid = (request: UnsignedRequest): CredentialHeaders => {
    const { trial_key } = auth;
    const relieves = trial_key === undefined || trialsInARow >= mostTrials;
    if (relieves) trialsInARow = 0;
    const headers = signed(request, relieves && trial_key !== undefined ? trial_key : auth);
    if (request.signing !== 'whole') earlier = { request, headers };
    return headers;
  };
  const trial = (request: UnsignedRequest, part: SignaturePart): CredentialHeaders | undefined => {
    const known = trialKeys(request);
    if (known === undefined && needsKnownKey(part)) return undefined;
    const headers = alterSignature(part, setup(request, known ?? madeUpKeys(`${seed}`)));
    if (known !== undefined && headers !== undefined) trialsInARow += 1;
    return headers;
  };
  const both = (
    request: UnsignedRequest,
    use: Extract<CredentialUse, { form: 'two' }>,
  ): CredentialHeaders | undefined => {
    if (use.by === 'other header') return { ...signed(request, auth), ...otherScheme('X-Auth-Token', seed) };
    const known = trialKeys(request);
    if (known === undefined) return undefined;
    trialsInARow += 1;
    const [valid, other] = [signed(request, known), signed(request, madeUpKeys(`${seed}/two`))];
    return { ...valid, Authorization: two(valid['Authorization'] ?? '', other['Authorization'] ?? '', use) };
  };
  const withAccessKey = (request: UnsignedRequest, access_key: string): CredentialHeaders =>
    signed(request, { ...madeUpKeys(`${seed}`), access_key });

  const headersFor = (
    request: UnsignedRequest,
    use: CredentialUse,
    override: string | undefined,
  ): CredentialHeaders | undefined => {
    switch (use.form) {
      case 'valid':
        if (!hasCanonicalForm(request.path)) return undefined;
        return valid(request);
      case 'absent':
        return {};
      case 'empty':
        return { Authorization: '' };
      case 'of the state':
        if (override === undefined) return undefined;
        secrets.add(override);
        return { 'X-Auth-Token': override };
      case 'other scheme':
        return otherScheme(use.scheme, seed);
      case 'made up':
        return signed(request, madeUpKeys(`${seed}/${use.n ?? 0}`));
      case 'very long':
        return withAccessKey(request, madeUp(`${seed}/long`, use.length));
      case 'inherited':
        return withAccessKey(request, use.name);
      case 'odd characters':
        return withAccessKey(request, use.text + madeUpKeys(`${seed}/odd`).access_key);
      case 'two':
        return hasCanonicalForm(request.path) ? both(request, use) : undefined;
      case 'edited':
        return use.edit.on === 'signature' ? trial(request, use.edit.part) : undefined;
    }
  };
  return {
    kind: 'aksk',
    headers: (request, use, override) => Promise.resolve(headersFor(request, use, override)),
    describe: describeUse,
    get isStrained() {
      return trialsInARow >= mostTrials;
    },
    secrets,
    renew: () => Promise.resolve(),
  };
}

function secretsOf({ secret_key, security_token }: AccessKeys): readonly string[] {
  return [secret_key, ...(security_token === undefined ? [] : [security_token])];
}

function withHost({ headers, origin }: UnsignedRequest): Readonly<Record<string, string>> {
  const hasHost = Object.keys(headers).some((name) => name.toLowerCase() === 'host');
  return hasHost ? headers : { ...headers, host: new URL(origin).host };
}

/** Whether both sides agree on what is signed: on broken encodings and dot segments they need not. */
function hasCanonicalForm(path: string): boolean {
  try {
    return !/(^|\/)\.\.?(\/|$)/.test(decodeURIComponent(path));
  } catch {
    return false;
  }
}
