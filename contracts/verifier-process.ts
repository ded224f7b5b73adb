import { type ChildProcess, fork } from 'node:child_process';
import { tmpdir } from 'node:os';
import { fileURLToPath } from 'node:url';
import type { VerifierReply, VerifierTask } from './verifier-child.ts';

/** Milliseconds for all interactions together: nobody has to be waited for, all answers are there already. */
const bound = 30_000;

const childPath = fileURLToPath(
  new URL(
    import.meta.url.endsWith('.ts') ? '../dist/contracts/verifier-child.js' : './verifier-child.js',
    import.meta.url,
  ),
);

/**
 * The verifier, apart: its native library writes to stdout and may take the process down. It loads while its maker does
 * something else, and judges once.
 */
export class Verifier {
  readonly #child: ChildProcess;
  /** What it came to, as soon as that is known. */
  readonly #ended: Promise<VerifierReply>;
  #reply: VerifierReply | undefined;

  constructor() {
    this.#child = fork(childPath, [], {
      // Not where the caller may write, and a place that stays.
      cwd: tmpdir(),
      env: childEnvironment(),
      execArgv: [],
      stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
    });
    this.#ended = new Promise((resolve) => {
      const end = (otherwise: string) => resolve(this.#reply ?? { error: otherwise });
      this.#child.once('message', (message: VerifierReply) => {
        this.#reply ??= message;
        if (this.#child.connected) this.#child.disconnect();
      });
      this.#child.on('error', (reason) => end(`the verifier could not run: ${reason.message}`));
      this.#child.once('exit', (code, signal) => end(`the verifier ended with ${signal ?? code} and no result`));
    });
  }

  /** Never rejects. The files of the task are all in its folder; what the verifier writes comes there, too. */
  async verify(task: VerifierTask, signal?: AbortSignal): Promise<VerifierReply> {
    const timer = setTimeout(() => this.#stop(`the verifier was stopped after ${bound / 1000} s`), bound);
    const interrupt = () => this.#stop('interrupted');
    if (signal?.aborted) interrupt();
    signal?.addEventListener('abort', interrupt, { once: true });
    this.#child.send(task, (reason) => {
      if (reason !== null) this.#stop(`the verifier could not be asked: ${reason.message}`);
    });
    const reply = await this.#ended;
    clearTimeout(timer);
    signal?.removeEventListener('abort', interrupt);
    return reply;
  }

  /** Ends its process, whatever it does; resolves when it is gone. */
  async close(): Promise<void> {
    this.#stop('it was not asked');
    await this.#ended;
  }

  #stop(error: string): void {
    this.#reply ??= { error };
    this.#child.kill('SIGKILL');
  }
}

/** No usage tracking, and no proxy between the verifier and the relay. */
function childEnvironment(): NodeJS.ProcessEnv {
  const kept = Object.entries(process.env).filter(([name]) => !/^(https?|all|no)_proxy$|^node_options$/i.test(name));
  return { ...Object.fromEntries(kept), PACT_DO_NOT_TRACK: '1', NO_PROXY: '127.0.0.1' };
}
