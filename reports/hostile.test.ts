import fc from 'fast-check';
import { marked, type Token } from 'marked';
import { type DefaultTreeAdapterTypes, parse } from 'parse5';
import { describe, expect, it } from 'vitest';
import { create } from 'xmlbuilder2';
import type { Finding, Report, Result } from '../specs/report.ts';
import { annotations } from './annotations.ts';
import { sealed } from './checksum.ts';
import { changeBetween, matrixOf } from './compare.ts';
import { matrixHtml } from './html/matrix.tsx';
import { renderers } from './index.ts';
import { changeTerminal, matrixMarkdown, matrixTerminal } from './matrix-text.ts';
import { readme } from './publish.ts';
import { terminal } from './terminal.ts';

/** What does harm somewhere, if it comes through. */
const nasty = [
  '</script><script>alert(1)</script>',
  '"><img src=x onerror=alert(1)>',
  ']]><!--',
  '&amp;&#x3c;&nbsp;',
  '\u0000\u001b]0;title\u0007\u001b[31m\u009b2J',
  '\u202egnp.exe\u2066\u200b\ufeff',
  '\ud800',
  '\udfff\uffff\ufffe',
  '\r\n::error::x\n::stop-commands::x',
  '%0A::set-output name=x::y',
  '##[command]x',
  '```\n~~~\n</details>',
  '| a | b |\n|---|---|',
  '[x](javascript:alert(1)) ![i](http://x/y.png) <http://x>',
  '@everyone #1 http://x.example www.x.example a@b.example',
  `'; rm -rf / #\`id\`$(id)$\{HOME}`,
  '# heading\n- list\n1. one\n    code\n> quote\n---',
  '{"a":"\u2028"}',
];

const text = fc.oneof(
  fc.constantFrom(...nasty),
  fc.string({ unit: 'binary', maxLength: 40 }),
  fc.array(fc.constantFrom(...nasty), { minLength: 2, maxLength: 4 }).map((parts) => parts.join('')),
);

/** A report in which everything that a target, or its owner, can say is nasty. */
const reports: fc.Arbitrary<Report> = fc
  .record({
    a: text,
    b: text,
    c: text,
    d: text,
    status: fc.constantFrom(200, 404, 422, 500),
    checks: fc.constantFrom('status', 'error shape', 'no internals', 'starts nothing', 'contract'),
  })
  .map(({ a, b, c, d, status, checks }): Report => {
    const request = {
      method: 'POST',
      url: 'http://127.0.0.1:1/v2',
      headers: { 'Content-Type': b },
      body: a,
      body_bytes: 3,
    };
    const response = { status, headers: { 'x-a': c, 'content-type': d }, body: d, body_bytes: 3, duration_ms: 1 };
    const finding: Finding = {
      check: checks,
      expected: '400',
      actual: a,
      stimulus: b,
      source: 'Status Codes',
      where: c,
      curl: `curl '${d}'`,
      replay: `rebuild-conformance run --only ${a}`,
      count: 1,
      failed: 1,
      sent: 1,
      exchange: { request, response },
      baseline: { request, failure: c },
    };
    const one = (over: Partial<Result>): Result => ({
      requirement: 'body/is-present',
      level: 'MUST',
      technique: 'property',
      title: 'A title.',
      verdict: 'fail',
      cases: 1,
      accepted: 0,
      rejected: 1,
      findings: [finding],
      ...over,
    });
    return {
      schema_version: 1,
      suite: { name: 'rebuild-conformance', version: '1.0.0', edition: '2025-11' },
      target: { url: 'http://127.0.0.1:1', name: a, version: b, vendor: c },
      seed: 1,
      runs: 1,
      strict: false,
      started_at: '2026-11-23T12:00:00.000Z',
      duration_ms: 1,
      requests: 1,
      rebuilds: 0,
      retries: 0,
      incomplete: false,
      outcome: 'nonconformant',
      headline: `nonconformant ${d}`,
      notes: [a, c],
      results: [
        one({}),
        one({ requirement: 'body/other', findings: [{ ...finding, exchange: { request, failure: d } }] }),
        one({ requirement: 'body/third', verdict: 'untested', reason: b, findings: [] }),
        one({ requirement: 'body/fourth', verdict: 'waived', reason: c }),
      ],
    };
  });

const plainText = /[^\P{Cc}\t\n]|[\p{Cf}\p{Cs}\p{Zl}\p{Zp}\p{Noncharacter_Code_Point}]/u;

function holds(check: (report: Report) => void): void {
  fc.assert(fc.property(reports, check), { numRuns: 30 });
}

const elements = new Set(
  'html head meta title style body main header h1 h2 h3 h4 p span div table caption thead tbody tr th td ul li details summary dl dt dd section article code pre mark a strong form label input output script svg g text rect figure figcaption'.split(
    ' ',
  ),
);

/** Throws for an element, an attribute or an address that the suite does not write itself. */
function checkPage(page: string, scripts: number): void {
  let found = 0;
  const visit = (node: DefaultTreeAdapterTypes.Node): void => {
    if ('tagName' in node) {
      expect(elements).toContain(node.tagName);
      if (node.tagName === 'script') found += 1;
      for (const { name, value } of node.attrs) {
        expect(name).not.toMatch(/^on|^src|^srcdoc|^action$/);
        if (name === 'href') expect(value).toMatch(/^#[\w/-]+$/);
      }
    }
    if ('childNodes' in node) for (const child of node.childNodes) visit(child);
  };
  const document = parse(page);
  visit(document);
  expect(found).toBe(scripts);
  expect(page.replace(/<script>[\s\S]*?<\/script>/, '')).not.toMatch(plainText);
}

/** Throws for markup, links and mentions. */
function checkMarkdown(page: string): void {
  const visit = (token: Token): void => {
    expect(['link', 'image', 'del']).not.toContain(token.type);
    if (token.type === 'html') expect(token.raw.replace(/<\/?(details|summary)>/g, '')).not.toMatch(/<[a-z/!]/i);
    if (token.type === 'text' || token.type === 'paragraph') expect(token.raw).not.toMatch(/(^|\s)@\w/);
    for (const child of 'tokens' in token ? (token.tokens ?? []) : []) visit(child);
    if (token.type === 'list') for (const item of token.items) visit(item);
    if (token.type === 'table')
      for (const cell of [...token.header, ...token.rows.flat()]) for (const child of cell.tokens) visit(child);
  };
  for (const token of marked.lexer(page)) visit(token);
  expect(page).not.toMatch(plainText);
}

describe('whatever a target says', () => {
  it('JSON says the same, and misleads nobody', () =>
    holds((report) => {
      for (const format of ['json', 'ctrf', 'har'] as const) {
        const written = renderers[format](report);
        expect(written).not.toMatch(plainText);
        expect(() => JSON.parse(written)).not.toThrow();
      }
      expect(JSON.parse(renderers.json(report))).toEqual(report);
      const lines = renderers.ndjson(sealed(report)).trimEnd().split('\n');
      expect(lines).toHaveLength(report.results.length + 2);
      for (const line of lines) expect(() => JSON.parse(line)).not.toThrow();
    }));
  it('XML is XML', () =>
    holds((report) => {
      const xml = renderers.junit(report);
      expect(xml).not.toMatch(plainText);
      expect(xml).not.toMatch(/&(?!(amp|lt|gt|quot|apos|#\d+|#x[0-9a-f]+);)/i);
      const root = create(xml).root();
      const cases = root.filter((node) => node.node.nodeName === 'testcase', false, true);
      const names = cases.map(({ node }) =>
        (node as unknown as Element & { getAttribute(n: string): string }).getAttribute('name'),
      );
      expect(new Set(names).size).toBe(report.results.length);
      expect(() => create(renderers.badge(report))).not.toThrow();
    }));
  it('pages have no markup but their own', () =>
    holds((report) => {
      checkPage(renderers.html(report), 1);
      checkPage(matrixHtml(matrixOf([report, report])), 0);
    }));
  it('Markdown has no markup, links or mentions', () =>
    holds((report) => {
      checkMarkdown(renderers.markdown(report));
      checkMarkdown(matrixMarkdown(matrixOf([report, report])));
      checkMarkdown(readme(report));
    }));
  it('nothing of it becomes a command of GitHub', () =>
    holds((report) => {
      for (const line of annotations(report).trimEnd().split('\n')) {
        expect(line).toMatch(/^::(error|warning|notice) title=[^:,]*::/);
        expect(line).not.toMatch(plainText);
      }
    }));
  it('a terminal is told no escapes', () =>
    holds((report) => {
      const { name = '' } = report.target;
      const matrix = matrixOf([report, { ...report, target: { ...report.target, name: `${name}2` } }]);
      for (const shown of [
        terminal(report, { color: false }),
        matrixTerminal(matrix),
        changeTerminal(changeBetween(report, report)),
      ])
        expect(shown).not.toMatch(plainText);
    }));
});
