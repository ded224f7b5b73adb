import { writeFileSync } from 'node:fs';
import { stringify } from 'yaml';
import type { Answered } from '../reference/endpoint.ts';
import type { AuthKind } from '../reference/service.ts';
import { curlLine } from '../reference/welcome.ts';
import { shorten, visibleLine } from '../reports/visible.ts';
import { didYouMean } from '../runner/configuration/closest.ts';
import { UsageError } from '../runner/configuration/usage-error.ts';
import type { EditionName } from '../specs/editions.ts';
import { given } from './locate.ts';

export interface ServeOptions {
  readonly port: number;
  readonly fault?: string;
  readonly nuisance: boolean;
  readonly seed?: number;
  readonly auth: AuthKind;
  readonly configOut?: string;
  readonly latency: number;
  readonly listFaults: boolean;
  readonly edition?: EditionName;
}

/** `serve`: the reference endpoint until a signal comes. */
export async function serveCommand(options: ServeOptions): Promise<number> {
  if (options.listFaults) return listFaults();
  const { startReference } = await import('../reference/endpoint.ts');
  const { port, fault, nuisance, seed, auth, configOut, latency, edition } = options;
  if (fault !== undefined) await checkFault(fault);
  const onAnswer = process.stderr.isTTY ? logAnswer : undefined;
  const settings = { port, nuisance, auth, latency, ...given({ fault, seed, onAnswer, edition }) };
  const reference = await startReference(settings).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'EADDRINUSE') throw new UsageError(`Port ${port} is in use; choose another with --port.`);
    if (error.code === 'EACCES') throw new UsageError(`Port ${port} may not be opened; choose one above 1023.`);
    throw error;
  });
  try {
    // Listening for signals begins before anyone can know the address.
    const ended = new Promise<void>((resolve) => {
      process.once('SIGINT', () => resolve());
      process.once('SIGTERM', () => resolve());
    });
    if (configOut !== undefined) save(configOut, stringify(reference.configuration));
    const { url, configuration: config } = reference;
    process.stdout.write(`${JSON.stringify({ url, pid: process.pid, config })}\n`);
    process.stderr.write(`${curlLine(url)}\nMore at ${url}/\n`);
    await ended;
    return 0;
  } finally {
    await reference.close();
  }
}

/** A line for each fault: its id, and what is wrong. */
async function listFaults(): Promise<number> {
  const { faults } = await import('../reference/faults.ts');
  const width = Math.max(...faults.map(({ id }) => id.length));
  process.stdout.write(faults.map(({ id, title }) => `${id.padEnd(width)}  ${title}\n`).join(''));
  return 0;
}

/** A request in a line, for whoever watches. What a path holds must not reach the terminal as it is. */
function logAnswer({ method, path, status, duration }: Answered): void {
  process.stderr.write(`${status} ${method} ${visibleLine(shorten(path, 200))} ${Math.round(duration)} ms\n`);
}

async function checkFault(id: string): Promise<void> {
  const ids = (await import('../reference/faults.ts')).faults.map((fault) => fault.id);
  if (!ids.includes(id)) throw new UsageError(`There is no fault "${id}".${didYouMean(id, ids)}`);
}

function save(file: string, text: string): void {
  try {
    writeFileSync(file, text);
  } catch (error) {
    throw new UsageError(`--config-out ${file} cannot be written (${(error as NodeJS.ErrnoException).code}).`);
  }
}
