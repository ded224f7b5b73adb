import { create } from 'xmlbuilder2';
import type { Outcome, Report } from '../specs/report.ts';
import { json } from './json.ts';
import { rowsOf } from './rows.ts';

const label = 'rebuild conformance';
const colors: Readonly<Record<Outcome, readonly [name: string, value: string]>> = {
  conformant: ['brightgreen', '#2c7a3f'],
  partial: ['yellow', '#8a6100'],
  nonconformant: ['red', '#b3211c'],
  error: ['lightgrey', '#57606a'],
};

/** `conformant`, `conformant, 2 waived`, `nonconformant`. */
function messageOf(report: Report): string {
  const waived = rowsOf(report).filter(({ verdict }) => verdict === 'waived').length;
  return `${report.outcome}${waived > 0 ? `, ${waived} waived` : ''}`;
}

/** What a shields endpoint answers. */
export function badgeEndpoint(report: Report): string {
  return json({ schemaVersion: 1, label, message: messageOf(report), color: colors[report.outcome][0] });
}

/** A badge as SVG. */
export function badge(report: Report): string {
  const message = messageOf(report);
  const width = (text: string): number => Math.round(text.length * 6.6 + 12);
  const [left, right] = [width(label), width(message)];
  const svg = create().ele('svg', {
    xmlns: 'http://www.w3.org/2000/svg',
    width: left + right,
    height: 20,
    role: 'img',
    'aria-label': `${label}: ${message}`,
  });
  svg.ele('title').txt(`${label}: ${message}`);
  svg.ele('rect', { width: left, height: 20, fill: '#3b4248' });
  svg.ele('rect', { x: left, width: right, height: 20, fill: colors[report.outcome][1] });
  const text = svg.ele('g', {
    fill: '#fff',
    'text-anchor': 'middle',
    'font-family': 'Verdana,sans-serif',
    'font-size': 11,
  });
  text.ele('text', { x: left / 2, y: 14 }).txt(label);
  text.ele('text', { x: left + right / 2, y: 14 }).txt(message);
  return `${svg.end({ headless: true })}\n`;
}
