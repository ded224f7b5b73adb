import { Core, type CoreOptions } from '../../runner/decide/core.ts';
import { Ledger } from '../../runner/decide/ledger.ts';
import type { Answer, Command, Exchange, Fact, Procedure, Sending, Silence } from '../../runner/decide/procedure.ts';
import { defaultEdition } from '../../specs/editions.ts';
import type { Requirement, State } from '../../specs/requirement.ts';

/** What comes of a request: a status, a status with a body or headers, or none. */
export type Scripted =
  | number
  | { readonly status: number; readonly headers?: Readonly<Record<string, string>>; readonly body?: unknown }
  | Silence['silence'];

/** Says what comes of a request at a time, in milliseconds. */
export type Script = (sending: Sending, now: number) => Scripted;

export interface Played<T> {
  readonly value: T | undefined;
  readonly error: unknown;
  readonly commands: readonly Command[];
  readonly exchanges: readonly Exchange[];
  /** Milliseconds. */
  readonly now: number;
}

const encoder = new TextEncoder();
const ready = { project_id: 'p', pool_id: 'pool-a', image_id: 'img-1' };
const fixtures: Readonly<Partial<Record<State, typeof ready>>> = {
  'pool is ready': ready,
  'pool does not exist': { ...ready, pool_id: '0b7e4c3a9a5521d0c7f3e8ab6f1d9c52' },
  'pool is busy': { ...ready, pool_id: 'pool-b' },
};
/** Milliseconds that an answer takes, and commands of which no procedure needs more. */
const latency = 5;
const mostCommands = 20_000;

/** A core about a target with one pool. */
export function scriptedCore(rows: readonly Requirement[] = [], options: Partial<CoreOptions> = {}): Core {
  const usual: CoreOptions = {
    edition: defaultEdition,
    auth: 'token',
    seed: 1,
    runs: 0,
    concurrency: 4,
    hasHandler: false,
    pools: ['pool-a'],
    consent: true,
    limits: { rebuilds: 50, ready_wait: 60_000, timeout: 1_000 },
  };
  return new Core({ ...usual, ...options }, new Ledger(rows, defaultEdition));
}

/** Drives a procedure against a script, at once: nothing is asynchronous, so thousands fit in a second. */
export function playScript<T>(procedure: Procedure<T>, script: Script): Played<T> {
  const commands: Command[] = [];
  const exchanges: Exchange[] = [];
  let now = 0;
  const carryOut = (command: Command): Fact => {
    switch (command.do) {
      case 'wait':
        now += command.ms;
        return { told: 'waited', now };
      case 'provide': {
        const fixture = fixtures[command.state];
        const provided =
          fixture === undefined
            ? ({ untested: { why: 'no state', state: command.state } } as const)
            : ({ fixture } as const);
        return { told: 'provided', provided, now };
      }
      case 'send': {
        const sent = command.trains.map((train) =>
          train.map((sending): Exchange => {
            const started = now;
            const result = resultOf(script(sending, now));
            now += 'silence' in result && result.silence === 'timeout' ? 1_000 : latency;
            const exchange = { sending, credential: {}, result, started, ended: now };
            exchanges.push(exchange);
            return exchange;
          }),
        );
        return { told: 'sent', exchanges: sent, now };
      }
    }
  };
  try {
    let step = procedure.next();
    while (!step.done) {
      commands.push(step.value);
      if (commands.length > mostCommands) throw new Error('the procedure does not end');
      step = procedure.next(carryOut(step.value));
    }
    return { value: step.value, error: undefined, commands, exchanges, now };
  } catch (error) {
    return { value: undefined, error, commands, exchanges, now };
  }
}

let jobs = 0;

function resultOf(scripted: Scripted): Answer | Silence {
  if (typeof scripted === 'string')
    return { silence: scripted, reason: `no answer: ${scripted}`, reused: false, whileSending: false };
  const { status, headers = {}, body } = typeof scripted === 'number' ? { status: scripted } : scripted;
  jobs += 1;
  const usual = status < 300 ? { job_id: `job-${jobs}` } : { error_code: 'S.1', error_msg: 'Refused.' };
  const bytes = encoder.encode(JSON.stringify(body ?? usual));
  const all = { 'content-type': 'application/json', ...headers };
  return { status, headers: all, body: bytes, truncated: false, duration_ms: latency };
}
