import type { AuthKind, CredentialUse } from '../../generators/model.ts';
import type { Auth } from '../../specs/configuration.ts';
import type { LevelOf } from '../../specs/contexts.ts';
import type { Lane } from '../wire/http.ts';
import { type CredentialHeaders, describeUse } from './edit.ts';
import { CredentialError, fetched } from './iam.ts';
import { Secrets } from './secrets.ts';
import { signing } from './signed.ts';
import { type Common, tokenUse } from './token.ts';

/** A request before its credential is added. */
export interface UnsignedRequest {
  readonly method: string;
  /** Absolute URL origin, `https://host:port`. */
  readonly origin: string;
  /** Raw request target, base path included. */
  readonly path: string;
  /** Every header that goes out but those that the transport adds. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array | undefined;
  /** For signed requests alone. Default `usual`. */
  readonly signing?: LevelOf<'signing'>;
}

export interface Credentials {
  readonly kind: AuthKind;
  /**
   * Headers to add to a request; undefined where the configured credential has no such form. `override` is the token of
   * the state: `of the state` sends it, and a configured token gives way to it. Rejects with a CredentialError when IAM
   * gives no token.
   */
  headers(request: UnsignedRequest, use: CredentialUse, override?: string): Promise<CredentialHeaders | undefined>;
  /** What stands in reports in place of the credential: `[valid]`, `[truncated]`, `[signature: first digit]`. */
  describe(use: CredentialUse): string;
  /** Whether a valid request must be sent before another bad one, lest the credential be locked. */
  readonly isStrained?: boolean;
  /** Everything that must not be shown, changed tokens that were sent included. */
  readonly secrets: Secrets;
  /** Forgets a fetched token and fetches another; does nothing for the other kinds. */
  renew(): Promise<void>;
}

export interface CredentialOptions {
  /** Made-up credentials depend on this alone. Default 0. */
  readonly seed?: number;
  readonly now?: () => Date;
}

export { CredentialError };

export function createCredentials(
  auth: Auth | undefined,
  laneFor: (origin: string) => Lane,
  options: CredentialOptions = {},
): Credentials {
  const common: Common = { seed: options.seed ?? 0, secrets: new Secrets() };
  if (auth?.kind === 'aksk') return signing(auth, options.now ?? (() => new Date()), common);
  if (auth?.kind === 'iam') return fetched(auth, laneFor, common);
  const token = auth?.token;
  if (token !== undefined) common.secrets.add(token);
  return {
    kind: auth?.kind ?? 'none',
    headers: (_request, use, override) => {
      const nothing = token === undefined && use.form === 'valid';
      return Promise.resolve(nothing ? {} : tokenUse(token ?? '', use, override, common));
    },
    describe: describeUse,
    secrets: common.secrets,
    renew: () => Promise.resolve(),
  };
}
