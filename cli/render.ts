import { copyFileSync, existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { sealed } from '../reports/checksum.ts';
import { json } from '../reports/json.ts';
import { anonymous, folderOf, readme } from '../reports/publish.ts';
import { UsageError } from '../runner/configuration/usage-error.ts';
import type { ReportFile } from './arguments.ts';
import { readReport } from './read-report.ts';
import { checkWritable, writeReports } from './report-files.ts';

export interface RenderOptions {
  readonly report?: readonly ReportFile[];
  readonly publish?: string;
  readonly anonymous?: string;
}

/** `render`: other forms of a JSON report; `--publish`: the folder that a programme collects. */
export async function renderCommand(file: string, options: RenderOptions): Promise<number> {
  const { report: files = [], publish } = options;
  if (files.length === 0 && publish === undefined)
    throw new UsageError('Nothing to render: give --report FORMAT=FILE, or --publish DIR.');
  const read = readReport(file);
  const report = options.anonymous === undefined ? read : anonymous(read, options.anonymous);
  checkWritable(files);
  await writeReports(report, files);
  if (publish === undefined) return 0;
  const folder = join(publish, folderOf(report));
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'report.json'), json(sealed(report)));
  writeFileSync(join(folder, 'README.md'), readme(report));
  const trace = join(dirname(file), 'trace.ndjson');
  // A trace names the target on every line.
  if (options.anonymous === undefined && existsSync(trace)) copyFileSync(trace, join(folder, 'trace.ndjson'));
  process.stderr.write(`${folder}\n`);
  return 0;
}
