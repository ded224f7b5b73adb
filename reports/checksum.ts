import { createHash } from 'node:crypto';
import type { Report } from '../specs/report.ts';

/** The report with its checksum, which is put in the place of an earlier one. */
export function sealed({ checksum: _, ...report }: Report): Report {
  return { ...report, checksum: sumOf(report) };
}

/** Whether a report is as it was sealed; undefined: it never was. */
export function isIntact({ checksum, ...report }: Report): boolean | undefined {
  return checksum === undefined ? undefined : checksum === sumOf(report);
}

function sumOf(report: Omit<Report, 'checksum'>): string {
  return createHash('sha256').update(JSON.stringify(report)).digest('hex');
}
