import type { State } from './requirement.ts';
import type { EditionName, Pins } from './schemas.ts';

export interface StateValues extends Pins {
  readonly project_id?: string;
  readonly pool_id?: string;
  readonly image_id?: string;
  readonly token?: string;
}

/** What signs requests. */
export interface AccessKeys {
  readonly access_key: string;
  readonly secret_key: string;
  /** Of temporary keys. */
  readonly security_token?: string;
}

export type Auth =
  | { readonly kind: 'token'; readonly token: string }
  | ({
      readonly kind: 'aksk';
      /** For altered signatures, which may lock a key. */
      readonly trial_key?: AccessKeys;
    } & AccessKeys)
  | {
      readonly kind: 'iam';
      readonly url: string;
      readonly domain: string;
      readonly user: string;
      readonly password: string;
      readonly project: string;
    };

export interface Waiver {
  readonly requirement: string;
  readonly reason: string;
  /** Last day, inclusive, UTC, `YYYY-MM-DD`. */
  readonly until?: string;
}

/** The environment variable of a token in lines for a shell, where the configuration names none. */
export const tokenVariable = 'WORKSPACE_TOKEN';
export const stateVariables: Readonly<Partial<Record<State, string>>> = {
  'token is expired': 'EXPIRED_TOKEN',
  'token lacks permission': 'READONLY_TOKEN',
  'token is for another project': 'OTHER_TOKEN',
};

/** A configuration after reading: paths of TLS files replaced by their contents, environment variables by their values. */
export interface Configuration {
  /** The revision of the page that the target is held to. */
  readonly edition: EditionName;
  readonly target: {
    readonly url: string;
    readonly name?: string;
    readonly version?: string;
    readonly vendor?: string;
    readonly ca?: string;
    readonly cert?: string;
    readonly key?: string;
  };
  readonly auth: Auth | undefined;
  /** Environment variables that tokens are read from, by the names that the configuration has for them. */
  readonly variables?: { readonly token?: string; readonly states: Readonly<Partial<Record<State, string>>> };
  /** The state `pool is ready` has the first of its pools. */
  readonly states: Readonly<Partial<Record<State, StateValues>>>;
  /** All pools of the state `pool is ready`. */
  readonly pools: readonly string[];
  readonly state_handler: string | undefined;
  readonly allow_rebuild: boolean;
  readonly limits: {
    /** Requests a second; undefined: no limit. */
    readonly rate: number | undefined;
    readonly concurrency: number;
    /** Milliseconds for one whole exchange. */
    readonly timeout: number;
    /** Accepted rebuilds at most. */
    readonly rebuilds: number;
    /** Milliseconds to wait, at the longest, for one pool to become ready again. */
    readonly ready_wait: number;
  };
  readonly waivers: readonly Waiver[];
}
