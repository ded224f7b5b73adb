/** How a Pact Broker is reached. */
export interface BrokerOptions {
  /** Base URL; a path prefix is kept. */
  readonly url: string;
  /** Value of the Authorization header, such as `Bearer …`; never sent anywhere but to the Broker. */
  readonly authorization: string | undefined;
  readonly provider: string;
  /** The provider's branch: it decides which pacts are pending. */
  readonly branch: string | undefined;
}

/** A pact that the Broker wants to be verified. */
export interface BrokeredPact {
  readonly consumer: string;
  /** How the Broker calls this version of the pact. */
  readonly name: string;
  /** Never verified by this provider's branch before: breaking it does not break the provider's build. */
  readonly pending: boolean;
  /** The pact itself, with the Broker's `_id` beside each interaction. */
  readonly pact: unknown;
}

/** What the Broker is told of a pact. */
export interface VerificationResult {
  readonly success: boolean;
  readonly version: string;
  readonly suite: string;
  /** One entry an interaction that the Broker knows by its id. */
  readonly tests: readonly {
    readonly interactionId: string;
    readonly success: boolean;
    readonly mismatches?: readonly {
      readonly attribute: string;
      readonly identifier?: string;
      readonly description: string;
    }[];
  }[];
}

/** The Broker cannot be reached, refuses, or speaks another language; the message says what to do. */
export class BrokerError extends Error {
  override readonly name = 'BrokerError';
}

/** Milliseconds for one answer, and bytes that it may have. */
const timeout = 30_000;
const mostBytes = 32 * 1024 * 1024;

/** The pacts that matter for a deployment: those of the consumers' main branches, and of what is deployed. */
const selectors = [{ mainBranch: true }, { deployedOrReleased: true }];

type Json = Readonly<Record<string, unknown>>;

/** A client of the HTTP API of a Pact Broker, which is found by following its links. */
export class Broker {
  readonly #options: BrokerOptions;
  readonly #base: URL;

  constructor(options: BrokerOptions) {
    this.#options = options;
    this.#base = new URL(options.url.endsWith('/') ? options.url : `${options.url}/`);
  }

  /** Rejects with a BrokerError, also when there is no pact at all: then nothing would be verified. */
  async fetchPacts(): Promise<readonly BrokeredPact[]> {
    const { provider, branch } = this.#options;
    const index = await this.#get(this.#base.href);
    const where = linkOf(index, 'pb:provider-pacts-for-verification', { provider });
    const found = await this.#send('POST', where, {
      consumerVersionSelectors: selectors,
      // Without a branch the Broker cannot tell what is pending.
      ...(branch === undefined ? {} : { providerVersionBranch: branch, includePendingStatus: true }),
    });
    const entries = listOf(objectOf(found['_embedded'])['pacts']).map(objectOf);
    if (entries.length === 0)
      throw new BrokerError(`The Broker has no pact for the provider "${provider}" on a main branch or deployed.`);
    const pacts: BrokeredPact[] = [];
    for (const entry of entries) {
      const pact = await this.#get(linkOf(entry, 'self'));
      const consumer = objectOf(pact['consumer'])['name'];
      const { name } = objectOf(objectOf(entry['_links'])['self']);
      pacts.push({
        consumer: typeof consumer === 'string' ? consumer : 'a consumer without a name',
        name: typeof name === 'string' ? name : 'a pact without a name',
        pending: objectOf(entry['verificationProperties'])['pending'] === true,
        pact,
      });
    }
    return pacts;
  }

  /** Publishes a pact as that of a version of its consumer. The same one again changes nothing. */
  async publishPact(pact: Uint8Array, consumer: string, version: string): Promise<void> {
    const index = await this.#get(this.#base.href);
    await this.#send('POST', linkOf(index, 'pb:publish-contracts'), {
      pacticipantName: consumer,
      pacticipantVersionNumber: version,
      branch: 'main',
      contracts: [
        {
          consumerName: consumer,
          providerName: this.#options.provider,
          specification: 'pact',
          contentType: 'application/json',
          content: Buffer.from(pact).toString('base64'),
        },
      ],
    });
  }

  /** Publishes what came of a pact. The version is put on its branch first, so that the result counts for that. */
  async publishResult({ pact }: BrokeredPact, { success, version, suite, tests }: VerificationResult): Promise<void> {
    const { branch } = this.#options;
    const links = objectOf(pact);
    if (branch !== undefined) {
      const provider = await this.#get(linkOf(links, 'pb:provider'));
      await this.#send('PUT', linkOf(provider, 'pb:branch-version', { branch, version }), {});
    }
    await this.#send('POST', linkOf(links, 'pb:publish-verification-results'), {
      success,
      providerApplicationVersion: version,
      verifiedBy: { implementation: 'rebuild-conformance', version: suite },
      testResults: tests,
    });
  }

  #get(href: string): Promise<Json> {
    return this.#send('GET', href, undefined);
  }

  async #send(method: 'GET' | 'POST' | 'PUT', href: string, body: Json | undefined): Promise<Json> {
    const url = this.#resolve(href);
    const { authorization } = this.#options;
    const what = `${method} ${url.origin}${url.pathname}`;
    let status: number;
    let text: string;
    // Loaded where it is needed: most runs know no Broker, and it takes as long as a tenth of them.
    const { EnvHttpProxyAgent, request } = await import('undici');
    try {
      const answer = await request(url, {
        method,
        dispatcher: new EnvHttpProxyAgent(),
        headers: {
          accept: 'application/hal+json, application/json',
          ...(body === undefined ? {} : { 'content-type': 'application/json' }),
          ...(authorization === undefined ? {} : { authorization }),
        },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
        signal: AbortSignal.timeout(timeout),
      });
      status = answer.statusCode;
      text = await bounded(answer.body);
    } catch (error) {
      if (error instanceof BrokerError) throw error;
      throw new BrokerError(`The Pact Broker gives no answer to ${what}: ${messageOf(error)}.`);
    }
    if (status === 401 || status === 403)
      throw new BrokerError(
        `The Pact Broker answers ${status} to ${what}: set PACT_BROKER_TOKEN to one that may do it.`,
      );
    if (status < 200 || status > 299)
      throw new BrokerError(`The Pact Broker answers ${status} to ${what}${saidIn(text)}.`);
    try {
      return text.trim() === '' ? {} : objectOf(JSON.parse(text));
    } catch {
      throw new BrokerError(`The answer to ${what} is no JSON: is this the URL of a Pact Broker?`);
    }
  }

  /** A Broker behind a proxy may not know its own address: links are followed at the one it was reached by. */
  #resolve(href: string): URL {
    const link = new URL(href, this.#base);
    const prefix = this.#base.pathname;
    const path = link.pathname.startsWith(prefix) ? link.pathname : `${prefix}${link.pathname.replace(/^\//, '')}`;
    return new URL(`${path}${link.search}`, this.#base.origin);
  }
}

/** The target of a link, with its parameters put in. */
function linkOf(resource: Json, rel: string, values: Readonly<Record<string, string>> = {}): string {
  const { href } = objectOf(objectOf(resource['_links'])[rel]);
  if (typeof href !== 'string')
    throw new BrokerError(`The Pact Broker offers no link "${rel}": it must be version 2.86 or later.`);
  return href.replace(/\{(\w+)\}/g, (whole, name: string) => {
    const value = values[name];
    return value === undefined ? whole : encodeURIComponent(value);
  });
}

function objectOf(value: unknown): Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : {};
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

async function bounded(body: AsyncIterable<Uint8Array>): Promise<string> {
  const parts: Uint8Array[] = [];
  let size = 0;
  for await (const part of body) {
    size += part.length;
    if (size > mostBytes) throw new BrokerError(`The Pact Broker answered more than ${mostBytes / 1024 / 1024} MiB.`);
    parts.push(part);
  }
  return Buffer.concat(parts).toString();
}

/** The Broker's own words on what it refuses. */
function saidIn(text: string): string {
  const line = text.replace(/\s+/g, ' ').trim().slice(0, 300);
  return line === '' ? '' : `: ${line}`;
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message || error.name : String(error);
}
