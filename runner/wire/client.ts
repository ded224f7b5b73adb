import { type Configuration, stateVariables, tokenVariable } from '../../specs/configuration.ts';
import type { Credentials } from '../credentials/credentials.ts';
import { type Origin, shownCredential } from '../credentials/shown.ts';
import { canAct } from '../decide/observation.ts';
import type { Answer, Exchange, Sending, Silence } from '../decide/procedure.ts';
import { createBirth } from './birth.ts';
import { Budget, type Outcome } from './budget.ts';
import { unlessAborted } from './clock.ts';
import type { Fixtures } from './fixtures.ts';
import type { Lane, WireRequest } from './http.ts';

/** Tells the target's owner who asks. */
export const userAgent = 'rebuild-conformance/1 (conformance suite)';

/** How often IAM is asked for another token in a run. */
const mostRenewals = 50;

/** What was done so far. */
export interface Counters {
  /** Requests that went to the target. */
  readonly requests: number;
  /** Rebuilds that were accepted, or may have been. */
  readonly rebuilds: number;
  /** Requests that were sent once more with another token. */
  readonly retries: number;
}

/** What an earlier process of the same run did. */
export interface Past {
  readonly counters: Counters;
  /** A request was accepted that ought not to be. */
  readonly isCareless: boolean;
}

export interface ClientOptions {
  readonly configuration: Configuration;
  readonly credentials: Credentials;
  readonly fixtures: Pick<Fixtures, 'tokenOf' | 'validTokenIn' | 'stateOfToken' | 'secrets'>;
  /** Resolves when the next request may go. */
  readonly pace: () => Promise<void>;
  /** Milliseconds since the run began. */
  readonly now: () => number;
  readonly signal: AbortSignal | undefined;
}

/** What one try brought, not yet redacted; undefined headers: nothing was sent. */
interface Try {
  readonly result: Answer | Silence;
  readonly credential: Readonly<Record<string, string>>;
  readonly request: WireRequest;
  readonly started: number;
  readonly ended: number;
}

/** Sends requests one by one, each with its credential, under the cap; what it returns is redacted. */
export class Client {
  readonly origin: string;
  readonly #base: string;
  readonly #options: ClientOptions;
  readonly #budget: Budget;
  readonly #birth: ReturnType<typeof createBirth>;
  #requests = 0;
  #retries = 0;
  /** The fetched token that was good last, and the one that was given up last. */
  #goodToken: string | undefined;
  #expiredToken: string | undefined;
  #renewals = 0;
  #renewal: Promise<void> = Promise.resolve();

  constructor(options: ClientOptions) {
    const { configuration, credentials, fixtures } = options;
    const url = new URL(configuration.target.url);
    this.origin = url.origin;
    this.#base = url.pathname.replace(/\/$/, '');
    this.#options = options;
    this.#budget = new Budget(configuration.limits.rebuilds);
    this.#birth = createBirth(credentials.secrets, fixtures.secrets);
  }

  get counters(): Counters {
    return { requests: this.#requests, rebuilds: this.#budget.accepted, retries: this.#retries };
  }

  /** Goes on from what an earlier process did. */
  resume({ counters, isCareless }: Past): void {
    this.#requests += counters.requests;
    this.#retries += counters.retries;
    this.#budget.resume(counters.rebuilds, isCareless);
  }

  /** Rejects with the reason of the signal, or with a CredentialError. */
  async send(sending: Sending, lane: Lane): Promise<Exchange> {
    let last = await this.#try(sending, lane);
    if (typeof last !== 'string' && (await this.#isRenewed(sending, last))) {
      const again = await this.#try(sending, lane);
      if (typeof again !== 'string') {
        this.#retries += 1;
        last = again;
      }
    }
    if (typeof last === 'string') {
      const now = this.#now();
      return { sending, credential: {}, result: { unsent: last }, started: now, ended: now };
    }
    const { result, credential, request, started, ended } = last;
    const agent = Object.entries(request.headers).find(([name]) => name.toLowerCase() === 'user-agent')?.[1];
    const sent = { use: sending.case.request.credential, credential, userAgent: agent };
    const shown = shownCredential(sent.use, credential, this.#options.credentials, this.#origin(sending, credential));
    return { sending, ...shown, result: this.#birth(result, sent), started, ended };
  }

  async #try(sending: Sending, lane: Lane): Promise<Try | 'no such form' | 'cap'> {
    const { credentials, pace, signal } = this.#options;
    await pace();
    signal?.throwIfAborted();
    const { credential: use, signing } = sending.case.request;
    const bare = this.#bare(sending);
    // IAM may be slow: whoever interrupts a run does not wait for it.
    const headers = credentials.headers({ ...bare, signing }, use, this.#override(sending));
    const credential = await unlessAborted(headers, signal);
    signal?.throwIfAborted();
    if (credential === undefined) return 'no such form';
    const request = { ...bare, headers: merged(bare.headers, credential) };
    const settle = this.#budget.book(sending.mayAct, canAct(request.method));
    if (settle === undefined) return 'cap';

    this.#requests += 1;
    const started = this.#now();
    const result = await lane.send(request, sending.fresh ? { fresh: true } : {});
    settle(outcomeOf(result));
    signal?.throwIfAborted();
    return { result, credential, request, started, ended: this.#now() };
  }

  /** The request but for its credential. */
  #bare({ case: { request } }: Sending): WireRequest {
    const { method, path, headers, body, transfer, connection, headerCase, unframed } = request;
    return {
      method,
      origin: this.origin,
      path: `${this.#base}${path}`,
      headers: merged({ 'User-Agent': userAgent }, headers),
      body,
      transfer,
      connection,
      headerCase,
      unframed,
    };
  }

  #override({ case: { request }, given }: Sending): string | undefined {
    const { fixtures } = this.#options;
    return request.credential.form === 'of the state' ? fixtures.tokenOf(given) : fixtures.validTokenIn(given);
  }

  /** The token that a credential is or was made of, and the name that the configuration has for it. */
  #origin(sending: Sending, credential: Readonly<Record<string, string>>): Origin {
    const { configuration, fixtures } = this.#options;
    const { auth, variables } = configuration;
    const { given } = sending;
    const isOfTheState = sending.case.request.credential.form === 'of the state';
    const state = isOfTheState ? given : fixtures.stateOfToken(given);
    if (state !== undefined)
      return {
        token: this.#override(sending),
        name: variables?.states[state] ?? stateVariables[state] ?? tokenVariable,
      };
    // A fetched token is known by what is sent as it is.
    const isValid = sending.case.request.credential.form === 'valid';
    const fetched = auth?.kind === 'iam' ? (isValid ? credential['X-Auth-Token'] : this.#goodToken) : undefined;
    return { token: auth?.kind === 'token' ? auth.token : fetched, name: variables?.token ?? tokenVariable };
  }

  /**
   * A token that IAM handed out may have expired in the meantime. Another is fetched only if this one was good before,
   * so that a target which answers 401 to what it should not is not taken for one whose tokens are short-lived.
   */
  async #isRenewed(sending: Sending, { result, credential }: Try): Promise<boolean> {
    const { credentials, signal } = this.#options;
    if (credentials.kind !== 'iam' || sending.case.request.credential.form !== 'valid') return false;
    if (this.#override(sending) !== undefined || !('status' in result)) return false;
    const token = credential['X-Auth-Token'];
    if (result.status !== 401) {
      this.#goodToken = token;
      return false;
    }
    if (token === undefined || (token !== this.#goodToken && token !== this.#expiredToken)) return false;
    if (token === this.#goodToken) {
      if (this.#renewals >= mostRenewals) return false;
      this.#renewals += 1;
      this.#expiredToken = token;
      this.#goodToken = undefined;
      this.#renewal = credentials.renew();
    }
    await unlessAborted(this.#renewal, signal);
    signal?.throwIfAborted();
    return true;
  }

  #now(): number {
    return Math.round(this.#options.now() * 10) / 10;
  }
}

function outcomeOf(result: Answer | Silence): Outcome {
  if ('silence' in result) return result.silence === 'refused' ? 'refused' : 'unknown';
  return result.status >= 200 && result.status < 300 ? 'accepted' : 'refused';
}

/** The later headers take the place of earlier ones of the same name, however that is written. */
function merged(
  first: Readonly<Record<string, string>>,
  then: Readonly<Record<string, string>>,
): Readonly<Record<string, string>> {
  const all = new Map<string, readonly [string, string]>();
  for (const pair of [...Object.entries(first), ...Object.entries(then)]) all.set(pair[0].toLowerCase(), pair);
  return Object.fromEntries(all.values());
}
