import type { Report } from '../specs/report.ts';
import { type Cause, causesOf } from './causes.ts';
import { counted } from './text.ts';
import { shorten, visibleLine } from './visible.ts';

/** GitHub shows so many of a step, and drops the rest silently. */
const most = 10;

const kinds = { MUST: 'error', SHOULD: 'warning', MAY: 'notice' } as const;

/** Text of a workflow command: nothing in it can end the command, or begin another. */
function data(text: string): string {
  return visibleLine(shorten(text, 800)).replace(/%/g, '%25');
}

function property(text: string): string {
  return data(shorten(text, 120)).replace(/:/g, '%3A').replace(/,/g, '%2C');
}

function annotation(cause: Cause, more: string): string {
  const [{ finding }] = cause.members;
  const text = `${more}${cause.advice.wants} Sent: ${finding.stimulus}; expected ${finding.expected}, got ${finding.actual}. ${counted(cause.rows.length, 'row')}: ${cause.rows.slice(0, 5).join(' ')}`;
  return `::${kinds[cause.level]} title=${property(`${cause.level} ${cause.title}`)}::${data(text)}`;
}

/** Workflow commands for GitHub, one for each cause, at most ten; the first says how many more there are. */
export function annotations(report: Report): string {
  const causes = causesOf(report);
  const shown = causes.slice(0, most);
  const left = causes.length - shown.length;
  return shown
    .map(
      (cause, i) => `${annotation(cause, i === 0 && left > 0 ? `(${left} more causes are in the reports.) ` : '')}\n`,
    )
    .join('');
}
