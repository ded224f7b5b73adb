import type { Report } from '../specs/report.ts';
import { sealed } from './checksum.ts';
import { identityOf, limitsOf } from './claim.ts';
import { escapeMarkdown, fence } from './markdown.ts';

/** A part of a path: letters, digits, dots and hyphens, never a hidden or parent folder. */
function slug(text: string, otherwise: string): string {
  const plain = text
    .normalize('NFKD')
    .replace(/[^A-Za-z0-9.]+/g, '-')
    .replace(/^[-.]+|[-.]+$/g, '')
    .slice(0, 80);
  return plain === '' ? otherwise : plain.toLowerCase();
}

/** Where a report is published: `ORG-PRODUCT/VERSION`. */
export function folderOf({ target }: Report): string {
  const name = [target.vendor, target.name].filter(Boolean).join(' ');
  return `${slug(name, 'unnamed')}/${slug(target.version ?? '', 'unversioned')}`;
}

const nowhere = 'https://anonymous.invalid';

/** The report without who was tested and where; a name of its own tells it from others. */
export function anonymous(report: Report, name: string): Report {
  const { url, name: product, vendor, version } = report.target;
  const { host, hostname } = new URL(url);
  const telling = [url, host, hostname, vendor, product].filter(
    (text): text is string => text !== undefined && text.length > 2,
  );
  const hidden = (value: unknown): unknown => {
    if (typeof value === 'string')
      return telling.reduce((text, secret, i) => text.replaceAll(secret, i === 0 ? nowhere : 'anonymous'), value);
    if (Array.isArray(value)) return value.map(hidden);
    if (typeof value !== 'object' || value === null) return value;
    return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, hidden(member)]));
  };
  const { target: _, ...whole } = report;
  // What is on record to be sent again has digests of names, which whoever guesses one can tell.
  const results = report.results.map((result) => ({
    ...result,
    findings: result.findings.map(({ case: _case, before: _before, ...finding }) => finding),
  }));
  const rest = { ...whole, results };
  const target = { url: nowhere, name, ...(version === undefined ? {} : { version }) };
  return sealed({ ...(hidden(rest) as Omit<Report, 'target'>), target });
}

/** The README of a published report: what it claims, what limits that, and how a stranger does it again. */
export function readme(report: Report): string {
  const { suite, seed, runs, strict, claim } = report;
  const command = [
    `npx rebuild-conformance@${suite.version} run --config conformance.yaml --target URL`,
    `--edition ${suite.edition} --seed ${seed} --runs ${runs}`,
    ...(strict ? ['--strict'] : []),
    ...(claim?.consent === false ? [] : ['--allow-rebuild']),
    ...(claim?.only ?? []).map((id) => `--only '${id.replaceAll("'", '')}'`),
  ].join(' ');
  const states = claim?.states.provided ?? [];
  const limits = limitsOf(report);
  return `${[
    `# ${escapeMarkdown(report.headline)}`,
    identityOf(report)
      .map(([name, value]) => `- ${name}: ${escapeMarkdown(value)}`)
      .join('\n'),
    '## What limits the claim',
    limits.length === 0
      ? 'Nothing: all rows were tested, and none is waived.'
      : limits.map((one) => `- ${escapeMarkdown(one)}`).join('\n'),
    '## Reproduce',
    `Write a configuration with a credential of kind ${claim?.auth ?? 'unknown'} and values for these states: ${states.map((state) => escapeMarkdown(state)).join(', ') || 'none'}. Then, on Node ${escapeMarkdown(claim?.node ?? '20 or later')}:`,
    fence(`${command}\nnpx rebuild-conformance@${suite.version} compare report.json reports/latest/report.json`, 'sh'),
    'The same seed sends the same requests. `report.json` is the whole report; `trace.ndjson`, where it is here, what it rests on.',
  ].join('\n\n')}\n`;
}
