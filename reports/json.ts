import type { Report } from '../specs/report.ts';

/** Characters that JSON allows in strings, but that mislead a reader or a terminal. */
const misleading = /[\x7f-\x9f\p{Cf}\p{Zl}\p{Zp}\p{Noncharacter_Code_Point}]/gu;

function unicodeEscape(character: string): string {
  return character
    .split('')
    .map((unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)
    .join('');
}

/** The report itself, as JSON that is safe to print. */
export function json(report: Report): string {
  return `${JSON.stringify(report, null, 2).replace(misleading, unicodeEscape)}\n`;
}
