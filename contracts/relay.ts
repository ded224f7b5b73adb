import { randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { membersOf, parseForeign } from '../specs/foreign-json.ts';
import { differenceOf } from './difference.ts';
import type { ContractRecord, RecordedExchange } from './recorded.ts';

export interface Relay {
  readonly baseUrl: string;
  readonly statesUrl: string;
  /** Requirements whose recorded answer was handed out. */
  readonly answered: ReadonlySet<string>;
  /** Why a recorded answer was not handed out, by requirement. */
  readonly failures: ReadonlyMap<string, string>;
  /** What the verifier asked for where no answer was recorded, by requirement. */
  readonly asked: ReadonlyMap<string, AskedRequest>;
  close(): Promise<void>;
}

/** A request of the verifier. */
export interface AskedRequest {
  readonly method: string;
  readonly path: string;
  /** Lower-case names. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
  /** `of the state`: the token that the provider state gave; `other`: anything else. */
  readonly credential: 'absent' | 'of the state' | 'other';
}

/** What the contract names `token`: credentials stay with the run. */
const dummyToken = 'not-a-token';

/**
 * A loopback server that plays the target to the verifier, from what was recorded; where nothing was, it only listens.
 * An address that nobody else knows keeps other local programs out.
 */
export async function startRelay(
  records: ReadonlyMap<string, Pick<ContractRecord, 'fixture'> & Partial<ContractRecord>>,
): Promise<Relay> {
  const prefix = `/${randomUUID()}`;
  const answered = new Set<string>();
  const failures = new Map<string, string>();
  const asked = new Map<string, AskedRequest>();
  /** The verifier plays one interaction after the other, and announces each by the change to its state. */
  let current: string | undefined;

  function changeState(body: Uint8Array, response: ServerResponse): void {
    current = requirementOf(body);
    const record = current === undefined ? undefined : records.get(current);
    if (record === undefined) reply(response, 404, '{}');
    else reply(response, 200, JSON.stringify(stateValues(record.fixture)));
  }

  function answer(incoming: IncomingMessage, body: Uint8Array, response: ServerResponse): void {
    const record = current === undefined ? undefined : records.get(current);
    if (current === undefined || record === undefined) {
      reply(response, 404, '{}');
      return;
    }
    const { method = '', url = '', headers } = incoming;
    if (record.exchange === undefined) {
      asked.set(current, askedBy(incoming, url.slice(prefix.length), body));
      reply(response, 404, '{}');
      return;
    }
    const { request, answer: recorded } = record.exchange;
    const hasCredential = 'x-auth-token' in headers || 'authorization' in headers;
    const failure =
      differenceOf({ method, path: url.slice(prefix.length), hasCredential, body }, request) ?? unplayable(recorded);
    if (failure !== undefined) {
      failures.set(current, failure);
      reply(response, 500, '{}');
      return;
    }
    // Only what the verifier judges is passed on: a Location would be followed, a Content-Encoding be undone again.
    response.writeHead(recorded.status, contentType(recorded)).end(recorded.body);
    answered.add(current);
  }

  async function handle(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await readAll(incoming);
    if (!incoming.url?.startsWith(`${prefix}/`)) reply(response, 404, '{}');
    else if (incoming.url === `${prefix}/_pact/states`) changeState(body, response);
    else answer(incoming, body, response);
  }

  const server = createServer((incoming, response) => {
    handle(incoming, response).catch((reason: unknown) => {
      if (current !== undefined) failures.set(current, reason instanceof Error ? reason.message : String(reason));
      response.destroy();
    });
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
    asked,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function askedBy({ method = '', headers }: IncomingMessage, path: string, body: Uint8Array): AskedRequest {
  const { 'x-auth-token': token, authorization } = headers;
  const isNone = token === undefined && authorization === undefined;
  return {
    method,
    path,
    headers: Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, String(value)])),
    body,
    credential: isNone ? 'absent' : token === dummyToken && authorization === undefined ? 'of the state' : 'other',
  };
}

/** The requirement of a change of state: our pacts give it as a parameter. */
function requirementOf(body: Uint8Array): string | undefined {
  const params = membersOf(membersOf(parseForeign(new TextDecoder().decode(body)))?.['params']);
  const requirement = params?.['requirement'];
  return typeof requirement === 'string' ? requirement : undefined;
}

/** The verifier puts values into the path as they are, hence those of the path in the writing they have there. */
function stateValues(fixture: ContractRecord['fixture']): Readonly<Record<string, string>> {
  const inPath = ['project_id', 'pool_id'];
  const values = Object.entries(fixture).map(([name, value]) => [
    name,
    inPath.includes(name) ? encodeURIComponent(value) : value,
  ]);
  return { ...Object.fromEntries(values), token: dummyToken };
}

/** An HTTP client would wait for more after a status below 200, and Node refuses to write one below 100. */
function unplayable({ status }: RecordedExchange['answer']): string | undefined {
  return status >= 200 && status <= 999 ? undefined : `an answer ${status} cannot be shown to the verifier`;
}

/** JSON is shown to the verifier as JSON whatever its label says: media types have requirements of their own. */
function contentType({ headers, body }: RecordedExchange['answer']): Record<string, string> {
  if (parseForeign(new TextDecoder().decode(body)) !== undefined) return { 'content-type': 'application/json' };
  const type = Object.entries(headers).find(([name]) => name.toLowerCase() === 'content-type')?.[1];
  // Other characters make the verifier give up, on all interactions at once.
  return type === undefined ? {} : { 'content-type': type.replace(/[^ -~]/g, '?') };
}

async function readAll(incoming: IncomingMessage): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of incoming) chunks.push(chunk as Uint8Array);
  return Buffer.concat(chunks);
}

function reply(response: ServerResponse, status: number, body: string): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(body);
}
