import { CommanderError } from 'commander';
import { UsageError } from '../runner/configuration/usage-error.ts';
import { inColumns } from './columns.ts';
import { createProgram } from './program.ts';

/** Runs the command with its arguments (without node and script) and resolves to the exit code. */
export async function main(argv: readonly string[]): Promise<number> {
  let code = 0;
  let isLost = false;
  // A reader that goes away early, such as `head`, is no fault; a full disk is one.
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') return;
    process.stderr.write(`error: The output cannot be written (${error.code ?? error.message}).\n`);
    isLost = true;
    process.exitCode = 3;
  });
  process.stderr.on('error', () => undefined);
  const program = createProgram((value) => {
    code = value;
  });
  try {
    await program.parseAsync(argv, { from: 'user' });
    return isLost ? 3 : code;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 3;
    const text = error instanceof UsageError ? error.message : `Unexpected failure: ${describe(error)}`;
    const line = `error: ${text}`;
    process.stderr.write(process.stderr.isTTY ? inColumns(line) : `${line}\n`);
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
