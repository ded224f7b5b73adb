import { createHash } from 'node:crypto';
import type { VNode } from 'preact';
import { renderToString } from 'preact-render-to-string';
import type { Report } from '../../specs/report.ts';
import { causesOf } from '../causes.ts';
import { identityOf, limitsOf } from '../claim.ts';
import { type Row, rowsOf } from '../rows.ts';
import { levels, verdicts } from '../summary.ts';
import { visibleLine } from '../visible.ts';
import { Causes } from './causes.tsx';
import { Charts, HeatMap } from './picture.tsx';
import { Rows } from './rows.tsx';
import { script } from './script.ts';
import { Sections } from './sections.tsx';
import { style } from './style.ts';
import { Pair, Tag, Text } from './text.tsx';

function hashOf(text: string): string {
  return `'sha256-${createHash('sha256').update(text).digest('base64')}'`;
}

/** Rows by level and verdict. */
function Counts({ rows }: { readonly rows: readonly Row[] }): VNode {
  return (
    <table class="counts">
      <caption>Rows by level and verdict</caption>
      <thead>
        <tr>
          <th scope="col">Level</th>
          {verdicts.map((verdict) => (
            <th scope="col">{verdict}</th>
          ))}
        </tr>
      </thead>
      <tbody>
        {levels.map((level) => (
          <tr>
            <th scope="row">{level}</th>
            {verdicts.map((verdict) => {
              const count = rows.filter((row) => row.level === level && row.verdict === verdict).length;
              const kind = count === 0 || (level === 'MAY' && verdict === 'fail') ? 'dim' : verdict;
              return <td class={kind}>{count}</td>;
            })}
          </tr>
        ))}
      </tbody>
    </table>
  );
}

/** The first screen: the verdict, of what, what limits it, and a picture. */
function FirstScreen({ report, rows }: { readonly report: Report; readonly rows: readonly Row[] }): VNode {
  const limits = [...limitsOf(report), ...report.notes];
  const [target, ...facts] = identityOf(report);
  return (
    <>
      <header class={report.outcome}>
        <Tag word={report.outcome} />
        <h1>
          <Text>{report.headline}</Text>
        </h1>
        <p>
          <Text>{target?.[1] ?? report.target.url}</Text>
        </p>
      </header>
      <div class="first">
        <div>
          <Counts rows={rows} />
          <h2>What limits the claim</h2>
          {limits.length === 0 ? <p>Nothing: all rows were tested, and none is waived.</p> : null}
          <ul>
            {limits.map((limit) => (
              <li>
                <Text>{limit}</Text>
              </li>
            ))}
          </ul>
          <details class="identity">
            <summary>How to do it again</summary>
            <dl>
              {facts.map(([name, value]) => (
                <Pair name={name} value={value} />
              ))}
            </dl>
          </details>
        </div>
        <div>
          <HeatMap rows={rows} />
          <p class="dim">Failing of all rows, by what they are about and what was asked.</p>
        </div>
      </div>
      <Charts report={report} />
    </>
  );
}

function Page({ report }: { readonly report: Report }): VNode {
  const rows = rowsOf(report);
  return (
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta
          http-equiv="Content-Security-Policy"
          content={`default-src 'none'; style-src ${hashOf(style)}; script-src ${hashOf(script)}; base-uri 'none'; form-action 'none'`}
        />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="referrer" content="no-referrer" />
        <title>{visibleLine(report.headline)}</title>
        <style dangerouslySetInnerHTML={{ __html: style }} />
      </head>
      <body>
        <main>
          <FirstScreen report={report} rows={rows} />
          <Causes causes={causesOf(report)} />
          <Rows rows={rows} />
          <Sections rows={rows} />
        </main>
        <script dangerouslySetInnerHTML={{ __html: script }} />
      </body>
    </html>
  );
}

/** One page that needs nothing else, no network and no script. */
export function html(report: Report): string {
  return `<!doctype html>\n${renderToString(<Page report={report} />)}\n`;
}
