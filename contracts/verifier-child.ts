import { createRequire } from 'node:module';

/** What the parent asks for: one pact file, played against a loopback relay. */
export interface VerifierTask {
  readonly pactFile: string;
  readonly provider: string;
  readonly baseUrl: string;
  readonly statesUrl: string;
  readonly timeout: number;
}

/** What the child answers: the verifier's JSON, or why there is none. */
export type VerifierReply = { readonly json: string } | { readonly error: string };

interface PactCore {
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

function messageOf(reason: unknown): string {
  return reason instanceof Error ? reason.message : String(reason);
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

async function verify(task: VerifierTask): Promise<VerifierReply> {
  try {
    const require = createRequire(createRequire(import.meta.url).resolve('@pact-foundation/pact'));
    const core = (require('@pact-foundation/pact-core') as { default: PactCore }).default;
    const json = await core.verifyPacts({
      providerBaseUrl: task.baseUrl,
      provider: task.provider,
      pactUrls: [task.pactFile],
      providerStatesSetupUrl: task.statesUrl,
      providerStatesSetupBody: true,
      providerStatesSetupTeardown: false,
      timeout: task.timeout,
      logLevel: 'error',
    });
    return { json: String(json) };
  } catch (reason) {
    const text = messageOf(reason);
    return isJson(text) ? { json: text } : { error: text };
  }
}

process.once('disconnect', () => process.exit(0));
process.once('message', (task: VerifierTask) => {
  // The parent disconnects once it has read the reply.
  void verify(task).then((reply) => process.send?.(reply));
});
