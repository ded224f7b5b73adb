import { readFileSync } from 'node:fs';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { UsageError } from '../runner/configuration/usage-error.ts';
import schema from '../specs/report.schema.json' with { type: 'json' };
import type { Report } from '../specs/report.ts';

/** A JSON report. Throws a UsageError that says what is wrong with the file. */
export function readReport(file: string): Report {
  let value: unknown;
  try {
    value = JSON.parse(readFileSync(file, 'utf8'));
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    throw new UsageError(`${file} cannot be read as a report: ${code ?? message}.`);
  }
  const valid = new Ajv2020().compile<Report>(schema);
  if (valid(value)) return value;
  const [first] = valid.errors ?? [];
  throw new UsageError(`${file} is no report: ${first?.instancePath || 'the whole'} ${first?.message ?? ''}.`);
}
