import { isMap, isPair, isScalar, LineCounter, parseDocument, visit } from 'yaml';
import { UsageError } from './usage-error.ts';

/** A configuration as plain data, with the way back from a path in it to a line of the file. */
export interface Source {
  readonly data: unknown;
  /** ` (line 3 of conformance.yaml)`, or an empty string when there is no text. */
  where(path: readonly (string | number)[]): string;
}

const reference = /\$\{([A-Za-z_]\w*)\}/g;
// A brace cannot stand in a YAML flow mapping, so references pass the parser as private characters of the same length.
const hidden = /\uE000\uE001(\w+)\uE002/g;
const hide = (text: string): string => text.replace(reference, '\uE000\uE001$1\uE002');
const show = (text: string): string => text.replace(hidden, `\${$1}`);

/** Parses YAML or JSON and puts environment variables into its strings. */
export function parseText(text: string, name: string, env: NodeJS.ProcessEnv): Source {
  const lines = new LineCounter();
  const document = parseDocument(hide(text.replace(/^\uFEFF/, '')), { lineCounter: lines, prettyErrors: false });
  const at = (offset: number | undefined): string =>
    offset === undefined ? '' : ` (line ${lines.linePos(offset).line} of ${name})`;

  const fault = document.errors[0];
  if (fault !== undefined) throw new UsageError(`${show(fault.message)}${at(fault.pos[0])}`);

  visit(document, {
    Scalar(key, node, path) {
      if (key === 'key' || typeof node.value !== 'string') return;
      const pair = path.findLast((step) => isPair(step));
      const owner = isPair(pair) && isScalar(pair.key) ? String(pair.key.value) : 'the configuration';
      node.value = node.value.replace(hidden, (_, variable: string) => {
        const value = env[variable];
        if (value === undefined) {
          throw new UsageError(`${owner}: environment variable ${variable} is not set${at(node.range?.[0])}`);
        }
        return value;
      });
    },
  });

  return {
    data: plain(() => document.toJS({ maxAliasCount: 100 }), name),
    where(path) {
      const parent = path.length > 1 ? document.getIn(path.slice(0, -1), true) : document.contents;
      const last = path.at(-1);
      const pair = isMap(parent)
        ? parent.items.find((item) => isScalar(item.key) && String(item.key.value) === String(last))
        : undefined;
      const node = isScalar(pair?.key) ? pair.key : document.getIn(path, true);
      return at((node as { range?: readonly number[] | null } | undefined)?.range?.[0]);
    },
  };
}

function plain(read: () => unknown, name: string): unknown {
  try {
    return read();
  } catch (error) {
    throw new UsageError(`${name} cannot be read: ${error instanceof Error ? error.message : String(error)}`);
  }
}
