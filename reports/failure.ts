import picocolors from 'picocolors';
import type { Finding, Result } from '../specs/report.ts';
import { answerLine, frequency } from './summary.ts';
import { shorten, visible, visibleLine } from './visible.ts';

type Colors = ReturnType<typeof picocolors.createColors>;

function indent(text: string): string {
  return visible(text)
    .split('\n')
    .map((line) => `      ${line}`)
    .join('\n');
}

function field(c: Colors, name: string, value: string): string {
  return `    ${c.dim(name.padEnd(10))}${visibleLine(shorten(value, 1000))}`;
}

/** All that a person must know of one finding: what was sent, what was expected and why, what came, how to see it again. */
export function findingText(c: Colors, result: Result, finding: Finding): string {
  const { request, response } = finding.exchange;
  const mark = result.level === 'MUST' ? c.red('✗ MUST') : c.yellow(`✗ ${result.level}`);
  const often = frequency(finding);
  return [
    `  ${mark} ${c.bold(visibleLine(result.requirement))} ${c.dim(result.technique)}`,
    `    ${visibleLine(result.title)}`,
    field(c, 'sent', finding.stimulus),
    field(c, 'expected', finding.expected),
    field(c, 'actual', finding.actual),
    ...(finding.where === undefined ? [] : [field(c, 'where', finding.where)]),
    field(c, 'source', finding.source),
    ...(often ? [field(c, 'how often', often)] : []),
    ...(request.body === undefined ? [] : [`    ${c.dim('body')}`, indent(shorten(request.body, 400))]),
    field(c, 'answer', answerLine(finding)),
    ...(response?.body ? [indent(shorten(response.body, 400))] : []),
    `    ${c.dim('curl')}`,
    indent(finding.curl),
    field(c, 'replay', finding.replay),
  ].join('\n');
}

/** What a person reads of one failing result. */
export function failureText(result: Result): string {
  const c = picocolors.createColors(false);
  if (result.findings.length === 0)
    return `  ✗ ${result.level} ${visibleLine(`${result.requirement} ${result.title}`)}`;
  return result.findings.map((finding) => findingText(c, result, finding)).join('\n\n');
}
