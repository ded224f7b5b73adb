import { fork } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Mismatch, resultOf } from './mismatches.ts';
import { readPact, requirementOf, writePact } from './pact-file.ts';
import { type Relay, type RelayAnswer, type RelayRequest, startRelay } from './relay.ts';
import type { VerifierReply, VerifierTask } from './verifier-child.ts';

export type { Mismatch } from './mismatches.ts';
export type { RelayAnswer, RelayRequest } from './relay.ts';

export interface VerificationOptions {
  pactFile: string;
  /** Sends one request to the target; a rejection means that no answer came. */
  send: (request: RelayRequest, requirement: string) => Promise<RelayAnswer>;
  /** Values of a provider state; those it leaves out stay as the pact file's examples. */
  fixture: (state: string, requirement: string) => Promise<Record<string, string>>;
  /** Requirements whose interactions are played. */
  requirements: readonly string[];
}

export interface ContractOutcome {
  requirement: string;
  ok: boolean;
  mismatches: Mismatch[];
  /** False when the target gave no answer, or its state could not be had. */
  answered: boolean;
}

/** Milliseconds without a request or an answer after which the verifier is taken to be stuck. */
const patience = 60_000;

const childPath = fileURLToPath(
  new URL(
    import.meta.url.endsWith('.ts') ? '../dist/contracts/verifier-child.js' : './verifier-child.js',
    import.meta.url,
  ),
);

/** Plays interactions of a pact file through `send` and lets Pact judge the answers; outcomes in the order asked for. */
export async function verifyContracts(options: VerificationOptions): Promise<ContractOutcome[]> {
  const pact = await readPact(options.pactFile, options.requirements);
  const descriptions = new Map(pact.interactions.map((one) => [requirementOf(one), one.description]));
  if (pact.interactions.length === 0) return options.requirements.map((one) => unanswered(one, noInteraction));

  const folder = await mkdtemp(join(tmpdir(), 'contract-'));
  const watchdog = createWatchdog(patience);
  let relay: Relay | undefined;
  try {
    relay = await startRelay({ send: options.send, fixture: options.fixture, onActivity: watchdog.feed });
    const pactFile = join(folder, 'pact.json');
    await writePact(pactFile, pact);
    const { baseUrl, statesUrl, answered, failures } = relay;
    const task = { pactFile, provider: pact.provider.name, baseUrl, statesUrl, timeout: patience };
    const reply = await runChild(task, folder, watchdog);
    return options.requirements.map((requirement) => {
      const description = descriptions.get(requirement);
      if (description === undefined) return unanswered(requirement, noInteraction);
      const failure = failures.get(requirement);
      if (failure !== undefined) return unanswered(requirement, failure);
      if ('error' in reply) {
        const mismatches: Mismatch[] = [{ kind: 'other', text: reply.error }];
        return { requirement, ok: false, mismatches, answered: answered.has(requirement) };
      }
      const { ok, mismatches } = resultOf(reply.json, description);
      return { requirement, ok: ok && answered.has(requirement), mismatches, answered: answered.has(requirement) };
    });
  } finally {
    watchdog.stop();
    await relay?.close();
    await rm(folder, { recursive: true, force: true });
  }
}

const noInteraction = 'the pact file has no interaction for this requirement';

function unanswered(requirement: string, text: string): ContractOutcome {
  return { requirement, ok: false, mismatches: [{ kind: 'other', text }], answered: false };
}

interface Watchdog {
  readonly feed: () => void;
  readonly stop: () => void;
  onStarved: () => void;
}

function createWatchdog(delay: number): Watchdog {
  const watchdog: Watchdog = { feed: () => timer.refresh(), stop: () => clearTimeout(timer), onStarved: () => {} };
  const timer = setTimeout(() => watchdog.onStarved(), delay);
  return watchdog;
}

/** Runs the verifier apart: its native library writes to stdout and may take the process down. */
function runChild(task: VerifierTask, cwd: string, watchdog: Watchdog): Promise<VerifierReply> {
  const child = fork(childPath, [], {
    cwd,
    env: childEnvironment(),
    execArgv: [],
    stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
  });
  return new Promise((resolve) => {
    let reply: VerifierReply | undefined;
    const kill = () => {
      reply ??= { error: `the verifier was stopped after ${patience / 1000} s without progress` };
      child.kill('SIGKILL');
    };
    watchdog.onStarved = kill;
    watchdog.feed();
    child.once('message', (message: VerifierReply) => {
      reply ??= message;
      if (child.connected) child.disconnect();
    });
    child.once('error', (reason) => resolve({ error: `the verifier could not run: ${reason.message}` }));
    child.once('exit', (code, signal) =>
      resolve(reply ?? { error: `the verifier ended with ${signal ?? code} and no result` }),
    );
    child.send(task, (reason) => {
      if (reason !== null) kill();
    });
  });
}

/** No usage tracking, and no proxy between the verifier and the relay. */
function childEnvironment(): NodeJS.ProcessEnv {
  const kept = Object.entries(process.env).filter(([name]) => !/^(https?|all|no)_proxy$|^node_options$/i.test(name));
  return { ...Object.fromEntries(kept), PACT_DO_NOT_TRACK: '1', NO_PROXY: '127.0.0.1' };
}
