import { readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import type { ErrorObject } from 'ajv/dist/2020.js';
import schema from '../../specs/config.schema.json' with { type: 'json' };
import type { AccessKeys, Auth, Configuration, StateValues, Waiver } from '../../specs/configuration.ts';
import { defaultEdition, type EditionName } from '../../specs/editions.ts';
import type { State } from '../../specs/requirement.ts';
import { requirements } from '../../specs/requirements.ts';
import { validatorOf } from '../../specs/validator.ts';
import { didYouMean } from './closest.ts';
import { schemaComplaint } from './schema-complaint.ts';
import { parseText, type Source } from './text.ts';
import { UsageError } from './usage-error.ts';

export interface ConfigurationInput {
  /** Path of a YAML or JSON file. */
  readonly file?: string;
  /** The same as text; with `file` also given, that is only its name. */
  readonly text?: string;
  /** The same as plain data, taken as it is: no environment variables are put in. */
  readonly data?: unknown;
  readonly env: NodeJS.ProcessEnv;
  /** Replaces `target.url`. */
  readonly target?: string | undefined;
  readonly overrides?: {
    readonly concurrency?: number | undefined;
    readonly rate?: number | undefined;
    readonly timeout?: number | undefined;
    readonly allow_rebuild?: boolean | undefined;
    readonly edition?: EditionName | undefined;
  };
}

/** A configuration as users write it, after the schema has been checked. */
interface Written {
  readonly edition?: EditionName;
  readonly target?: { readonly url?: string } & Omit<Configuration['target'], 'url'>;
  readonly auth?: WrittenAuth;
  readonly states?: WrittenStates;
  readonly state_handler?: string;
  readonly allow_rebuild?: boolean;
  readonly limits?: Partial<Record<'rate' | 'concurrency' | 'timeout' | 'rebuilds' | 'ready_wait', number>>;
  readonly waivers?: readonly Waiver[];
}

/** The pool that is ready may be one of several. */
type WrittenStates = Partial<Record<State, StateValues>> & {
  readonly 'pool is ready'?: Omit<StateValues, 'pool_id'> & { readonly pool_id?: string | readonly string[] };
};

interface WrittenAuth extends Partial<AccessKeys> {
  readonly token?: string;
  readonly trial_key?: AccessKeys;
  readonly iam?: Omit<Extract<Auth, { kind: 'iam' }>, 'kind'>;
}

const valid = validatorOf<Written>(schema, { allErrors: true, verbose: true });

/** Reads, checks and completes a configuration. Throws UsageError with one sentence that says what to mend. */
export function readConfiguration(input: ConfigurationInput): Configuration {
  const source = open(input);
  const data = source.data ?? {};
  if (!valid(data)) throw new UsageError(explain(valid.errors ?? [], source));

  const written = data;
  checkWaivers(written.waivers ?? [], source);
  const auth = readAuth(written.auth, source);
  const given = input.target ?? written.target?.url;
  if (given === undefined) {
    throw new UsageError('No target: give --target URL, or target.url in the configuration.');
  }
  const name = input.target === undefined ? `target.url${source.where(['target', 'url'])}` : '--target';
  const url = readUrl(given, name);
  if (auth?.kind === 'iam') readUrl(auth.url, `auth.iam.url${source.where(['auth', 'iam', 'url'])}`);
  if (written.state_handler !== undefined) {
    readUrl(written.state_handler, `state_handler${source.where(['state_handler'])}`, true);
  }

  const loopback = isLoopback(url);
  const { url: _, ca, cert, key, ...about } = written.target ?? {};
  const pem = (field: 'ca' | 'cert' | 'key', path: string | undefined): Record<string, string> =>
    path === undefined ? {} : { [field]: readPem(field, path, input.file, source) };
  const { limits } = written;
  const { overrides } = input;
  return {
    edition: overrides?.edition ?? written.edition ?? defaultEdition,
    target: { url, ...about, ...pem('ca', ca), ...pem('cert', cert), ...pem('key', key) },
    auth,
    variables: readVariables(written.states ?? {}, source),
    ...readStates(written.states ?? {}),
    state_handler: written.state_handler,
    allow_rebuild: loopback || (overrides?.allow_rebuild ?? written.allow_rebuild ?? false),
    limits: {
      rate: overrides?.rate ?? limits?.rate ?? (loopback ? undefined : 20),
      concurrency: overrides?.concurrency ?? limits?.concurrency ?? 4,
      timeout: overrides?.timeout ?? limits?.timeout ?? 10_000,
      rebuilds: limits?.rebuilds ?? (loopback ? 400 : 50),
      ready_wait: limits?.ready_wait ?? 1_200_000,
    },
    waivers: written.waivers ?? [],
  };
}

function readVariables(states: WrittenStates, source: Source): NonNullable<Configuration['variables']> {
  const token = source.variable(['auth', 'token']);
  const named = (Object.keys(states) as State[]).flatMap((state) => {
    const name = source.variable(['states', state, 'token']);
    return name === undefined ? [] : [[state, name] as const];
  });
  return { ...(token === undefined ? {} : { token }), states: Object.fromEntries(named) };
}

/** States with one pool each, and all pools that are ready. */
function readStates(written: WrittenStates): Pick<Configuration, 'states' | 'pools'> {
  const { 'pool is ready': ready, ...others } = written;
  if (ready === undefined) return { states: others, pools: [] };
  const { pool_id, ...values } = ready;
  const pools = pool_id === undefined ? [] : typeof pool_id === 'string' ? [pool_id] : pool_id;
  const [first] = pools;
  return {
    states: { 'pool is ready': { ...values, ...(first === undefined ? {} : { pool_id: first }) }, ...others },
    pools,
  };
}

/** Whether a URL stays on this machine: 127.0.0.0/8, localhost, ::1. */
export function isLoopback(url: string): boolean {
  const { hostname } = new URL(url);
  return hostname === 'localhost' || hostname === '[::1]' || /^127\.\d+\.\d+\.\d+$/.test(hostname);
}

function checkWaivers(waivers: readonly Waiver[], source: Source): void {
  const ids = requirements.map(({ id }) => id as string);
  for (const [index, { requirement }] of waivers.entries()) {
    if (ids.includes(requirement)) continue;
    const where = source.where(['waivers', index, 'requirement']);
    throw new UsageError(
      `A waiver${where} names an unknown requirement "${requirement}".${didYouMean(requirement, ids)}`,
    );
  }
}

function open(input: ConfigurationInput): Source {
  if (input.data !== undefined) return { data: input.data, where: () => '', variable: () => undefined };
  const name = input.file ?? 'the configuration';
  if (input.text !== undefined) return parseText(input.text, name, input.env);
  if (input.file === undefined) return { data: {}, where: () => '', variable: () => undefined };
  return parseText(readText(input.file, 'The configuration'), name, input.env);
}

function readText(file: string, what: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    throw new UsageError(`${what} ${file} cannot be read: ${code === 'ENOENT' ? 'there is no such file' : code}.`);
  }
}

function readPem(field: string, path: string, file: string | undefined, source: Source): string {
  const text = readText(resolve(file === undefined ? '.' : dirname(file), path), `target.${field}:`);
  if (text.includes('-----BEGIN ')) return text;
  throw new UsageError(`target.${field}: ${path} is no PEM file${source.where(['target', field])}.`);
}

function readUrl(text: string, name: string, query = false): string {
  const url = URL.parse?.(text) ?? (URL.canParse(text) ? new URL(text) : null);
  if (url === null || !/^https?:$/.test(url.protocol)) {
    throw new UsageError(`${name} must be a whole http or https URL, such as http://127.0.0.1:8080.`);
  }
  if (url.username !== '' || url.password !== '') {
    throw new UsageError(`${name} must not carry credentials; put them under auth in the configuration.`);
  }
  if (url.hash !== '' || (!query && /[?#]/.test(text))) {
    throw new UsageError(`${name} must not have a query or a fragment; remove what follows the path.`);
  }
  return query ? url.href : url.href.replace(/\/+$/, '');
}

function readAuth(auth: WrittenAuth | undefined, source: Source): Auth | undefined {
  if (auth === undefined) return undefined;
  const { token, access_key, secret_key, security_token, trial_key, iam } = auth;
  const signed = [access_key, secret_key, security_token, trial_key].some((value) => value !== undefined);
  const kinds = [token !== undefined, signed, iam !== undefined].filter(Boolean).length;
  if (kinds !== 1) {
    throw new UsageError(
      `auth${source.where(['auth'])} must name exactly one kind of credential, not ${kinds}: token, or access_key with secret_key, or iam.`,
    );
  }
  if (token !== undefined) return { kind: 'token', token };
  if (iam !== undefined) return { kind: 'iam', ...iam };
  if (access_key === undefined || secret_key === undefined) {
    throw new UsageError(`auth${source.where(['auth'])} needs access_key and secret_key together.`);
  }
  return {
    kind: 'aksk',
    access_key,
    secret_key,
    ...(security_token === undefined ? {} : { security_token }),
    ...(trial_key === undefined ? {} : { trial_key }),
  };
}

/** One sentence for the most telling error. */
function explain(errors: readonly ErrorObject[], source: Source): string {
  const own = errors.filter((error) => !error.schemaPath.includes('/oneOf'));
  const sentence = schemaComplaint(own, { subject: 'The configuration', kinds, where: (path) => source.where(path) });
  if (sentence !== undefined) return sentence;
  readAuth((source.data as Written).auth, source);
  return `auth${source.where(['auth'])} is wrong.`;
}

/** Types as one writes them in YAML. */
const kinds: Readonly<Record<string, string>> = {
  string: 'text; put quotes around it',
  object: 'a mapping of keys to values',
  array: 'a list',
  integer: 'a whole number without quotes',
  number: 'a number without quotes',
  boolean: 'true or false without quotes',
};
