import { readFileSync } from 'node:fs';
import { UsageError } from '../runner/configuration/usage-error.ts';
import { parseForeign } from '../specs/foreign-json.ts';
import schema from '../specs/report.schema.json' with { type: 'json' };
import type { Report } from '../specs/report.ts';
import { validatorOf } from '../specs/validator.ts';

/** Why a text is no report; undefined: it is one. */
export function flawOf(value: unknown): string | undefined {
  const validate = validatorOf(schema);
  if (validate(value)) return undefined;
  const [error] = validate.errors ?? [];
  return `${error?.instancePath || 'it'} ${error?.message ?? 'is wrong'}`;
}

/** Reads a JSON report. Throws a UsageError that says what is wrong with the file. */
export function readReport(file: string): Report {
  const value = readJson(file);
  const flaw = flawOf(value);
  if (flaw !== undefined) throw new UsageError(`${file} is no report of this suite: ${flaw}.`);
  return value as Report;
}

export function readJson(file: string): unknown {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    throw new UsageError(`The report ${file} cannot be read (${(error as NodeJS.ErrnoException).code ?? 'unknown'}).`);
  }
  const value = parseForeign(text);
  if (value === undefined)
    throw new UsageError(`${file} is no JSON, or nested too deep: give the JSON report of a run.`);
  return value;
}
