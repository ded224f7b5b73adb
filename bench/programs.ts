import { type ChildProcess, spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** The command as users have it, beside this file where both are built. */
export const command = fileURLToPath(new URL('../cli.js', import.meta.url));

/** Milliseconds between two looks at how much memory a process has. */
const look = 50;

export interface Spent {
  readonly code: number;
  /** From its start to its end. */
  readonly ms: number;
  /** Most memory that it had at a time, in MB; undefined where the system does not tell. */
  readonly peak: number | undefined;
}

/** Runs Node with these arguments to its end. */
export function spend(args: readonly string[]): Promise<Spent> {
  const started = performance.now();
  const child = spawn(process.execPath, args, { stdio: 'ignore', env: { ...process.env, PACT_DO_NOT_TRACK: '1' } });
  let peak: number | undefined;
  const timer = setInterval(() => {
    peak = memoryOf(child) ?? peak;
  }, look);
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code) => {
      clearInterval(timer);
      resolve({ code: code ?? -1, ms: performance.now() - started, peak });
    });
  });
}

function memoryOf({ pid }: ChildProcess): number | undefined {
  try {
    const [, kilobytes] = /^VmHWM:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? [];
    return kilobytes === undefined ? undefined : Number(kilobytes) / 1024;
  } catch {
    return undefined;
  }
}

export interface Served {
  /** The first line that the program wrote to stdout. */
  readonly line: string;
  stop(): Promise<void>;
}

/** Starts a server of ours in another process, and waits for its first line. */
export function serve(args: readonly string[]): Promise<Served> {
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  return new Promise((resolve, reject) => {
    let text = '';
    child.once('error', reject);
    child.once('exit', (code) => reject(new Error(`the server ended with ${code}`)));
    child.stdout.on('data', (part: Buffer) => {
      text += part.toString();
      const end = text.indexOf('\n');
      if (end < 0) return;
      resolve({
        line: text.slice(0, end),
        stop: () => {
          child.kill();
          return ended;
        },
      });
    });
  });
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}
