import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A request that a Broker got. */
export interface Seen {
  readonly method: string;
  readonly path: string;
  readonly authorization: string | undefined;
  readonly body: unknown;
}

export interface StandIn {
  readonly url: string;
  readonly seen: readonly Seen[];
  close(): Promise<void>;
}

type Json = Readonly<Record<string, unknown>>;

/** A pact that is there from the start. */
export interface StoredPact {
  readonly pact: Json;
  readonly pending?: boolean;
}

const provider = 'rebuild-desktop-pool';
export const token = 'broker-token';

/**
 * A stand-in for a Pact Broker, below a path prefix and with links to an address that it only believes to have, as one
 * behind a proxy. An old one knows neither branches nor contracts. It answers what is documented of its HTTP API, and records all that it is asked.
 */
export async function startBroker(stored: readonly StoredPact[], isOld = false): Promise<StandIn> {
  const seen: Seen[] = [];
  const pacts = [...stored];
  const base = 'http://broker.internal/pacts-of-all';

  function answer({ method, path, body }: Seen): readonly [status: number, body: Json] {
    const at = (text: string) => path === text;
    if (method === 'GET' && at('/')) return [200, { _links: index() }];
    if (method === 'POST' && at(`/pacts/provider/${provider}/for-verification`))
      return [200, { _embedded: { pacts: pacts.map(entry) } }];
    const [, version] = /^\/pacts\/provider\/[^/]+\/consumer\/[^/]+\/pact-version\/(\d+)$/.exec(path) ?? [];
    const known = pacts[Number(version)];
    if (method === 'GET' && known !== undefined) return [200, { ...known.pact, _links: links(Number(version)) }];
    if (method === 'GET' && at(`/pacticipants/${provider}`))
      return [
        200,
        { _links: { 'pb:branch-version': link(`/pacticipants/${provider}/branches/{branch}/versions/{version}`) } },
      ];
    if (method === 'PUT' && /^\/pacticipants\/[^/]+\/branches\/[^/]+\/versions\/[^/]+$/.test(path)) return [201, {}];
    if (method === 'POST' && at('/contracts/publish')) return publish(body);
    if (method === 'POST' && path.endsWith('/verification-results')) return [201, {}];
    return [404, { error: 'not found' }];
  }

  function publish(body: unknown): readonly [number, Json] {
    const { contracts } = body as { contracts: readonly { content: string }[] };
    for (const { content } of contracts)
      pacts.push({ pact: withIds(JSON.parse(Buffer.from(content, 'base64').toString()) as Json) });
    return [200, {}];
  }

  function index(): Json {
    return {
      'pb:provider-pacts-for-verification': link('/pacts/provider/{provider}/for-verification'),
      ...(isOld ? {} : { 'pb:publish-contracts': link('/contracts/publish') }),
    };
  }

  function entry({ pact, pending = false }: StoredPact, n: number): Json {
    const { name } = pact['consumer'] as { name: string };
    const self = {
      ...link(`/pacts/provider/${provider}/consumer/${name}/pact-version/${n}`),
      name: `Pact of ${name} (1.${n})`,
    };
    return { verificationProperties: { pending }, _links: { self } };
  }

  function links(n: number): Json {
    return {
      'pb:provider': link(`/pacticipants/${provider}`),
      'pb:publish-verification-results': link(`/pacts/provider/${provider}/pact-version/${n}/verification-results`),
    };
  }

  function link(path: string): Json {
    return { href: `${base}${path}`, templated: path.includes('{') };
  }

  const server = createServer((incoming, response) => {
    void read(incoming).then((text) => {
      const { method = '', url = '', headers } = incoming;
      const path = url.replace('/pacts-of-all', '');
      const { authorization } = headers;
      const one = { method, path, authorization, body: text === '' ? undefined : (JSON.parse(text) as unknown) };
      seen.push(one);
      const [status, body] = authorization === `Bearer ${token}` ? answer(one) : ([401, {}] as const);
      response.writeHead(status, { 'content-type': 'application/hal+json;charset=utf-8' }).end(JSON.stringify(body));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/pacts-of-all`,
    seen,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

/** A Broker gives each interaction an id. */
function withIds(pact: Json): Json {
  const interactions = pact['interactions'] as readonly Json[];
  return { ...pact, interactions: interactions.map((one, i) => ({ ...one, _id: `id-${i}` })) };
}

async function read(incoming: IncomingMessage): Promise<string> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of incoming) chunks.push(chunk as Uint8Array);
  return Buffer.concat(chunks).toString();
}
