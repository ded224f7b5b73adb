import { createHash } from 'node:crypto';
import type { VNode } from 'preact';
import { renderToString } from 'preact-render-to-string';
import type { Finding, Report, ReportedExchange, Result } from '../specs/report.ts';
import { style } from './style.ts';
import {
  answerLine,
  area,
  countByLevel,
  counts,
  frequency,
  groupBy,
  requestLine,
  targetLine,
  verdicts,
  withVerdict,
} from './summary.ts';
import { segments, visibleLine } from './visible.ts';

/** Text from outside; unprintable characters are shown as marked escapes. */
function Text({ children }: { readonly children: string }): VNode {
  return <>{segments(children).map(({ text, escaped }) => (escaped ? <span class="esc">{text}</span> : text))}</>;
}

function Block({ title, text }: { readonly title: string; readonly text: string }): VNode {
  return (
    <>
      <h4>{title}</h4>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region must be reachable by keyboard */}
      <pre tabIndex={0}>
        <Text>{text}</Text>
      </pre>
    </>
  );
}

function Row({ name, value }: { readonly name: string; readonly value: string | undefined }): VNode | null {
  if (!value) return null;
  return (
    <>
      <dt>{name}</dt>
      <dd>
        <Text>{value}</Text>
      </dd>
    </>
  );
}

function head(first: string, headers: Readonly<Record<string, string>>, body: string | undefined): string {
  const lines = [first, ...Object.entries(headers).map(([name, value]) => `${name}: ${value}`)];
  return body ? `${lines.join('\n')}\n\n${body}` : lines.join('\n');
}

function answerText(finding: Finding, { response }: ReportedExchange): string {
  return response ? head(answerLine(finding), response.headers, response.body) : answerLine(finding);
}

function FindingSection({ finding }: { readonly finding: Finding }): VNode {
  const { request } = finding.exchange;
  return (
    <section class="finding">
      <dl>
        <Row name="Sent" value={finding.stimulus} />
        <Row name="Expected" value={finding.expected} />
        <Row name="Actual" value={finding.actual} />
        <Row name="Where" value={finding.where} />
        <Row name="Check" value={finding.check} />
        <Row name="Source" value={finding.source} />
        <Row name="How often" value={frequency(finding)} />
      </dl>
      <Block
        title={`Request, body of ${request.body_bytes} bytes`}
        text={head(requestLine(finding), request.headers, request.body)}
      />
      <Block title="Answer" text={answerText(finding, finding.exchange)} />
      <Block title="Send it with curl" text={finding.curl} />
      <Block title="Play it again" text={finding.replay} />
    </section>
  );
}

function Failing({ report, result }: { readonly report: Report; readonly result: Result }): VNode {
  return (
    <article class={counts(report, result) ? 'weighs' : ''}>
      <h3>
        <span class={`tag ${result.level}`}>{result.level}</span> <Text>{result.requirement}</Text>{' '}
        <span class="dim">{result.technique}</span>
      </h3>
      <p>
        <Text>{result.title}</Text>
      </p>
      {result.findings.map((finding) => (
        <FindingSection finding={finding} />
      ))}
    </article>
  );
}

function AreaTable({ name, results }: { readonly name: string; readonly results: readonly Result[] }): VNode {
  return (
    <div class="scroll">
      <table>
        <caption>
          <Text>{name}</Text>
        </caption>
        <thead>
          <tr>
            <th scope="col">Requirement</th>
            <th scope="col">Level</th>
            <th scope="col">Technique</th>
            <th scope="col">Verdict</th>
            <th scope="col" class="number">
              Cases
            </th>
            <th scope="col" class="number">
              Accepted
            </th>
            <th scope="col" class="number">
              Rejected
            </th>
          </tr>
        </thead>
        <tbody>
          {results.map((result) => (
            <tr>
              <td>
                <Text>{result.requirement}</Text>
                <div class="dim">
                  <Text>{result.title}</Text>
                </div>
              </td>
              <td>{result.level}</td>
              <td>{result.technique}</td>
              <td>
                <span class={`tag ${result.verdict}`}>{result.verdict}</span>
                {result.reason ? (
                  <div>
                    <Text>{result.reason}</Text>
                  </div>
                ) : null}
                {result.cut_by ? <div class="dim">cut by {result.cut_by}</div> : null}
              </td>
              <td class="number">{result.cases}</td>
              <td class="number">{result.accepted}</td>
              <td class="number">{result.rejected}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function Counts({ report }: { readonly report: Report }): VNode {
  return (
    <table class="counts">
      <caption>Results by level</caption>
      <thead>
        <tr>
          <th scope="col">Level</th>
          {verdicts.map((verdict) => (
            <th scope="col" class="number">
              {verdict}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {countByLevel(report).map(({ level, counts: row }) => (
          <tr>
            <th scope="row">{level}</th>
            {verdicts.map((verdict) => (
              <td class={`number ${row[verdict] > 0 ? verdict : 'dim'}`}>{row[verdict]}</td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function Run({ report }: { readonly report: Report }): VNode {
  const { suite } = report;
  return (
    <dl>
      <Row name="Target" value={targetLine(report)} />
      <Row name="Suite" value={`${suite.name} ${suite.version}, edition ${suite.edition}`} />
      <Row name="Started" value={`${report.started_at}, took ${(report.duration_ms / 1000).toFixed(1)} s`} />
      <Row
        name="Sent"
        value={`${report.requests} requests, ${report.rebuilds} rebuilds accepted, ${report.retries} retries`}
      />
      <Row
        name="Options"
        value={`seed ${report.seed}, ${report.runs} runs for each property${report.strict ? ', strict' : ''}`}
      />
      <Row name="Incomplete" value={report.incomplete ? 'the run ended early; the notes say why' : undefined} />
    </dl>
  );
}

function Page({ report }: { readonly report: Report }): VNode {
  const failing = withVerdict(report, 'fail');
  const others = report.results.filter((result) => result.verdict !== 'fail');
  const waived = others.filter((result) => result.verdict === 'waived' && result.findings.length > 0);
  const hash = createHash('sha256').update(style).digest('base64');
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
        <title>{visibleLine(report.headline)}</title>
        <style dangerouslySetInnerHTML={{ __html: style }} />
      </head>
      <body>
        <main>
          <header class={report.outcome}>
            <span class="tag">{report.outcome}</span>
            <h1>
              <Text>{report.headline}</Text>
            </h1>
          </header>
          <Run report={report} />
          <Counts report={report} />
          {report.notes.length > 0 ? (
            <>
              <h2>Notes</h2>
              <ul>
                {report.notes.map((note) => (
                  <li>
                    <Text>{note}</Text>
                  </li>
                ))}
              </ul>
            </>
          ) : null}
          {failing.length > 0 ? <h2>Failing ({failing.length})</h2> : null}
          {failing.map((result) => (
            <Failing report={report} result={result} />
          ))}
          {waived.length > 0 ? <h2>Waived failures ({waived.length})</h2> : null}
          {waived.map((result) => (
            <details>
              <summary>
                <Text>{`${result.requirement}: ${result.reason ?? ''}`}</Text>
              </summary>
              {result.findings.map((finding) => (
                <FindingSection finding={finding} />
              ))}
            </details>
          ))}
          {others.length > 0 ? <h2>Other results ({others.length})</h2> : null}
          {[...groupBy(others, (result) => area(result.requirement))].map(([name, results]) => (
            <AreaTable name={name} results={results} />
          ))}
        </main>
      </body>
    </html>
  );
}

/** One page that needs nothing else: no scripts, no requests. */
export function html(report: Report): string {
  return `<!doctype html>\n${renderToString(<Page report={report} />)}\n`;
}
