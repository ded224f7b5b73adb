import type { Exchange } from '../checks.ts';

/** A field of a body: absent, or its value as far as it can be told. */
export type FieldSeen = { readonly value: unknown } | undefined;

/** A request as it came over the wire, read as leniently as need be: a body that is no JSON is looked at, too. */
export interface Seen {
  readonly exchange: Exchange;
  /** The body, whatever its encoding; half characters and broken ones replaced. */
  readonly text: string;
  /** The body's value; undefined where it is no JSON. */
  readonly value: unknown;
  field(name: string): FieldSeen;
}

const known = new WeakMap<Exchange, Seen>();

/** Looks at a request, once. */
export function look(exchange: Exchange): Seen {
  const made = known.get(exchange) ?? lookAt(exchange);
  known.set(exchange, made);
  return made;
}

function lookAt(exchange: Exchange): Seen {
  const text = textOf(exchange.body);
  const value = parsed(text);
  const isRead = typeof value === 'object' && value !== null && !Array.isArray(value);
  return { exchange, text, value, field: (name) => (isRead ? own(value, name) : fieldIn(text, name)) };
}

function textOf(body: Uint8Array): string {
  const [first, second, third, fourth] = body;
  if (first === 0xfe && second === 0xff) return new TextDecoder('utf-16be').decode(body);
  if (first !== 0xff || second !== 0xfe) return new TextDecoder().decode(body);
  const text = new TextDecoder('utf-16le').decode(body);
  return third === 0 && fourth === 0 ? text.replaceAll('\0', '') : text;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function own(value: object, name: string): FieldSeen {
  return Object.hasOwn(value, name) ? { value: Reflect.get(value, name) } : undefined;
}

/** Looks for a member in what is no JSON: a name, and behind it whatever looks like a value. */
function fieldIn(text: string, name: string): FieldSeen {
  const readable = text.replace(/\\u00([2-7][0-9a-f])/gi, (written, digits: string) => {
    const character = String.fromCharCode(Number.parseInt(digits, 16));
    return character === '"' || character === '\\' ? written : character;
  });
  const found = new RegExp(`\\b${name}\\b["']?\\s*[:=]?\\s*(?:"((?:[^"\\\\]|\\\\.)*)"|([^",}\\s]+))?`, 'su').exec(
    readable,
  );
  if (found === null) return undefined;
  const [, string, bare = ''] = found;
  return { value: string ?? parsed(bare) ?? bare };
}
