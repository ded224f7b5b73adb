import type { Report } from '../specs/report.ts';
import { escapeJson } from './json.ts';

/** The events of a run, one a line: what was run, each result, how it ended. */
export function ndjson({ results, outcome, headline, notes, statistics, checksum, ...about }: Report): string {
  const events = [
    { event: 'run', ...about },
    ...results.map((result) => ({ event: 'result', ...result })),
    { event: 'end', outcome, headline, notes, statistics, checksum },
  ];
  return events.map((event) => `${escapeJson(JSON.stringify(event))}\n`).join('');
}
