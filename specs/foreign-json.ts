/** Nesting up to which text from outside is parsed: what is deeper is nothing that anybody could mean. */
const deepest = 200;

/**
 * The value of a JSON text that somebody else wrote; undefined: it is no JSON, or nested deeper than is reasonable. The
 * only way in which text from outside is parsed: a deep value is found out before it can exhaust the stack of whoever
 * walks through it.
 */
export function parseForeign(text: string): unknown {
  if (text.length > deepest && isTooDeep(text)) return undefined;
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

/** Members of a JSON object that somebody else wrote, own ones alone; undefined: the value is no object. */
export function membersOf(value: unknown): Readonly<Record<string, unknown>> | undefined {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined;
  return Object.assign(Object.create(null) as Record<string, unknown>, value);
}

/** Brackets inside of strings are none. */
function isTooDeep(text: string): boolean {
  let depth = 0;
  let isString = false;
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (isString) {
      if (code === backslash) at += 1;
      else if (code === quote) isString = false;
    } else if (code === quote) isString = true;
    else if (code === bracket || code === brace) {
      depth += 1;
      if (depth > deepest) return true;
    } else if (code === closingBracket || code === closingBrace) depth -= 1;
  }
  return false;
}

const quote = '"'.charCodeAt(0);
const backslash = '\\'.charCodeAt(0);
const bracket = '['.charCodeAt(0);
const closingBracket = ']'.charCodeAt(0);
const brace = '{'.charCodeAt(0);
const closingBrace = '}'.charCodeAt(0);
