import { createHash } from 'node:crypto';
import type { ComponentChildren, VNode } from 'preact';
import { renderToString } from 'preact-render-to-string';
import type { Matrix } from '../compare.ts';
import { editionsNote, tellingLines } from '../matrix-text.ts';
import { rowsOf } from '../rows.ts';
import { counted } from '../text.ts';
import { visibleLine } from '../visible.ts';
import { style } from './style.ts';
import { Tag, Text } from './text.tsx';

/** Tables that are wider than the window scroll by themselves; on a phone each row is a card, with the names of its columns. */
const own = `${style}
.wide{overflow-x:auto}.wide table{width:auto}.wide th,.wide td{padding-right:.9rem;white-space:nowrap}
.wide thead th{white-space:normal;min-width:4rem;max-width:9rem;vertical-align:bottom;overflow-wrap:normal}
@media screen and (max-width:48rem){.wide{overflow-x:visible}.wide :is(table,tbody,tr,th,td){display:block;width:auto;max-width:none;white-space:normal}.wide thead{position:absolute;clip-path:inset(50%);width:1px;height:1px;overflow:hidden}
.wide tr{border-bottom:1px solid var(--line);padding:.4rem 0}.wide tbody :is(th,td){border:0;padding:.05rem 0}.wide td:empty{display:none}.wide td[data-of]::before{content:attr(data-of);display:inline-block;min-width:8rem;margin-right:.6rem;color:var(--dim);font-weight:400}}
@media print{.wide{overflow:visible}.wide table{font-size:.85rem;width:100%}.wide th,.wide td{white-space:normal;padding-right:.5rem}.wide td:first-child{white-space:nowrap}.wide thead th{min-width:0}}
td.pass a,td.fail a,td.error a,td.untested a,td.waived a,td.MAY a{color:inherit}td.fail{font-weight:600}
`;

const ofReports = [
  'Implementation',
  'Outcome',
  'Pass',
  'Fail',
  'Untested',
  'Waived',
  'Edition',
  'Suite',
  'Evidence',
  'Seed',
] as const;

/** A cell that can name its column where there is no head. */
function Cell({
  of,
  kind,
  children,
}: {
  readonly of: string;
  readonly kind?: string;
  readonly children?: ComponentChildren;
}): VNode {
  return (
    <td class={kind} data-of={visibleLine(of)}>
      {children}
    </td>
  );
}

export interface MatrixLinks {
  /** Addresses of the reports, in the order of the implementations; none: no links. */
  readonly hrefs?: readonly string[];
}

function Name({ name, href }: { readonly name: string; readonly href: string | undefined }): VNode {
  return href === undefined ? (
    <Text>{name}</Text>
  ) : (
    <a href={href}>
      <Text>{name}</Text>
    </a>
  );
}

function Page({ matrix, hrefs }: { readonly matrix: Matrix; readonly hrefs: readonly string[] }): VNode {
  const lines = tellingLines(matrix);
  const note = editionsNote(matrix);
  const hash = createHash('sha256').update(own).digest('base64');
  return (
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta
          http-equiv="Content-Security-Policy"
          content={`default-src 'none'; style-src 'sha256-${hash}'; base-uri 'none'; form-action 'none'`}
        />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="referrer" content="no-referrer" />
        <title>Implementations side by side</title>
        <style dangerouslySetInnerHTML={{ __html: own }} />
      </head>
      <body>
        <main>
          <h1>Implementations side by side</h1>
          {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region must be reachable by keyboard */}
          <div class="wide" tabIndex={0}>
            <table>
              <thead>
                <tr>
                  {ofReports.map((title) => (
                    <th scope="col">{title}</th>
                  ))}
                </tr>
              </thead>
              <tbody>
                {matrix.reports.map((report, i) => {
                  const rows = rowsOf(report);
                  const count = (verdict: string): number => rows.filter((row) => row.verdict === verdict).length;
                  return (
                    <tr>
                      <th scope="row">
                        <Name name={matrix.names[i] ?? ''} href={hrefs[i]} />
                      </th>
                      <Cell of="Outcome">
                        <Tag word={report.outcome} />
                      </Cell>
                      <Cell of="Pass">{count('pass')}</Cell>
                      <Cell of="Fail">{count('fail')}</Cell>
                      <Cell of="Untested">{count('untested')}</Cell>
                      <Cell of="Waived">{count('waived')}</Cell>
                      <Cell of="Edition">
                        <Text>{report.suite.edition}</Text>
                      </Cell>
                      <Cell of="Suite">
                        <Text>{report.suite.version}</Text>
                      </Cell>
                      <Cell of="Evidence">{report.claim?.evidence ?? 'unknown'}</Cell>
                      <Cell of="Seed">{report.seed}</Cell>
                    </tr>
                  );
                })}
              </tbody>
            </table>
          </div>
          <h2>{counted(lines.length, 'row')} that somebody fails</h2>
          <p class="dim">A row that everybody fails is suspect itself.</p>
          {note === '' ? null : <p>{note}</p>}
          {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region must be reachable by keyboard */}
          <div class="wide" tabIndex={0}>
            <table>
              <thead>
                <tr>
                  <th scope="col">Level</th>
                  <th scope="col">Row</th>
                  {matrix.names.map((name) => (
                    <th scope="col">
                      <Text>{name}</Text>
                    </th>
                  ))}
                  <th scope="col">Only you</th>
                  <th scope="col">Everybody</th>
                </tr>
              </thead>
              <tbody>
                {lines.map((line) => (
                  <tr>
                    <td>{line.level}</td>
                    <th scope="row">
                      <Text>{line.id}</Text>
                    </th>
                    {line.verdicts.map((verdict, i) => {
                      const href = hrefs[i] === undefined ? undefined : `${hrefs[i]}#${line.id}`;
                      const kind = line.level === 'MAY' && verdict === 'fail' ? 'MAY' : (verdict ?? 'dim');
                      return (
                        <Cell of={matrix.names[i] ?? ''} kind={kind}>
                          <Name name={verdict ?? 'no such row'} href={href} />
                        </Cell>
                      );
                    })}
                    <Cell of="Only you">
                      {line.only === undefined ? null : <Text>{matrix.names[line.only] ?? ''}</Text>}
                    </Cell>
                    <Cell of="Everybody">{line.everybody ? 'yes' : null}</Cell>
                  </tr>
                ))}
              </tbody>
            </table>
          </div>
        </main>
      </body>
    </html>
  );
}

/** The matrix as one page that needs nothing else. */
export function matrixHtml(matrix: Matrix, { hrefs = [] }: MatrixLinks = {}): string {
  return `<!doctype html>\n${renderToString(<Page matrix={matrix} hrefs={hrefs} />)}\n`;
}
