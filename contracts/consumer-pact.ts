import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type PactFile, writePact } from './pact-file.ts';
import { type AskedRequest, startRelay } from './relay.ts';
import { Verifier } from './verifier-process.ts';

/** One interaction of a consumer's own pact. */
export interface ConsumerInteraction {
  /** Names it in the playable pact, as a requirement does in ours. */
  readonly key: string;
  /** The Broker's id of it. */
  readonly id: string | undefined;
  readonly description: string;
  /** Names of the provider states that it asks for. */
  readonly states: readonly string[];
  /** Lower-case names of the headers that it sends. */
  readonly headers: readonly string[];
  /** Status that it expects. */
  readonly status: number | undefined;
  readonly isHttp: boolean;
}

export interface ConsumerPact {
  readonly interactions: readonly ConsumerInteraction[];
  /** The same pact, whose interactions announce themselves by their key. */
  readonly playable: PactFile;
}

/** A request of a consumer, in which placeholders stand for the values of its provider state. */
export interface RequestTemplate extends AskedRequest {
  /** What stands for a value: `project_id`, `pool_id`, `image_id`, `image_type`, `os_type`, `order_id`. */
  readonly placeholders: Readonly<Record<string, string>>;
}

type Json = Readonly<Record<string, unknown>>;

/** Reads a pact of any version. Throws an Error when it is none. */
export function readConsumerPact(pact: unknown): ConsumerPact {
  const whole = objectOf(pact);
  const { name } = objectOf(whole['provider']);
  const { interactions, messages } = whole;
  if (typeof name !== 'string' || !Array.isArray(interactions ?? messages))
    throw new Error('it is no pact: it names no provider, or has no interactions');
  const raw = listOf(interactions ?? messages).map(objectOf);
  const read = raw.map((one, i) => interactionOf(one, `#${i + 1}`, interactions === undefined));
  const playable = read.map(({ key, description }, i) => {
    const { providerState: _, provider_state: __, ...rest } = raw[i] ?? {};
    const state = { name: key, params: { requirement: key } };
    return { ...rest, description: `${key} ${description}`, providerStates: [state], pending: false };
  });
  return { interactions: read, playable: { ...whole, provider: { name }, interactions: playable } };
}

function interactionOf(raw: Json, key: string, isMessage: boolean): ConsumerInteraction {
  const { _id: id, description, type, providerStates, providerState, provider_state } = raw;
  const names = Array.isArray(providerStates)
    ? providerStates.map((state: unknown) => objectOf(state)['name'])
    : [providerState ?? provider_state];
  const { headers } = objectOf(raw['request']);
  const { status } = objectOf(raw['response']);
  return {
    key,
    id: typeof id === 'string' ? id : undefined,
    description: typeof description === 'string' ? description : 'an interaction without a description',
    states: names.filter((name) => typeof name === 'string'),
    headers: Object.keys(objectOf(headers)).map((name) => name.toLowerCase()),
    status: typeof status === 'number' ? status : undefined,
    isHttp: !isMessage && (type === undefined || type === 'Synchronous/HTTP'),
  };
}

/**
 * What the interactions would send: Pact's own verifier is asked, which knows every version and generator. Nothing goes
 * to the target. By key; a text says why a request is not known.
 */
export async function learnRequests(
  playable: PactFile,
  keys: readonly string[],
): Promise<ReadonlyMap<string, RequestTemplate | string>> {
  const names = ['project_id', 'pool_id', 'image_id', 'image_type', 'os_type', 'order_id'];
  const placeholders = Object.fromEntries(names.map((name) => [name, `value-${randomUUID()}`]));
  const verifier = new Verifier();
  const relay = await startRelay(new Map(keys.map((key) => [key, { fixture: placeholders }])));
  const folder = await mkdtemp(join(tmpdir(), 'contract-'));
  try {
    const pactFile = join(folder, 'pact.json');
    await writePact(pactFile, playable);
    const { baseUrl, statesUrl, asked } = relay;
    const reply = await verifier.verify({ folder, pactFile, provider: playable.provider.name, baseUrl, statesUrl });
    return new Map(
      keys.map((key) => {
        const request = asked.get(key);
        const error = 'error' in reply ? reply.error : 'the verifier made no request for it';
        return [key, request === undefined ? error : { ...request, placeholders }];
      }),
    );
  } finally {
    await verifier.close();
    await relay.close();
    await rm(folder, { recursive: true, force: true });
  }
}

function objectOf(value: unknown): Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : {};
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}
