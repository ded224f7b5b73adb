import type { Report } from '../specs/report.ts';
import { badge, badgeEndpoint } from './badge.ts';
import { ctrf } from './ctrf.ts';
import type { Format } from './formats.ts';
import { har } from './har.ts';
import { html } from './html/page.tsx';
import { json } from './json.ts';
import { junit } from './junit.ts';
import { markdown } from './markdown.ts';
import { ndjson } from './ndjson.ts';

/** Every form of a report that goes into a file; the name of the file decides where a form has two. */
export const renderers: Readonly<Record<Format, (report: Report, file?: string) => string>> = {
  json,
  ndjson,
  junit,
  html,
  markdown,
  har,
  ctrf,
  badge: (report, file = '') => (/\.json$/i.test(file) ? badgeEndpoint(report) : badge(report)),
};

export type { Format } from './formats.ts';
