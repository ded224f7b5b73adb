import { isMap, isPair, isScalar, LineCounter, parseDocument, visit } from 'yaml';
import { UsageError } from './usage-error.ts';

/** A configuration as plain data, with the way back from a path in it to a line of the file. */
export interface Source {
  readonly data: unknown;
  /** ` (line 3 of conformance.yaml)`, or an empty string when there is no text. */
  where(path: readonly (string | number)[]): string;
  /** The environment variable that is all of the value there; undefined when it is written out. */
  variable(path: readonly (string | number)[]): string | undefined;
}

const reference = /\$\{([A-Za-z_]\w*)\}/g;
// A brace cannot stand in a YAML flow mapping, so references pass the parser as private characters of the same length.
const hidden = /\uE000\uE001(\w+)\uE002/g;
const hide = (text: string): string => text.replace(reference, '\uE000\uE001$1\uE002');
/** The marks themselves, if somebody wrote them, would be read as a reference that nobody meant. */
const marks = /[\uE000-\uE002]/;
/** Characters of a configuration, and brackets that are open at once: many times what anybody writes. */
const longest = 1024 * 1024;
const deepest = 100;
const show = (text: string): string => text.replace(hidden, `\${$1}`);

/** Parses YAML or JSON and puts environment variables into its strings. */
export function parseText(text: string, name: string, env: NodeJS.ProcessEnv): Source {
  refuseOdd(text, name);
  const lines = new LineCounter();
  const document = parse(hide(text.replace(/^\uFEFF/, '')), lines, name);
  const at = (offset: number | undefined): string =>
    offset === undefined ? '' : ` (line ${lines.linePos(offset).line} of ${name})`;

  // A warning is about a tag or a directive that nobody here understands.
  const fault = document.errors[0] ?? document.warnings[0];
  if (fault !== undefined) throw new UsageError(`${show(fault.message)}${at(fault.pos[0])}`);

  const variables = new Map<unknown, string>();
  visit(document, {
    Scalar(key, node, path) {
      if (typeof node.value !== 'string') return;
      if (key === 'key') {
        // A name is never read from the environment.
        node.value = show(node.value);
        return;
      }
      const pair = path.findLast((step) => isPair(step));
      const whole = new RegExp(`^${hidden.source}$`).exec(node.value)?.[1];
      if (whole !== undefined) variables.set(node, whole);
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
    variable: (path) => variables.get(document.getIn(path, true)),
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

function refuseOdd(text: string, name: string): void {
  if (text.length > longest) throw new UsageError(`${name} is longer than ${longest} characters; make it shorter.`);
  if (marks.test(text)) throw new UsageError(`${name} holds a character from U+E000 to U+E002; remove it.`);
  let depth = 0;
  for (const bracket of text.match(/[[\]{}]/g) ?? []) {
    depth += bracket === '[' || bracket === '{' ? 1 : -1;
    if (depth > deepest) throw new UsageError(`${name} is nested deeper than ${deepest}; make it flat.`);
  }
  // Blocks nest by what stands before their first word.
  const block = /^(?:[ \t]*[-?:](?=\s)){101}/m;
  if (block.test(text)) throw new UsageError(`${name} is nested deeper than ${deepest}; make it flat.`);
}

/** The newest YAML alone, whatever a directive says, and no tags but those of JSON. */
function parse(text: string, lineCounter: LineCounter, name: string) {
  try {
    return parseDocument(text, {
      lineCounter,
      prettyErrors: false,
      schema: 'core',
      merge: false,
      resolveKnownTags: false,
    });
  } catch (error) {
    // The parser calls itself: what is nested without brackets may still be too deep.
    throw new UsageError(`${name} cannot be read: ${error instanceof Error ? error.message : String(error)}`);
  }
}

function plain(read: () => unknown, name: string): unknown {
  try {
    return read();
  } catch (error) {
    throw new UsageError(`${name} cannot be read: ${error instanceof Error ? error.message : String(error)}`);
  }
}
