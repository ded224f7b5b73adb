import { mkdirSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { changeBetween, matrixOf, nameOf } from '../reports/compare.ts';
import { matrixHtml } from '../reports/html/matrix.tsx';
import { html } from '../reports/html/page.tsx';
import { changeTerminal, matrixMarkdown, matrixTerminal } from '../reports/matrix-text.ts';
import { UsageError } from '../runner/configuration/usage-error.ts';
import type { Report } from '../specs/report.ts';
import type { ReportFile } from './arguments.ts';
import { readReport } from './read-report.ts';
import { checkWritable } from './report-files.ts';

export interface CompareOptions {
  readonly report?: readonly ReportFile[];
  readonly site?: string;
}

/** A report, and where it lies in its folder of reports. */
interface Entry {
  readonly report: Report;
  readonly place: string;
}

/** Files are reports; a folder is one of published reports: `ORG-PRODUCT/VERSION/report.json`. */
function entriesOf(path: string): readonly Entry[] {
  if (!isFolder(path)) return [{ report: readReport(path), place: path.replace(/\.json$/i, '') }];
  const found = readdirSync(path, { recursive: true, encoding: 'utf8' })
    .filter((name) => /(^|[\\/])report\.json$/.test(name))
    .sort();
  if (found.length === 0) throw new UsageError(`There is no report.json in ${path}.`);
  return found.map((name) => ({ report: readReport(join(path, name)), place: join(name, '..') }));
}

function isFolder(path: string): boolean {
  try {
    return statSync(path).isDirectory();
  } catch {
    return false;
  }
}

/** `compare`: reports side by side. Ends with 1 when something fails in the last that did not in the one before. */
export function compareCommand(paths: readonly string[], options: CompareOptions): number {
  const entries = paths.flatMap(entriesOf);
  const reports = entries.map(({ report }) => report);
  const [last, before] = [reports.at(-1), reports.at(-2)];
  if (last === undefined || (before === undefined && options.site === undefined))
    throw new UsageError('Give two reports or more, or a folder of them.');
  const matrix = matrixOf(reports, reports.map(nameOf));
  // Implementations in a folder come in no order of time.
  const isSeries = before !== undefined && !paths.some(isFolder);
  const change = isSeries ? changeBetween(before, last) : undefined;
  process.stdout.write(reports.length === 2 && change !== undefined ? changeTerminal(change) : matrixTerminal(matrix));
  const { report: files = [] } = options;
  checkWritable(files);
  for (const { format, file } of files) {
    if (format !== 'markdown' && format !== 'html')
      throw new UsageError(`compare writes markdown and html, not ${format}.`);
    const text = format === 'html' ? matrixHtml(matrix) : matrixMarkdown(matrix);
    if (file === '-') process.stdout.write(text);
    else writeFileSync(file, text);
  }
  if (options.site !== undefined) writeSite(options.site, entries);
  return (change?.broke.length ?? 0) > 0 ? 1 : 0;
}

/** A static site: the matrix, and a page for each implementation. */
function writeSite(folder: string, entries: readonly Entry[]): void {
  const places = entries.map(({ place }) =>
    relative('.', place)
      .replace(/[^\w./-]+/g, '-')
      .replace(/\.\.\//g, ''),
  );
  for (const [i, { report }] of entries.entries()) {
    const own = join(folder, places[i] ?? String(i));
    mkdirSync(own, { recursive: true });
    writeFileSync(join(own, 'index.html'), html(report));
  }
  const hrefs = places.map((place) => `${place.split('/').map(encodeURIComponent).join('/')}/index.html`);
  writeFileSync(join(folder, 'index.html'), matrixHtml(matrixOf(entries.map(({ report }) => report)), { hrefs }));
}
