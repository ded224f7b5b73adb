import { randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A request of the contract, with the values of the provider state in place. */
export interface RelayRequest {
  readonly method: string;
  readonly path: string;
  /** Lower-case names. */
  readonly headers: Record<string, string>;
  readonly body: Uint8Array;
}

export interface RelayAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  /** Decompressed. */
  readonly body: Uint8Array;
}

export interface RelayHandlers {
  readonly send: (request: RelayRequest, requirement: string) => Promise<RelayAnswer>;
  readonly fixture: (state: string, requirement: string) => Promise<Record<string, string>>;
  /** Called whenever a request arrives or is answered. */
  readonly onActivity: () => void;
}

export interface Relay {
  readonly baseUrl: string;
  readonly statesUrl: string;
  /** Requirements whose request got an answer. */
  readonly answered: ReadonlySet<string>;
  /** Why a requirement's state or answer could not be had. */
  readonly failures: ReadonlyMap<string, string>;
  close(): Promise<void>;
}

/** Added by the verifier's own HTTP client; the sender writes these itself. */
const hopHeaders = new Set(['host', 'connection', 'content-length', 'transfer-encoding', 'accept-encoding']);

/**
 * A loopback server between the verifier and the target. The verifier never reaches the target by itself: each
 * interaction is sent once through `send`, and an address that nobody else knows keeps other local programs out.
 */
export async function startRelay({ send, fixture, onActivity }: RelayHandlers): Promise<Relay> {
  const prefix = `/${randomUUID()}`;
  const answered = new Set<string>();
  const failures = new Map<string, string>();
  const states = new Map<string, Promise<Record<string, string>>>();
  const answers = new Map<string, Promise<RelayAnswer>>();
  let current: string | undefined;

  /** The verifier asks again after a failure; the owner of the state is asked once. */
  async function changeState(body: Uint8Array, response: ServerResponse): Promise<void> {
    const { state, action, requirement } = readStateChange(body);
    if (action !== 'setup') return reply(response, 200, '{}');
    current = requirement;
    const values = states.get(requirement) ?? fixture(state, requirement);
    states.set(requirement, values);
    try {
      reply(response, 200, JSON.stringify(await values));
    } catch (reason) {
      failures.set(requirement, messageOf(reason));
      reply(response, 500, '{}');
    }
  }

  async function forward(incoming: IncomingMessage, body: Uint8Array, response: ServerResponse): Promise<void> {
    const requirement = current;
    if (requirement === undefined) return reply(response, 502, '{}');
    const path = (incoming.url ?? '').slice(prefix.length);
    const request = { method: incoming.method ?? 'POST', path, headers: forwardedHeaders(incoming), body };
    const pending = answers.get(requirement) ?? send(request, requirement);
    answers.set(requirement, pending);
    try {
      const answer = await pending;
      answered.add(requirement);
      // Only what the verifier judges is passed on: a Location would be followed, a Content-Encoding be undone again.
      response.writeHead(answer.status, contentType(answer)).end(answer.body);
    } catch (reason) {
      failures.set(requirement, messageOf(reason));
      if (response.headersSent) response.destroy();
      else reply(response, 502, '{}');
    }
  }

  async function handle(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
    onActivity();
    if (!incoming.url?.startsWith(`${prefix}/`)) return reply(response, 404, '{}');
    const body = await readAll(incoming);
    if (incoming.url === `${prefix}/_pact/states`) await changeState(body, response);
    else await forward(incoming, body, response);
    onActivity();
  }

  const server = createServer((incoming, response) => {
    handle(incoming, response).catch(() => response.destroy());
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', resolve);
  });
  const baseUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}${prefix}`;
  return {
    baseUrl,
    statesUrl: `${baseUrl}/_pact/states`,
    answered,
    failures,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function readStateChange(body: Uint8Array): { state: string; action: string; requirement: string } {
  const { state, action, params } = JSON.parse(new TextDecoder().decode(body)) as {
    state?: string;
    action?: string;
    params?: { requirement?: string };
  };
  if (state === undefined || params?.requirement === undefined) throw new Error('a state change without a requirement');
  return { state, action: action ?? 'setup', requirement: params.requirement };
}

function forwardedHeaders(incoming: IncomingMessage): Record<string, string> {
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries(incoming.headers)) {
    if (value !== undefined && !hopHeaders.has(name)) headers[name] = Array.isArray(value) ? value.join(', ') : value;
  }
  return headers;
}

/** JSON is shown to the verifier as JSON whatever its label says: media types have requirements of their own. */
function contentType({ headers, body }: RelayAnswer): Record<string, string> {
  try {
    JSON.parse(new TextDecoder().decode(body));
    return { 'content-type': 'application/json' };
  } catch {
    const type = Object.entries(headers).find(([name]) => name.toLowerCase() === 'content-type')?.[1];
    return type === undefined ? {} : { 'content-type': type };
  }
}

async function readAll(incoming: IncomingMessage): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of incoming) chunks.push(chunk as Uint8Array);
  return Buffer.concat(chunks);
}

function reply(response: ServerResponse, status: number, body: string): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(body);
}

function messageOf(reason: unknown): string {
  return reason instanceof Error ? reason.message : String(reason);
}
