import type { VNode } from 'preact';
import type { Row } from '../rows.ts';
import { type Cell, sections } from '../sections.ts';
import { Tag } from './text.tsx';

function CellPart({ cell, rows }: { readonly cell: Cell; readonly rows: ReadonlyMap<string, Row> }): VNode {
  const own = cell.rows.flatMap((id) => rows.get(id) ?? []);
  const others = own.filter(({ verdict }) => verdict !== 'pass');
  return (
    <tr>
      <th scope="row">{cell.name}</th>
      <td>{cell.says}</td>
      <td>
        {own.length === 0 ? <span class="dim">no row</span> : `${own.length - others.length} of ${own.length} pass`}
        {others.length === 0 ? null : (
          <details class="others">
            <summary>the other {others.length}</summary>
            {others.map((row) => (
              <div>
                <Tag word={row.verdict} kind={row.level === 'MAY' && row.verdict === 'fail' ? 'MAY' : row.verdict} />{' '}
                <a href={`#${row.id}`}>{row.id}</a>
              </div>
            ))}
          </details>
        )}
      </td>
    </tr>
  );
}

/** The page by its sections: what each cell of its tables says, and the verdicts of the rows that rest on it. */
export function Sections({ rows }: { readonly rows: readonly Row[] }): VNode {
  const known = new Map(rows.map((row) => [row.id, row]));
  return (
    <section aria-labelledby="page">
      <h2 id="page">By section of the page</h2>
      <table class="sections">
        {sections.map(({ name, cells }) => (
          <tbody>
            <tr>
              <th scope="rowgroup" colSpan={3} class="group">
                {name}
              </th>
            </tr>
            {cells.map((cell) => (
              <CellPart cell={cell} rows={known} />
            ))}
          </tbody>
        ))}
      </table>
    </section>
  );
}
