import { CommanderError } from 'commander';
import { UsageError } from '../runner/configuration/usage-error.ts';
import { createProgram } from './program.ts';

/** Runs the command with its arguments (without node and script) and resolves to the exit code. */
export async function main(argv: readonly string[]): Promise<number> {
  // A reader that goes away early, such as `head`, is no fault.
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
  });
  let code = 0;
  const program = createProgram((value) => {
    code = value;
  });
  try {
    await program.parseAsync(argv, { from: 'user' });
    return code;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 3;
    const text = error instanceof UsageError ? error.message : `Unexpected failure: ${describe(error)}`;
    process.stderr.write(`error: ${text}\n`);
    return 3;
  } finally {
    // Sockets that linger must not keep a finished command alive.
    setTimeout(() => process.exit(), 2000).unref();
  }
}

function describe(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return process.env['DEBUG'] ? (error.stack ?? error.message) : error.message;
}
