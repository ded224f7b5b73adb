import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  type ConsumerInteraction,
  learnRequests,
  type RequestTemplate,
  readConsumerPact,
} from '../contracts/consumer-pact.ts';
import { type PactFile, requirementOf, writePact } from '../contracts/pact-file.ts';
import { type ContractRecord, type Mismatch, verifyContracts } from '../contracts/verification.ts';
import { plain } from '../generators/contexts.ts';
import type { Draft, Fixture } from '../generators/model.ts';
import { plausible } from '../generators/plausible.ts';
import type { Configuration } from '../specs/configuration.ts';
import { type EditionName, pinsOf } from '../specs/editions.ts';
import { type State, states } from '../specs/requirement.ts';
import { createCredentials } from './credentials/credentials.ts';
import { Core, isActedOnIn } from './decide/core.ts';
import { Ledger } from './decide/ledger.ts';
import type { Observation } from './decide/observation.ts';
import type { Procedure, Sending } from './decide/procedure.ts';
import { ask, askUntilReady } from './decide/readiness.ts';
import { inWords } from './decide/untested.ts';
import { createLane, transportOptions } from './wire/connection.ts';
import { createDriver, type Driver, drive } from './wire/driver.ts';

export interface PactsOptions {
  readonly configuration: Configuration;
  readonly seed: number;
  /** Rebuilds that may still be accepted. */
  readonly rebuilds: number;
  readonly signal?: AbortSignal | undefined;
}

/** What came of one interaction. `untested` and `error` have their reason, `fail` its mismatches. */
export interface InteractionResult {
  readonly id: string | undefined;
  readonly description: string;
  readonly verdict: 'pass' | 'fail' | 'untested' | 'error';
  readonly reason?: string;
  readonly mismatches: readonly Mismatch[];
}

/**
 * Plays the interactions of consumers' own pacts against the target: each request once, in its provider state, through
 * the same client, limits and cap as a run; then Pact judges the answers. One list a pact, in order. What cannot be
 * sent safely is `untested`. Never rejects.
 */
export async function playPacts(
  options: PactsOptions,
  pacts: readonly unknown[],
): Promise<readonly (readonly InteractionResult[])[]> {
  const player = createPlayer(options);
  try {
    const results: (readonly InteractionResult[])[] = [];
    for (const pact of pacts) results.push(await playPact(player, pact).catch(unreadable));
    return results;
  } finally {
    await player.driver.close();
  }
}

/** A pact that cannot be read has no interactions that could be told apart. */
function unreadable(error: unknown): readonly InteractionResult[] {
  const reason = error instanceof Error ? error.message : String(error);
  return [{ id: undefined, description: 'the pact', verdict: 'error', reason, mismatches: [] }];
}

interface Player {
  readonly core: Core;
  readonly driver: Driver;
  /** Why nothing more can be played, once that is so. */
  broken: string | undefined;
}

function createPlayer({ configuration, seed, rebuilds, signal }: PactsOptions): Player {
  const limits = { ...configuration.limits, rebuilds: Math.min(rebuilds, configuration.limits.rebuilds) };
  const capped = { ...configuration, limits };
  const lane = (origin: string) => createLane(origin, transportOptions(capped));
  const credentials = createCredentials(capped.auth, lane, { seed });
  const options = {
    edition: capped.edition,
    auth: credentials.kind,
    seed,
    runs: 0,
    concurrency: limits.concurrency,
    hasHandler: capped.state_handler !== undefined,
    pools: capped.pools,
    consent: capped.allow_rebuild,
    limits,
  };
  return {
    core: new Core(options, new Ledger([], capped.edition)),
    driver: createDriver({ configuration: capped, credentials, seed, signal }),
    broken: undefined,
  };
}

/** Why an interaction has no answer, or the record of its exchange. */
type Played = { readonly untested: string } | { readonly error: string } | { readonly record: ContractRecord };

async function playPact(player: Player, pact: unknown): Promise<readonly InteractionResult[]> {
  const { interactions, playable } = readConsumerPact(pact);
  const possible = interactions.filter((one) => one.isHttp).map(({ key }) => key);
  const templates = await learnRequests(keep(playable, possible), possible);
  const played = new Map<string, Played>();
  for (const one of interactions) played.set(one.key, await play(player, one, templates.get(one.key)));

  const records = new Map([...played].flatMap(([key, one]) => ('record' in one ? [[key, one.record] as const] : [])));
  const judged = await judge(playable, records);
  return interactions.map(({ key, id, description }): InteractionResult => {
    const one = played.get(key);
    if (one !== undefined && 'untested' in one)
      return { id, description, verdict: 'untested', reason: one.untested, mismatches: [] };
    if (one !== undefined && 'error' in one)
      return { id, description, verdict: 'error', reason: one.error, mismatches: [] };
    const outcome = judged.get(key);
    if (outcome === undefined || 'error' in outcome) {
      const verdict = outcome?.unavailable === true ? 'untested' : 'error';
      return { id, description, verdict, reason: outcome?.error ?? 'Pact says nothing of it', mismatches: [] };
    }
    return { id, description, verdict: outcome.ok ? 'pass' : 'fail', mismatches: outcome.mismatches };
  });
}

function keep(pact: PactFile, keys: readonly string[]): PactFile {
  return { ...pact, interactions: pact.interactions.filter((one) => keys.includes(requirementOf(one) ?? '')) };
}

async function judge(playable: PactFile, records: ReadonlyMap<string, ContractRecord>) {
  const folder = await mkdtemp(join(tmpdir(), 'contract-'));
  try {
    const pactFile = join(folder, 'consumer.json');
    await writePact(pactFile, playable);
    const outcomes = await verifyContracts({ pactFile, records });
    return new Map(outcomes.map((outcome) => [outcome.requirement, outcome]));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function play(
  player: Player,
  interaction: ConsumerInteraction,
  template: RequestTemplate | string | undefined,
): Promise<Played> {
  const { states: named, isHttp } = interaction;
  if (!isHttp) return { untested: 'it is no HTTP interaction' };
  const [name = 'pool is ready', second] = named;
  const given = states.find((state) => state === name);
  if (given === undefined || second !== undefined)
    return { untested: `the suite provides one state of its own, not ${named.map((one) => `"${one}"`).join(' and ')}` };
  if (template === undefined || typeof template === 'string')
    return { error: template ?? 'the verifier made no request for it' };
  const unsafe = whyUnsafe(template);
  if (unsafe !== undefined) return { untested: unsafe };
  if (player.broken !== undefined) return { error: player.broken };
  try {
    return await drive(procedure(player.core, interaction, template, given), player.driver);
  } catch (error) {
    player.broken = error instanceof Error ? error.message : String(error);
    return { error: player.broken };
  }
}

/** Why a request must not be sent: it would name what somebody else may have, or a credential that nobody knows. */
function whyUnsafe({ path, body, credential, placeholders }: RequestTemplate): string | undefined {
  const { project_id, pool_id } = placeholders;
  if (path !== `/v2/${project_id}/desktop-pools/${pool_id}/rebuild`)
    return 'its path is not that of the operation with project_id and pool_id from the provider state';
  if (credential === 'other') return 'its credential is not the token of the provider state';
  if (body.length === 0) return undefined;
  const value = parse(new TextDecoder().decode(body));
  if (value === undefined) return 'its body is no JSON object';
  // In any case and inside of anything: a lenient target may take it for the value.
  const things = new Set(['image_id', 'order_id', 'kms_id', 'desktop_ids']);
  for (const [key, named] of Object.entries(value)) {
    const name = key.trim().toLowerCase();
    if (things.has(name) && stringsIn(named).some((one) => one !== placeholders[name]))
      return `its ${name} is not that of the provider state`;
  }
  return undefined;
}

function stringsIn(value: unknown): readonly string[] {
  if (typeof value === 'string') return [value];
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(stringsIn) : [];
}

function parse(text: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : undefined;
  } catch {
    return undefined;
  }
}

function* procedure(
  core: Core,
  { status }: ConsumerInteraction,
  template: RequestTemplate,
  given: State,
): Procedure<Played> {
  for (const state of new Set<State>(['pool is ready', given])) {
    const provided = yield* core.state(state);
    if (state !== given) continue;
    if ('untested' in provided) return { untested: inWords(provided.untested) };
    if ('error' in provided) return { error: provided.error };
  }
  let latest: { readonly sending: Sending; readonly fixture: Fixture } | undefined;
  // A state handler may hand out another pool while one is waited for.
  const make = (): Sending => {
    latest = sendingOf(core, template, given);
    return latest.sending;
  };
  const { rebuilds } = core;
  const waits = isActedOnIn(given) && status !== 409;
  const seen = waits ? yield* askUntilReady(core, make) : yield* ask(core, make());
  if (latest === undefined) return { error: 'nothing was sent' };
  if (seen !== undefined) return recordOf(seen, latest.fixture);
  if (core.heldBack !== latest.sending.id) return { error: 'the target kept asking for less traffic' };
  // What was sent, got no answer and was held back when it was its turn again is no untested one.
  return core.rebuilds > rebuilds
    ? { error: 'no answer came, and the cap on rebuilds is reached' }
    : { untested: 'the cap on rebuilds is reached' };
}

/** The consumer's request with the values that the state has now. */
function sendingOf(core: Core, template: RequestTemplate, given: State): { sending: Sending; fixture: Fixture } {
  const known = core.fixture(given);
  if (known === undefined) throw new Error(`no values for "${given}"`);
  const fixture = completed(known, core.options.edition);
  const { placeholders, headers, credential } = template;
  const names = Object.keys(headers).filter((name) => !transportHeaders.has(name));
  let path = template.path;
  let text = new TextDecoder().decode(template.body);
  for (const [name, placeholder] of Object.entries(placeholders)) {
    const given = fixture[name as keyof Fixture] ?? '';
    const value = typeof given === 'string' ? given : given.join(',');
    path = path.replaceAll(placeholder, encodeURIComponent(value));
    text = text.replaceAll(placeholder, JSON.stringify(value).slice(1, -1));
  }
  const isOfState = given.startsWith('token ');
  const request: Draft = {
    method: template.method,
    path,
    headers: Object.fromEntries(names.map((name) => [name, headers[name] ?? ''])),
    body: template.body.length === 0 ? undefined : new TextEncoder().encode(text),
    transfer: plain.levels.transfer,
    connection: plain.levels.connection,
    headerCase: plain.levels.header_case,
    signing: plain.levels.signing,
    unframed: false,
    credential: { form: credential === 'absent' ? 'absent' : isOfState ? 'of the state' : 'valid' },
  };
  const usual = core.sending({ context: plain, deviation: undefined }, given, []);
  return { fixture, sending: { ...usual, case: { ...usual.case, request } } };
}

/** Headers that belong to the connection between the verifier and the relay, and the credential. */
const transportHeaders = new Set([
  'host',
  'connection',
  'content-length',
  'transfer-encoding',
  'user-agent',
  'accept-encoding',
  'x-auth-token',
]);

function completed(fixture: Fixture, edition: EditionName): Fixture {
  const named = pinsOf(edition).map((name) => [name, plausible({ fixture, edition }, name)]);
  return { ...fixture, ...Object.fromEntries(named) };
}

/** The values that a text can hold. */
function textsOf(fixture: Fixture): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(fixture).filter((pair): pair is [string, string] => typeof pair[1] === 'string'),
  );
}

function recordOf(seen: Observation, fixture: Fixture): Played {
  const { answer, silence, sending } = seen;
  if (answer === undefined) return { error: `no answer came: ${silence?.reason ?? 'nobody knows why'}` };
  const { method, path, body, credential } = sending.case.request;
  const request = { method, path, body, hasCredential: credential.form !== 'absent' };
  return { record: { exchange: { request, answer }, fixture: textsOf(fixture) } };
}
