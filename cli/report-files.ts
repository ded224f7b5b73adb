import { accessSync, constants, existsSync, mkdirSync, statSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { UsageError } from '../runner/configuration/usage-error.ts';
import type { Report } from '../specs/report.ts';
import type { ReportFile } from './arguments.ts';
import { writeWhole } from './whole-file.ts';

export function defaultReports(out: string): readonly ReportFile[] {
  return [
    { format: 'json', file: join(out, 'report.json') },
    { format: 'html', file: join(out, 'report.html') },
    { format: 'junit', file: join(out, 'junit.xml') },
    { format: 'markdown', file: join(out, 'summary.md') },
  ];
}

/** Where the trace goes: beside the JSON report, else where the default reports would be. Its folder is made. */
export function traceFile(files: readonly ReportFile[], out: string): string {
  const json = files.find(({ format }) => format === 'json')?.file;
  const file = join(json === undefined ? out : dirname(json), 'trace.ndjson');
  attempt(file, () => makeFolder(dirname(resolve(file))));
  return file;
}

/** Makes the folders and refuses, before anything is sent, what could not be written at the end. */
export function checkWritable(reports: readonly ReportFile[]): void {
  const seen = new Set<string>();
  for (const { file } of reports) {
    if (file === '-' && seen.has(file)) throw new UsageError('Two reports would go to stdout; give one its own file.');
    seen.add(file === '-' ? file : '');
    if (file === '-') continue;
    const path = resolve(file);
    if (seen.has(path)) throw new UsageError(`Two reports would go to ${file}; give each its own file.`);
    seen.add(path);
    attempt(file, () => {
      makeFolder(dirname(path));
      if (!existsSync(path)) return accessSync(dirname(path), constants.W_OK);
      if (statSync(path).isDirectory()) throw new Error('it is a folder');
      accessSync(path, constants.W_OK);
    });
  }
}

/** Makes a folder and those above it. Node's own recursion never ends where the system refuses without a reason. */
function makeFolder(path: string): void {
  if (existsSync(path)) return;
  makeFolder(dirname(path));
  mkdirSync(path);
}

/** All that makes reports out of a run, which is much; later calls give the same. */
export function loadRenderers() {
  return import('../reports/index.ts');
}

/** Renders and writes every report; the first that fails does not keep the others from being written. */
export async function writeReports(report: Report, files: readonly ReportFile[]): Promise<void> {
  const { renderers } = await loadRenderers();
  const failures: unknown[] = [];
  for (const { format, file } of files) {
    try {
      attempt(file, () => write(file, renderers[format](report, file)));
    } catch (error) {
      failures.push(error);
    }
  }
  if (failures.length > 0) throw failures[0];
}

function write(file: string, text: string): void {
  if (file === '-') {
    process.stdout.write(text);
    return;
  }
  const path = resolve(file);
  makeFolder(dirname(path));
  writeWhole(path, text);
}

function attempt(file: string, action: () => void): void {
  try {
    action();
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    throw new UsageError(`The report ${file} cannot be written (${code ?? message}); choose another place.`);
  }
}
