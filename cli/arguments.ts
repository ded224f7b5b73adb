import { InvalidArgumentError } from 'commander';
import { type Format, formats } from '../reports/formats.ts';

/** A parser of whole numbers from `min` to `max`. */
export function whole(min: number, max: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (/^\d+$/.test(text) && value >= min && value <= max) return value;
    throw new InvalidArgumentError(`It must be a whole number from ${min} to ${max}.`);
  };
}

export function positive(text: string): number {
  const value = Number(text);
  if (/^\d*\.?\d+$/.test(text) && value > 0) return value;
  throw new InvalidArgumentError('It must be a number above 0.');
}

/** `2/5`, counted from one. */
export function shard(text: string): { index: number; total: number } {
  const [, index, total] = /^(\d{1,6})\/(\d{1,6})$/.exec(text)?.map(Number) ?? [];
  if (index !== undefined && total !== undefined && index >= 1 && index <= total) return { index, total };
  throw new InvalidArgumentError('It must be I/N with I from 1 to N, such as 2/5.');
}

export interface ReportFile {
  readonly format: Format;
  /** A path; `-` is stdout. */
  readonly file: string;
}

/** Collects `FORMAT=FILE`. */
export function reportFile(text: string, before: readonly ReportFile[] = []): readonly ReportFile[] {
  const [, name, file] = /^([^=]*)=(.+)$/s.exec(text) ?? [];
  const format = formats.find((known) => known === name);
  if (format === undefined || file === undefined) {
    throw new InvalidArgumentError(`It must be FORMAT=FILE with one of the formats ${formats.join(', ')}.`);
  }
  return [...before, { format, file }];
}

export const collect = (text: string, before: readonly string[] = []): readonly string[] => [...before, text];
