import type { VNode } from 'preact';
import type { Finding, Result } from '../../specs/report.ts';
import type { Row } from '../rows.ts';
import { area, groupBy, verdicts } from '../summary.ts';
import { counted } from '../text.ts';
import { FindingPart, weightOf } from './finding.tsx';
import { Tag, Text } from './text.tsx';

/** Bytes of findings that a page holds; the JSON report has all. */
const budget = 500_000;

/** How many findings of each row fit into the page, the first ones first. */
function fitting(rows: readonly Row[]): ReadonlyMap<Result, readonly Finding[]> {
  let left = budget;
  return new Map(
    rows
      .flatMap(({ results }) => results)
      .map((result) => {
        const shown = result.findings.filter((finding) => {
          left -= weightOf(finding);
          return left > 0;
        });
        return [result, shown] as const;
      }),
  );
}

function ResultPart({ result, shown }: { readonly result: Result; readonly shown: readonly Finding[] }): VNode {
  const { technique, verdict, reason, cases, accepted, rejected, cut_by, findings } = result;
  return (
    <div>
      <p>
        <Tag word={verdict} kind={result.level === 'MAY' && verdict === 'fail' ? 'MAY' : verdict} /> {technique}:{' '}
        {counted(cases, 'case')}, {accepted} accepted, {rejected} rejected
        {cut_by === undefined ? '' : `, cut by ${cut_by}`}
        {reason === undefined ? null : (
          <>
            {'. '}
            <Text>{reason}</Text>
          </>
        )}
      </p>
      {shown.map((finding) => (
        <FindingPart finding={finding} />
      ))}
      {shown.length < findings.length ? (
        <p class="dim">{counted(findings.length - shown.length, 'finding')} more in the JSON report</p>
      ) : null}
    </div>
  );
}

function RowPart({
  row,
  shown,
}: {
  readonly row: Row;
  readonly shown: ReadonlyMap<Result, readonly Finding[]>;
}): VNode {
  const kind = row.level === 'MAY' && row.verdict === 'fail' ? 'MAY' : row.verdict;
  return (
    <details class="row" id={row.id} data-verdict={row.verdict}>
      <summary>
        <Tag word={row.verdict} kind={kind} /> <span class="level">{row.level}</span>{' '}
        <code>
          <Text>{row.id}</Text>
        </code>{' '}
        <span class="title">
          <Text>{row.title}</Text>
        </span>
      </summary>
      {row.results.map((result) => (
        <ResultPart result={result} shown={shown.get(result) ?? []} />
      ))}
      <p>
        <a href={`#${row.id}`}>Link to this row</a>
      </p>
    </details>
  );
}

/** All rows, by area, those that fail first. */
export function Rows({ rows }: { readonly rows: readonly Row[] }): VNode {
  const order = [...rows].sort((a, b) => verdicts.indexOf(b.verdict) - verdicts.indexOf(a.verdict));
  const failingFirst = [
    ...order.filter(({ verdict }) => verdict === 'fail'),
    ...rows.filter(({ verdict }) => verdict !== 'fail'),
  ];
  const shown = fitting(failingFirst);
  const used = verdicts.filter((verdict) => rows.some((row) => row.verdict === verdict));
  return (
    <section aria-labelledby="rows">
      <h2 id="rows">{counted(rows.length, 'row')}</h2>
      <form class="filter">
        <label>
          Search <input id="search" type="search" />
        </label>
        {used.map((verdict) => (
          <label>
            <input type="checkbox" value={verdict} checked /> {verdict}
          </label>
        ))}
        <output id="found" />
      </form>
      {[...groupBy(failingFirst, ({ id }) => area(id))].map(([name, own]) => (
        <section class="area">
          <h3>
            <Text>{name}</Text>
          </h3>
          {own.map((row) => (
            <RowPart row={row} shown={shown} />
          ))}
        </section>
      ))}
    </section>
  );
}
