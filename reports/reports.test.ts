import { readFileSync } from 'node:fs';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { describe, expect, it } from 'vitest';
import { create } from 'xmlbuilder2';
import type { Finding, Report, Result } from '../specs/report.ts';
import { annotations } from './annotations.ts';
import { renderers } from './index.ts';
import { escapeMarkdown, fence } from './markdown.ts';
import { terminal } from './terminal.ts';
import { segments, visible } from './visible.ts';

const hostile =
  ']]> <script>alert(1)</script> ``` ```` | \x1b[31mred\x1b[0m \0 \x9b2J \u202egnp \ud800 \uffff\r\n::error::x\n</details>';

function finding(over: Partial<Finding> = {}): Finding {
  return {
    check: 'status',
    expected: '400',
    actual: '200',
    stimulus: `image_id is missing ${hostile}`,
    source: 'Table 2: image_id is mandatory',
    where: '/error_code',
    curl: `curl -d '${hostile}' https://target.example/v2`,
    replay: 'rebuild-conformance run --only body/image-id-is-required --seed 42',
    count: 3,
    failed: 2,
    sent: 3,
    exchange: {
      request: {
        method: 'POST',
        url: 'https://target.example/v2',
        headers: { a: hostile },
        body: hostile,
        body_bytes: 90,
      },
      response: { status: 200, headers: { server: hostile }, body: hostile, body_bytes: 90, duration_ms: 1.5 },
    },
    ...over,
  };
}

function result(over: Partial<Result>): Result {
  return {
    requirement: 'body/image-id-is-required',
    level: 'MUST',
    technique: 'property',
    title: 'A body without image_id is refused.',
    verdict: 'pass',
    cases: 10,
    accepted: 1,
    rejected: 9,
    findings: [],
    ...over,
  };
}

const silent = finding({
  check: 'answered',
  actual: hostile,
  exchange: { request: { method: 'POST', url: 'https://x', headers: {}, body_bytes: 0 }, failure: hostile },
});

const report: Report = {
  schema_version: 1,
  suite: { name: 'rebuild-conformance', version: '1.0.0', edition: '2025-11' },
  target: { url: 'https://target.example', name: hostile, version: '1', vendor: 'Acme' },
  seed: 42,
  runs: 100,
  strict: false,
  started_at: '2026-11-23T12:00:00.000Z',
  duration_ms: 1234,
  requests: 5120,
  rebuilds: 7,
  retries: 0,
  incomplete: false,
  outcome: 'nonconformant',
  headline: 'Nonconformant: 2 MUST requirements fail',
  notes: [hostile],
  results: [
    result({ verdict: 'pass', requirement: 'path/pass' }),
    result({ verdict: 'fail', findings: [finding()] }),
    result({ verdict: 'fail', requirement: 'body/twin', technique: 'contract', findings: [finding(), silent] }),
    result({ verdict: 'fail', level: 'SHOULD', requirement: 'error/should', findings: [silent] }),
    result({ verdict: 'fail', level: 'MAY', requirement: 'error/may', findings: [silent] }),
    result({ verdict: 'untested', requirement: 'auth/untested', reason: hostile, cut_by: 'rebuilds' }),
    result({ verdict: 'error', requirement: 'auth/error', technique: 'sequence', reason: hostile }),
    result({ verdict: 'waived', requirement: 'auth/waived', reason: hostile, findings: [finding()] }),
  ],
};

const forbidden = /[^\P{Cc}\t\n]|\u202e|\uffff/u;

describe('schema', () => {
  const schema: unknown = JSON.parse(readFileSync(new URL('../specs/report.schema.json', import.meta.url), 'utf8'));
  const validate = new Ajv2020({ allErrors: true }).compile(schema as object);
  it('accepts a report', () => {
    validate(JSON.parse(renderers.json(report)));
    expect(validate.errors).toBeNull();
  });
  it('refuses what is unknown, missing or unexplained', () => {
    expect(validate({ ...report, extra: 1 })).toBe(false);
    expect(validate({ ...report, results: [result({ verdict: 'untested' })] })).toBe(false);
    const { seed: _, ...rest } = report;
    expect(validate(rest)).toBe(false);
  });
});

describe('every renderer', () => {
  const outputs = { ...renderers, terminal: (r: Report) => terminal(r, { color: false }) };
  it.each(Object.entries(outputs))('%s prints nothing dangerous', (_, render) => {
    const text = render(report);
    expect(text).not.toMatch(forbidden);
    expect(text).not.toMatch(/\p{Cs}/u);
    expect(text.endsWith('\n')).toBe(true);
    expect(() => render({ ...report, results: [], notes: [] })).not.toThrow();
  });
});

describe('json', () => {
  it('gives the report back', () => expect(JSON.parse(renderers.json(report))).toEqual(report));
});

describe('junit', () => {
  const counts = (xml: string): unknown => {
    const root = create(xml).root().node as unknown as { getAttribute(name: string): string };
    return ['tests', 'failures', 'errors', 'skipped'].map((name) => root.getAttribute(name));
  };
  it('counts', () => expect(counts(renderers.junit(report))).toEqual(['8', '2', '1', '4']));
  it('counts SHOULD when strict', () =>
    expect(counts(renderers.junit({ ...report, strict: true }))).toEqual(['8', '3', '1', '3']));
  it('is not green when the run could not be done', () =>
    expect(counts(renderers.junit({ ...report, outcome: 'error', results: [] }))).toEqual(['1', '0', '1', '0']));
  it('has no markup from outside', () => {
    const xml = renderers.junit(report);
    expect(xml).not.toContain('<script>');
    expect(xml).not.toContain(']]>');
    expect(xml.match(/<testsuite /g)).toHaveLength(3);
  });
});

describe('html', () => {
  const page = renderers.html(report);
  it('has its own script alone, and forbids others', () => {
    expect(page.match(/<script/gi)).toHaveLength(1);
    expect(page).toMatch(/default-src 'none'; style-src 'sha256-[^']+'; script-src 'sha256-[^']+'; base-uri/);
    expect(page).toContain('<span class="esc">\\u202e</span>');
  });
  it('shows what fails first', () =>
    expect(page.indexOf('id="body/twin"')).toBeLessThan(page.indexOf('id="path/pass"')));
  it('counts rows, and no red for MAY', () => {
    expect(page).toContain('>8 rows</h2>');
    expect(page).not.toMatch(/<tr><th scope="row">MAY<\/th>[^\n]*?<td class="fail">/);
  });
  it('stays below 1 MB, however much there is to say', () => {
    const long = 'x'.repeat(4096);
    const { request } = finding().exchange;
    const big = finding({
      exchange: { request: { ...request, body: long }, failure: long },
      baseline: silent.exchange,
    });
    const results = Array.from({ length: 160 }, (_, i) =>
      result({ verdict: 'fail', requirement: `body/row-${i}`, findings: Array(12).fill(big) }),
    );
    expect(renderers.html({ ...report, results }).length).toBeLessThan(1_000_000);
    expect(Buffer.byteLength(renderers.markdown({ ...report, results }))).toBeLessThan(1024 * 1024);
  });
});

describe('markdown', () => {
  it('says the most important in less than twenty lines', () => {
    const causes = Array.from({ length: 30 }, (_, i) =>
      result({ verdict: 'fail', requirement: `answers/row-${i}`, findings: [finding({ check: `check ${i}` })] }),
    );
    const [before = ''] = renderers.markdown({ ...report, results: causes }).split('<details>');
    expect(before.trimEnd().split('\n').length).toBeLessThan(20);
  });
  it('escapes', () => {
    expect(escapeMarkdown('a|b `c` [x](http://y) <i> #1')).toBe(
      'a&#124;b &#96;c&#96; \\[x\\]\\(http:\\/\\/y\\) &lt;i&gt; \\#1',
    );
    expect(fence('a ```` b').startsWith('`````\n')).toBe(true);
  });
});

describe('annotations', () => {
  it('are at most ten, and the first says how many more there are', () => {
    const results = Array.from({ length: 14 }, (_, i) =>
      result({ verdict: 'fail', requirement: `answers/row-${i}`, findings: [finding({ check: `check ${i}` })] }),
    );
    const lines = annotations({ ...report, results })
      .trimEnd()
      .split('\n');
    expect(lines).toHaveLength(10);
    expect(lines[0]).toContain('(4 more causes are in the reports.)');
  });
});

describe('har', () => {
  it('has only numbers where Chromium wants numbers', () => {
    const { log } = JSON.parse(renderers.har(report)) as { log: { entries: Record<string, never>[] } };
    expect(log.entries.length).toBeGreaterThan(0);
    for (const entry of log.entries) {
      const { time, request, response, timings } = entry as unknown as Record<string, Record<string, unknown>>;
      const numbers = [
        time,
        request?.['headersSize'],
        request?.['bodySize'],
        response?.['status'],
        response?.['headersSize'],
        response?.['bodySize'],
        timings?.['send'],
        timings?.['wait'],
        timings?.['receive'],
      ];
      for (const number of numbers) expect(typeof number).toBe('number');
      expect(response).toMatchObject({ redirectURL: '', statusText: '', httpVersion: 'HTTP/1.1' });
    }
  });
});

describe('badge', () => {
  it('is SVG, or what a shields endpoint answers', () => {
    expect(renderers.badge(report, 'badge.svg')).toContain('nonconformant, 1 waived');
    expect(JSON.parse(renderers.badge(report, 'badge.json'))).toEqual({
      schemaVersion: 1,
      label: 'rebuild conformance',
      message: 'nonconformant, 1 waived',
      color: 'red',
    });
  });
});

describe('terminal', () => {
  it('puts findings of one cause together, and ends with the headline', () => {
    const text = terminal(report, { color: false });
    expect(text).toMatch(/^2 causes, the gravest first:/);
    expect(text.trimEnd().endsWith(report.headline)).toBe(true);
    expect(text).not.toMatch(/^::error/m);
  });
  it('shows the heaviest level of a cause', () => {
    const small = finding({ stimulus: 'small' });
    const results = [
      result({ verdict: 'fail', level: 'SHOULD', requirement: 'a/should', findings: [small] }),
      result({ verdict: 'fail', requirement: 'a/must', findings: [finding()] }),
    ];
    expect(terminal({ ...report, results }, { color: false })).toMatch(/ 1 MUST [\s\S]*2 rows/);
  });
  it('keeps to 80 columns and cuts no word', () => {
    for (const name of ['express-default', 'fastapi-default']) {
      const file = readFileSync(new URL(`fixtures/${name}.json`, import.meta.url), 'utf8');
      const lines = terminal(JSON.parse(file) as Report, { color: false }).split('\n');
      expect(lines.length).toBeLessThan(32);
      for (const line of lines) expect(line.length <= 80 || !line.trim().includes(' '), line).toBe(true);
    }
  });
  it('colours on demand', () => expect(terminal(report, { color: true })).toContain('\x1b['));
});

describe('visible', () => {
  it('escapes what is not printable', () => {
    expect(visible('a\x1b\0\u202e\ud800\r\n\té😀')).toBe('a\\x1b\\x00\\u202e\\ud800\\r\n\té😀');
    expect(segments('a\x07b').map(({ text }) => text)).toEqual(['a', '\\x07', 'b']);
  });
});
