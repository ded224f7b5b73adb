import { createRequire } from 'node:module';

/** What the parent asks for: one pact file, played against a loopback relay. */
export interface VerifierTask {
  /** Where the verifier works. */
  readonly folder: string;
  readonly pactFile: string;
  readonly provider: string;
  readonly baseUrl: string;
  readonly statesUrl: string;
}

/** What the child answers: the verifier's JSON, or why there is none. `unavailable`: it does not run on this machine. */
export type VerifierReply = { readonly json: string } | { readonly error: string; readonly unavailable?: true };

interface PactCore {
  /** Loads the native library. */
  getFfiLib(logLevel: 'error'): unknown;
  verifyPacts(options: {
    providerBaseUrl: string;
    provider: string;
    pactUrls: string[];
    providerStatesSetupUrl: string;
    providerStatesSetupBody: boolean;
    providerStatesSetupTeardown: boolean;
    timeout: number;
    logLevel: 'error';
  }): Promise<unknown>;
}

/** Milliseconds for one request to the relay. */
const timeout = 10_000;

function messageOf(reason: unknown): string {
  return reason instanceof Error ? reason.message : String(reason);
}

/** What the verifier returns, or throws when an interaction is broken, is its report; all else is trouble of its own. */
function toReply(text: string): VerifierReply {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? { json: text } : { error: text };
  } catch {
    return { error: text };
  }
}

/**
 * Pact with its native library, which exists for some platforms alone, and is loaded late if it is not asked for. An
 * installation without optional packages has neither.
 */
function load(): PactCore {
  const require = createRequire(import.meta.url);
  const core = require('@pact-foundation/pact-core') as PactCore & { default: PactCore };
  core.getFfiLib('error');
  return core.default;
}

async function verify(core: PactCore, task: VerifierTask): Promise<VerifierReply> {
  try {
    const json = await core.verifyPacts({
      providerBaseUrl: task.baseUrl,
      provider: task.provider,
      pactUrls: [task.pactFile],
      providerStatesSetupUrl: task.statesUrl,
      providerStatesSetupBody: true,
      providerStatesSetupTeardown: false,
      timeout,
      logLevel: 'error',
    });
    return toReply(String(json));
  } catch (reason) {
    return toReply(messageOf(reason));
  }
}

/** Loaded at once, while the parent still collects what is to be verified. */
function loaded(): PactCore | VerifierReply {
  try {
    return load();
  } catch (reason) {
    const [firstLine = ''] = messageOf(reason).split('\n');
    return { error: `Pact cannot be loaded here: ${firstLine.trim()}`, unavailable: true };
  }
}

process.once('disconnect', () => process.exit(0));
const pact = loaded();
process.once('message', (task: VerifierTask) => {
  process.chdir(task.folder);
  // The parent disconnects once it has read the reply.
  void Promise.resolve('error' in pact || 'json' in pact ? pact : verify(pact, task)).then((reply) =>
    process.send?.(reply),
  );
});
