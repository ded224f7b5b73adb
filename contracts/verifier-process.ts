import { fork } from 'node:child_process';
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

/** Runs the verifier apart: its native library writes to stdout and may take the process down. Never rejects. */
export function runVerifier(task: VerifierTask, cwd: string, signal?: AbortSignal): Promise<VerifierReply> {
  const child = fork(childPath, [], {
    cwd,
    env: childEnvironment(),
    execArgv: [],
    stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
  });
  return new Promise((resolve) => {
    let reply: VerifierReply | undefined;
    const stop = (error: string) => {
      reply ??= { error };
      child.kill('SIGKILL');
    };
    const timer = setTimeout(() => stop(`the verifier was stopped after ${bound / 1000} s`), bound);
    const interrupt = () => stop('interrupted');
    if (signal?.aborted) interrupt();
    signal?.addEventListener('abort', interrupt, { once: true });
    const end = (otherwise: string) => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', interrupt);
      resolve(reply ?? { error: otherwise });
    };
    child.once('message', (message: VerifierReply) => {
      reply ??= message;
      if (child.connected) child.disconnect();
    });
    child.once('error', (reason) => end(`the verifier could not run: ${reason.message}`));
    child.once('exit', (code, signal) => end(`the verifier ended with ${signal ?? code} and no result`));
    child.send(task, (reason) => {
      if (reason !== null) stop(`the verifier could not be asked: ${reason.message}`);
    });
  });
}

/** No usage tracking, and no proxy between the verifier and the relay. */
function childEnvironment(): NodeJS.ProcessEnv {
  const kept = Object.entries(process.env).filter(([name]) => !/^(https?|all|no)_proxy$|^node_options$/i.test(name));
  return { ...Object.fromEntries(kept), PACT_DO_NOT_TRACK: '1', NO_PROXY: '127.0.0.1' };
}
