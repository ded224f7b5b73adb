import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { type Browser, chromium, type Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { matrixOf } from '../reports/compare.ts';
import { har } from '../reports/har.ts';
import { matrixHtml } from '../reports/html/matrix.tsx';
import { html } from '../reports/html/page.tsx';
import type { Report, ReportedExchange } from '../specs/report.ts';
import { requirements } from '../specs/requirements.ts';

const executablePath = '/usr/bin/chromium';
const args = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];
const here = existsSync(executablePath);
const skipped = 'Chromium is not installed here: apt-get install chromium';

const folder = mkdtempSync(join(tmpdir(), 'browser-'));
const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

function reportOf(name: string): Report {
  return JSON.parse(readFileSync(new URL(`../reports/fixtures/${name}.json`, import.meta.url), 'utf8')) as Report;
}

function write(name: string, page: string): string {
  const file = join(folder, name);
  writeFileSync(file, page);
  return pathToFileURL(file).href;
}

let browser: Browser | undefined;
beforeAll(async () => {
  if (here) browser = await chromium.launch({ executablePath, args, headless: true });
}, 120_000);
afterAll(async () => {
  await browser?.close();
  rmSync(folder, { recursive: true, force: true });
});

/** With every row that there is: what the fixture leaves out has passed. */
function whole(report: Report): Report {
  const known = new Set(report.results.map(({ requirement }) => requirement));
  const others = requirements
    .filter(({ id }) => !known.has(id))
    .map(({ id, level, title }) => {
      const counts = { cases: 10, accepted: 1, rejected: 9, findings: [] };
      return { requirement: id, level, title, technique: 'property' as const, verdict: 'pass' as const, ...counts };
    });
  return { ...report, results: [...report.results, ...others] };
}

const report = whole(reportOf('fastapi-default'));
const pages = {
  report: write('report.html', html(report)),
  matrix: write(
    'matrix.html',
    matrixHtml(matrixOf(['express-default', 'hono-default', 'fastapi-default'].map(reportOf))),
  ),
};

interface Look {
  readonly width: number;
  readonly colorScheme: 'light' | 'dark';
}

/** Opens a page as somebody sees it; errors of the page and of its policy are told. */
async function open(url: string, { width, colorScheme }: Look, javaScriptEnabled = true) {
  if (browser === undefined) throw new Error(skipped);
  const context = await browser.newContext({ viewport: { width, height: 900 }, colorScheme, javaScriptEnabled });
  const page = await context.newPage();
  const errors: string[] = [];
  page.on('pageerror', (error) => errors.push(error.message));
  page.on('console', (message) => message.type() === 'error' && errors.push(message.text()));
  page.on('request', (request) => request.url() !== url && errors.push(`asks for ${request.url()}`));
  await page.goto(url);
  return { page, errors, close: () => context.close() };
}

/** What axe finds that is serious, in words; the policy of the page lets a debugger in, but no page. */
async function seriousIn(page: Page): Promise<readonly string[]> {
  const session = await page.context().newCDPSession(page);
  const { result } = await session.send('Runtime.evaluate', {
    expression: `${axe};axe.run(document,{resultTypes:['violations']}).then(({violations})=>JSON.stringify(violations.filter(({impact})=>impact==='serious'||impact==='critical').map(({id,nodes})=>id+': '+nodes.slice(0,3).map(({html})=>html.slice(0,200)).join(' | '))))`,
    awaitPromise: true,
    returnByValue: true,
  });
  return JSON.parse(String(result.value)) as string[];
}

/** A4 without a margin of 1 cm, in pixels. */
const sheet = { width: 718, height: 1047 };

/**
 * What is cut where pages end. Pages of paper cannot be looked into, but columns of their size break by the same rules: a
 * block that is in two of them has two rectangles.
 */
const cutOnPaper = `(() => {
  const { style } = document.body;
  Object.assign(style, { margin: 0, width: '${sheet.width}px', height: '${sheet.height}px', columnWidth: '${sheet.width}px', columnGap: 0, columnFill: 'auto' });
  const columnOf = (element) => Math.floor((element.getClientRects()[0]?.left ?? 0) / ${sheet.width});
  const named = (element) => element.tagName + ' ' + (element.id || element.textContent.slice(0, 60));
  const blocks = [...document.querySelectorAll('header,article,figure,.finding,details.row,details.identity,.counts,tbody tr,pre')];
  const height = (element) => [...element.getClientRects()].reduce((sum, rect) => sum + rect.height, 0);
  const cut = blocks.filter((one) => one.getClientRects().length > 1 && height(one) < 0.95 * ${sheet.height});
  const headings = [...document.querySelectorAll('h2,h3')].filter((one) => one.nextElementSibling?.getClientRects().length > 0);
  const alone = headings.filter((one) => columnOf(one) !== columnOf(one.nextElementSibling));
  if (document.documentElement.scrollWidth < 2 * ${sheet.width} && blocks.length > 100) return ['it is all in one column'];
  const beyond = [...document.querySelectorAll('table,pre,svg')].filter((one) => [...one.getClientRects()].some(({ left, right }) => right - left > ${sheet.width} + 1));
  return [...cut, ...alone, ...beyond].map(named);
})()`;

describe.each(Object.entries(pages))('the page of the %s', (name, url) => {
  for (const width of [1280, 390])
    for (const colorScheme of ['light', 'dark'] as const)
      test(`at ${width} px, ${colorScheme}: nothing serious, nothing loaded, no sideways scrolling`, async (context) => {
        if (!here) return context.skip(skipped);
        const { page, errors, close } = await open(url, { width, colorScheme });
        expect(await seriousIn(page)).toEqual([]);
        const inside = await page.evaluate('document.documentElement.scrollWidth <= innerWidth');
        expect(inside).toBe(true);
        expect(errors).toEqual([]);
        await close();
      });

  test('prints on at most ten pages', async (context) => {
    if (!here) return context.skip(skipped);
    const { page, close } = await open(url, { width: 1280, colorScheme: 'light' });
    const pdf = (
      await page.pdf({ format: 'A4', margin: { top: '1cm', bottom: '1cm', left: '1cm', right: '1cm' } })
    ).toString('latin1');
    const count = pdf.match(/\/Type\s*\/Page\b/g)?.length ?? 0;
    expect(count).toBeGreaterThan(0);
    expect(count, name).toBeLessThanOrEqual(10);
    await close();
  });

  test('prints no block in two parts, and no heading without what it heads, and nothing beyond the paper', async (context) => {
    if (!here) return context.skip(skipped);
    const { page, close } = await open(url, { width: sheet.width, colorScheme: 'light' });
    await page.emulateMedia({ media: 'print' });
    expect(await page.evaluate(cutOnPaper)).toEqual([]);
    await page.evaluate('for (const row of [...document.querySelectorAll("details.row")].slice(0, 6)) row.open = true');
    expect(await page.evaluate(cutOnPaper)).toEqual([]);
    await close();
  });
});

test('the matrix shows on a phone who fails what, beside the name', async (context) => {
  if (!here) return context.skip(skipped);
  const { page, close } = await open(pages.matrix, { width: 390, colorScheme: 'light' });
  const beyond = await page.evaluate(
    '[...document.querySelectorAll("tbody :is(th,td)")].filter((one) => one.getBoundingClientRect().right > innerWidth).length',
  );
  expect(beyond).toBe(0);
  const named = 'getComputedStyle(document.querySelector("td.fail"), "::before").content';
  expect(await page.evaluate(named)).toContain('default errors');
  await close();
});

describe('the report', () => {
  const look: Look = { width: 1280, colorScheme: 'light' };
  const visible = 'document.querySelectorAll("details.row:not([hidden])").length';

  test('filters and searches, and opens what an anchor names', async (context) => {
    if (!here) return context.skip(skipped);
    const { page, errors, close } = await open(pages.report, look);
    const all = Number(await page.evaluate(visible));
    await page.fill('#search', 'delay_time is');
    const some = Number(await page.evaluate(visible));
    expect(some).toBeGreaterThan(0);
    expect(some).toBeLessThan(all);
    await page.evaluate("location.hash = 'body/is-present'");
    await page.waitForFunction("document.getElementById('body/is-present').open");
    expect(Number(await page.evaluate(visible))).toBe(all);
    expect(await page.locator('details.row[open] .copy button').count()).toBeGreaterThan(0);
    expect(errors).toEqual([]);
    await close();
  });

  test('tells everything without a script', async (context) => {
    if (!here) return context.skip(skipped);
    const { page, close } = await open(pages.report, look, false);
    expect(await page.locator('.filter').isVisible()).toBe(false);
    expect(await page.locator('.block.copy button').count()).toBe(0);
    const row = page.locator('[id="body/is-present"]');
    await row.locator('summary').first().click();
    expect(await row.locator('pre').first().isVisible()).toBe(true);
    await close();
  });
});

describe('the HAR', () => {
  const importer = 'devtools://devtools/bundled/models/har/har.js';
  /** What the importer of the Network panel, which Chromium brings along, makes of a file. */
  const imported = (text: string): string => `(async () => {
    const { HARFormat, Importer } = await import('${importer}');
    const requests = Importer.Importer.requestsFromHARLog(new HARFormat.HARRoot(JSON.parse(${JSON.stringify(text)})).log);
    const pairs = (headers) => headers.map(({ name, value }) => ({ name, value }));
    return Promise.all(requests.map(async (one) => ({
      method: one.requestMethod,
      url: one.url(),
      sent: pairs(one.requestHeaders()),
      form: (await one.requestFormData()) ?? undefined,
      status: one.statusCode,
      statusText: one.statusText,
      came: pairs(one.responseHeaders),
      body: (await one.requestContentData()).text,
      protocol: one.protocol,
      type: one.resourceType().name(),
      size: one.transferSize,
      lasts: Math.round(1000 * one.duration),
    })));
  })()`;
  const pairs = (headers: Readonly<Record<string, string>>) =>
    Object.entries(headers).map(([name, value]) => ({ name, value }));

  test("is taken by Chromium's own importer, exchange by exchange", { timeout: 60_000 }, async (context) => {
    if (!here || browser === undefined) return context.skip(skipped);
    const [result, ...others] = report.results.filter(({ findings }) => findings.length > 0);
    const [finding] = result?.findings ?? [];
    if (result === undefined || finding === undefined) throw new Error('nothing fails in the fixture');
    // One exchange beside it that was accepted, and one without an answer.
    const { request } = finding.exchange;
    const exchange: ReportedExchange = { request, failure: 'no whole answer came' };
    const silent = { ...finding, baseline: finding.exchange, exchange };
    const whole = { ...report, results: [{ ...result, findings: [silent] }, ...others] };
    const exchanges = whole.results.flatMap(({ findings }) =>
      findings.flatMap(({ baseline, exchange: failing }) => [...(baseline === undefined ? [] : [baseline]), failing]),
    );
    const page = await browser.newPage();
    // The module as a page: whatever comes from there may load it.
    await page.goto(importer);
    const text = har(whole);
    expect(await page.evaluate(imported(text))).toEqual(
      exchanges.map(({ request: { method, url, headers, body }, response }) => ({
        method,
        url,
        sent: pairs(headers),
        ...(body === undefined ? {} : { form: body }),
        status: response?.status ?? 0,
        statusText: '',
        came: pairs(response?.headers ?? {}),
        body: response?.body ?? '',
        protocol: 'http/1.1',
        type: 'fetch',
        size: response?.body_bytes ?? 0,
        lasts: response?.duration_ms ?? 0,
      })),
    );
    expect(text).not.toContain('undefined');
    const spoilt = text.replace(/"time": \d+/, '"time": "soon"');
    await expect(page.evaluate(imported(spoilt)), 'one number that is none').rejects.toThrow();
    await page.close();
  });
});
