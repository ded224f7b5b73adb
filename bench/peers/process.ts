import { spawn } from 'node:child_process';

export interface Ended {
  /** Exit code; -1 when it was stopped or could not be started. */
  readonly code: number;
  /** What it wrote to stdout and stderr, the last 64 KiB. */
  readonly output: string;
}

/** Milliseconds that one tool may take for one target. */
const bound = 120_000;
const kept = 64 * 1024;

/** Runs a program to its end, without analytics. Never rejects. */
export function runTool(file: string, args: readonly string[], cwd: string): Promise<Ended> {
  return new Promise((resolve) => {
    const child = spawn(file, args, {
      cwd,
      env: quiet(),
      stdio: ['ignore', 'pipe', 'pipe'],
      timeout: bound,
      killSignal: 'SIGKILL',
    });
    let output = '';
    for (const stream of [child.stdout, child.stderr])
      stream.on('data', (part: Buffer) => {
        output = `${output}${part.toString()}`.slice(-kept);
      });
    child.on('error', ({ message }) => resolve({ code: -1, output: message }));
    child.on('close', (code) => resolve({ code: code ?? -1, output }));
  });
}

export function quiet(): NodeJS.ProcessEnv {
  return {
    ...process.env,
    REDOCLY_TELEMETRY: 'off',
    REDOCLY_SUPPRESS_UPDATE_NOTICE: 'true',
    PACT_DO_NOT_TRACK: '1',
    PORTMAN_ANALYTICS: 'false',
    NO_PROXY: '127.0.0.1',
    CI: 'true',
  };
}
