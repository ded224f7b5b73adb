import type { VNode } from 'preact';
import type { Report, Verdict } from '../../specs/report.ts';
import { type Asking, askings, placeInPicture, type Row, worse } from '../rows.ts';
import { groupBy } from '../summary.ts';
import { counted } from '../text.ts';
import { visibleLine } from '../visible.ts';

const cell = 48;
const left = 118;
// Room for the longest name of a column, as large as phones show it.
const top = 84;
const right = 64;

/** How a cell is painted: what only MAY ask for is never alarming. */
function paintOf(rows: readonly Row[]): Verdict | 'recorded' {
  const verdict = rows.map((row) => row.verdict).reduce(worse, 'pass');
  const failing = rows.filter((row) => row.verdict === 'fail');
  return verdict === 'fail' && failing.every(({ level }) => level === 'MAY') ? 'recorded' : verdict;
}

function wordsOf(about: string, asking: Asking, rows: readonly Row[]): string {
  const failing = rows.filter((row) => row.verdict === 'fail').length;
  return `${about}, ${asking}: ${counted(rows.length, 'row')}, ${failing} failing, worst ${paintOf(rows)}`;
}

/** What was asked of each field and area, and how it went. */
export function HeatMap({ rows }: { readonly rows: readonly Row[] }): VNode {
  const placed = rows.map((row) => ({ row, ...placeInPicture(row) }));
  const lines = [...groupBy(placed, ({ about }) => about)];
  const used = askings.filter((asking) => placed.some((one) => one.asking === asking));
  const [width, height] = [left + used.length * cell + right, top + lines.length * 26 + 4];
  return (
    <svg class="heat" viewBox={`0 0 ${width} ${height}`}>
      <title>Rows by field or area, and by what was asked</title>
      {used.map((asking, x) => (
        <text x={left + x * cell + 14} y={top - 8} transform={`rotate(-40 ${left + x * cell + 14} ${top - 8})`}>
          {asking}
        </text>
      ))}
      {lines.map(([about, own], y) => (
        <g>
          <text x={left - 8} y={top + y * 26 + 17} text-anchor="end">
            {visibleLine(about).slice(0, 18)}
          </text>
          {used.map((asking, x) => {
            const here = own.filter((one) => one.asking === asking).map(({ row }) => row);
            if (here.length === 0) return null;
            const failing = here.filter((row) => row.verdict === 'fail').length;
            return (
              <a href={`#${here.find((row) => row.verdict !== 'pass')?.id ?? here[0]?.id}`}>
                <title>{visibleLine(wordsOf(about, asking, here))}</title>
                <rect
                  class={`cell ${paintOf(here)}`}
                  x={left + x * cell}
                  y={top + y * 26}
                  width={cell - 3}
                  height={23}
                  rx={3}
                />
                <text class="in" x={left + x * cell + cell / 2 - 2} y={top + y * 26 + 16} text-anchor="middle">
                  {failing > 0 ? `${failing}/${here.length}` : here.length}
                </text>
              </a>
            );
          })}
        </g>
      ))}
    </svg>
  );
}

interface Bar {
  readonly name: string;
  readonly count: number;
}

/** Bars with their names and counts in words, so that nothing rests on length alone. */
function Bars({ title, bars }: { readonly title: string; readonly bars: readonly Bar[] }): VNode {
  const most = Math.max(1, ...bars.map(({ count }) => count));
  return (
    <figure>
      <figcaption>{title}</figcaption>
      <svg
        viewBox={`0 0 300 ${bars.length * 18 + 2}`}
        role="img"
        aria-label={`${title}: ${bars.map(({ name, count }) => `${name} ${count}`).join(', ')}`}
      >
        {bars.map(({ name, count }, i) => (
          <>
            <text x={64} y={i * 18 + 13} text-anchor="end">
              {name}
            </text>
            <rect class="bar" x={70} y={i * 18 + 3} width={Math.max(1, (count / most) * 170)} height={13} />
            <text x={76 + (count / most) * 170} y={i * 18 + 13}>
              {count}
            </text>
          </>
        ))}
      </svg>
    </figure>
  );
}

function Timeline({ bin_ms, counts }: { readonly bin_ms: number; readonly counts: readonly number[] }): VNode {
  const most = Math.max(1, ...counts);
  const step = 300 / Math.max(1, counts.length);
  const title = `Requests over time, ${((counts.length * bin_ms) / 1000).toFixed(0)} s`;
  return (
    <figure>
      <figcaption>{title}</figcaption>
      <svg viewBox="0 0 300 72" role="img" aria-label={`${title}, at most ${most} in ${bin_ms} ms`}>
        {counts.map((count, i) => (
          <rect
            class="bar"
            x={i * step}
            y={70 - (count / most) * 68}
            width={Math.max(1, step - 1)}
            height={(count / most) * 68}
          />
        ))}
      </svg>
    </figure>
  );
}

/** Status codes, latency and requests over time; nothing where the report has no statistics. */
export function Charts({ report: { statistics } }: { readonly report: Report }): VNode | null {
  if (statistics === undefined) return null;
  const { statuses, latency, timeline } = statistics;
  return (
    <div class="charts">
      <Bars
        title="Status codes"
        bars={Object.entries(statuses).map(([name, count]) => ({ name: visibleLine(name), count }))}
      />
      <Bars title="Latency" bars={latency.map(({ to_ms, count }) => ({ name: `≤ ${to_ms} ms`, count }))} />
      <Timeline {...timeline} />
    </div>
  );
}
