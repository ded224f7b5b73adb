import type { Report } from '../specs/report.ts';
import { html } from './html/page.tsx';
import { json } from './json.ts';
import { junit } from './junit.ts';
import { markdown } from './markdown.ts';

export type Format = 'json' | 'junit' | 'html' | 'markdown';

/** Every form of a report that goes into a file. */
export const renderers: Readonly<Record<Format, (report: Report) => string>> = { json, junit, html, markdown };
