import { randomUUID } from 'node:crypto';
import { Agent, request } from 'undici';
import { readConfiguration } from '../runner/configuration.ts';
import { UsageError } from '../runner/usage-error.ts';
import type { Configuration, StateValues } from '../specs/configuration.ts';
import { type State, states } from '../specs/requirement.ts';
import { requirements } from '../specs/requirements.ts';
import { given, locate } from './locate.ts';

export interface CheckOptions {
  readonly target?: string;
  readonly config?: string;
  readonly timeout?: number;
  readonly allowRebuild?: boolean;
}

/** `check`: what can be tested with this configuration, and whether the target answers at all. */
export async function checkCommand(options: CheckOptions): Promise<number> {
  const { timeout, allowRebuild: allow_rebuild } = options;
  const configuration = readConfiguration({
    ...locate(options.config),
    ...given({ target: options.target }),
    env: process.env,
    overrides: given({ timeout, allow_rebuild }),
  });
  const say = (text: string): boolean => process.stdout.write(`${text}\n`);
  say(`target: ${configuration.target.url}`);
  say(`credentials: ${configuration.auth?.kind ?? 'none configured'}`);
  say(`consent to rebuilds: ${configuration.allow_rebuild ? 'yes' : 'no, only a random pool is addressed'}`);
  for (const state of states) {
    const count = requirements.filter((requirement) => requirement.given === state).length;
    say(`${state}: ${prospect(state, configuration)} (requirements: ${count})`);
  }
  say(`answer to an empty body: ${await reach(configuration)}`);
  return 0;
}

const needs: Record<State, readonly (keyof StateValues)[]> = {
  'pool is ready': ['project_id', 'pool_id', 'image_id'],
  'pool is busy': ['pool_id'],
  'pool does not exist': [],
  'token is expired': ['token'],
  'token lacks permission': ['token'],
  'token is for another project': ['token'],
  'image is billed': ['image_id', 'order_id'],
  'service is failing': ['pool_id'],
};

function prospect(state: State, { states: values, state_handler, allow_rebuild }: Configuration): string {
  const consent = allow_rebuild || state === 'pool does not exist';
  if (!consent) return 'not tried: consent';
  if (state_handler !== undefined) return 'asked of the state handler';
  const missing = needs[state].filter((name) => values[state]?.[name] === undefined);
  if (missing.length > 0) return `untested, the configuration lacks ${missing.join(', ')}`;
  return 'tested';
}

/** Sends an empty body to a pool that nobody has; resolves to the status, or says what to mend. */
async function reach({ target, auth, states: values, limits }: Configuration): Promise<string> {
  const { ca, cert, key } = target;
  const agent = new Agent({ connect: given({ ca, cert, key }) as { ca?: string } });
  const project = encodeURIComponent(values['pool is ready']?.project_id ?? randomUUID());
  try {
    const { statusCode, headers, body } = await request(
      `${target.url}/v2/${project}/desktop-pools/${randomUUID()}/rebuild`,
      {
        method: 'POST',
        headers: {
          'content-type': 'application/json',
          ...(auth?.kind === 'token' ? { 'x-auth-token': auth.token } : {}),
        },
        dispatcher: agent,
        signal: AbortSignal.timeout(limits.timeout),
      },
    );
    await body.dump();
    if (statusCode >= 300 && statusCode < 400) {
      throw new UsageError(
        `${target.url} redirects to ${String(headers['location'])}; set target.url to the final address.`,
      );
    }
    if (statusCode === 401 && auth?.kind === 'token') {
      throw new UsageError(`${target.url} answers 401: it does not take the configured token; renew auth.token.`);
    }
    return String(statusCode);
  } catch (error) {
    if (error instanceof UsageError) throw error;
    throw new UsageError(
      `${target.url} cannot be reached (${cause(error)}); check the address and that it is running.`,
    );
  } finally {
    await agent.destroy();
  }
}

function cause(error: unknown): string {
  const { code, name, message } = error as NodeJS.ErrnoException;
  if (name === 'TimeoutError') return 'no answer in time';
  return typeof code === 'string' ? code : message || name;
}
