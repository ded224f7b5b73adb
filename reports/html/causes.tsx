import type { VNode } from 'preact';
import type { Cause } from '../causes.ts';
import { counted } from '../text.ts';
import { FindingPart } from './finding.tsx';
import { Tag, Text } from './text.tsx';

/** Rows that are named beside a cause before the rest is only counted. */
const mostNamed = 40;

/** A cause: how to mend it, the example that proves it, and its rows. */
function CausePart({ cause }: { readonly cause: Cause }): VNode {
  const [example] = cause.members;
  const { wants, how, example: folder } = cause.advice;
  return (
    <article id={cause.id} class={`cause ${cause.counts ? 'weighs' : ''}`}>
      <h3>
        <Tag word={cause.level} /> <Text>{cause.title}</Text>{' '}
        <span class="dim">{counted(cause.rows.length, 'row')}</span>
      </h3>
      <p>
        <Text>{wants}</Text>
      </p>
      <p>
        <strong>To mend it:</strong> <Text>{how}</Text>
        {folder === undefined ? null : (
          <>
            {' '}
            See <code>{folder}</code>.
          </>
        )}
      </p>
      <p class="ids">
        {cause.rows.slice(0, mostNamed).map((id) => (
          <>
            <a href={`#${id}`}>
              <Text>{id}</Text>
            </a>{' '}
          </>
        ))}
        {cause.rows.length > mostNamed ? `and ${cause.rows.length - mostNamed} more` : null}
      </p>
      <details>
        <summary>
          <Text>{`The smallest example: ${example.finding.stimulus}`}</Text>
        </summary>
        <FindingPart finding={example.finding} />
      </details>
    </article>
  );
}

export function Causes({ causes }: { readonly causes: readonly Cause[] }): VNode | null {
  if (causes.length === 0) return null;
  return (
    <section aria-labelledby="causes">
      <h2 id="causes">{counted(causes.length, 'cause')}, the gravest first</h2>
      {causes.map((cause) => (
        <CausePart cause={cause} />
      ))}
    </section>
  );
}
