import type { VNode } from 'preact';
import { differenceFrom } from '../difference.ts';
import { segments, shorten } from '../visible.ts';

/** Characters of a body, or of all headers, that a page shows. */
const shown = 1200;

/** Text from outside; unprintable characters are shown as marked escapes. */
export function Text({ children }: { readonly children: string }): VNode {
  return <>{segments(children).map(({ text, escaped }) => (escaped ? <span class="esc">{text}</span> : text))}</>;
}

/** Text of which the part that differs from another text is marked. */
export function Differing({ text, from }: { readonly text: string; readonly from: string }): VNode {
  const { before, differs, after } = differenceFrom(text, from);
  return (
    <>
      <Text>{before}</Text>
      {differs === '' ? null : (
        <mark>
          <Text>{differs}</Text>
        </mark>
      )}
      <Text>{after}</Text>
    </>
  );
}

/** A block of text as it came, which a script gives a button to copy it. */
export function Block(props: {
  readonly title: string;
  readonly text: string;
  readonly from?: string | undefined;
  readonly copy?: boolean;
}): VNode {
  const { title, text, from, copy = false } = props;
  const short = copy ? text : shorten(text, shown);
  return (
    <div class={copy ? 'block copy' : 'block'}>
      <h4>{title}</h4>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region must be reachable by keyboard */}
      <pre tabIndex={0}>
        {from === undefined ? <Text>{short}</Text> : <Differing text={short} from={shorten(from, shown)} />}
      </pre>
    </div>
  );
}

/** A name and its value; nothing where there is no value. */
export function Pair({ name, value }: { readonly name: string; readonly value: string | undefined }): VNode | null {
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

/** A verdict or a level as a word in a frame. */
export function Tag({ word, kind = word }: { readonly word: string; readonly kind?: string }): VNode {
  return <span class={`tag ${kind}`}>{word}</span>;
}
