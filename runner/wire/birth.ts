import type { CredentialUse } from '../../generators/model.ts';
import { createRedaction } from '../credentials/redaction.ts';
import type { Answer, Silence } from '../decide/procedure.ts';

/** What was sent that must not come back. */
export interface Sent {
  readonly use: CredentialUse;
  /** The headers of the credential. */
  readonly credential: Readonly<Record<string, string>>;
  readonly userAgent: string | undefined;
}

/** Characters from which on a text is a secret, or can be one that came back. */
const shortest = 4;
/** Characters in a row that tell, and as many as are looked at of a long text. */
const stretch = 6;
const longest = 256;
const signatureDigits = /Signature=([0-9a-f]{16,})/gi;

/**
 * Redacts results as they come: what it returns holds no secret, nor the credential that was sent, in any writing. The
 * bytes of a body stay as they are but for that. `secrets` is read anew on each use.
 */
export function createBirth(
  secrets: () => readonly string[],
): (result: Answer | Silence, sent: Sent) => Answer | Silence {
  // The list grows only, so its length tells whether it is the same.
  let all: readonly string[] = [];
  let lower: readonly string[] = [];
  let count = -1;
  const known = (): readonly string[] => {
    const list = secrets();
    if (list.length !== count) {
      count = list.length;
      all = asBytes(list);
      lower = all.map((secret) => secret.toLowerCase());
    }
    return all;
  };
  const hide = createRedaction(known);
  // Names of headers have lost their case.
  const hideLower = createRedaction(() => {
    known();
    return lower;
  });

  return (result, sent) => {
    const own = asBytes(valuesOf(sent));
    const hideOwn = isLikely(result, own) ? createRedaction(() => own) : (text: string) => text;
    // Secrets first: a shortened one that was sent must not hide the beginning of the whole.
    const whole = (text: string): string => hideOwn(hide(text));
    if ('silence' in result) return { ...result, reason: whole(result.reason) };

    const body = Buffer.from(result.body).toString('latin1');
    const bare = result.truncated ? withoutBeginning(body, [...known(), ...own]) : body;
    const hidden = whole(bare);
    const pairs = Object.entries(result.headers);
    const headers = pairs.map(([name, value]) => [hideLower(whole(name)), whole(value)] as const);
    const isTold =
      hidden !== bare || headers.some(([name, value], i) => name !== pairs[i]?.[0] || value !== pairs[i]?.[1]);
    const agent = sent.userAgent;
    const isAgentTold =
      agent !== undefined && agent !== '' && (body.includes(agent) || pairs.some(([, value]) => value.includes(agent)));
    const echo = isTold ? 'credential' : isAgentTold ? 'user agent' : undefined;
    return {
      ...result,
      headers: Object.fromEntries(headers),
      body: hidden === body ? result.body : new Uint8Array(Buffer.from(hidden, 'latin1')),
      ...(echo === undefined ? {} : { echo }),
    };
  };
}

/** Whether a result holds a stretch of what was sent: to look for it in every writing takes long, and hardly ever finds it. */
function isLikely(result: Answer | Silence, own: readonly string[]): boolean {
  const text =
    'silence' in result
      ? result.reason
      : `${Buffer.from(result.body).toString('latin1')}\n${Object.entries(result.headers).flat().join('\n')}`;
  const count = Math.max(0, text.length - stretch + 1);
  const stretches = new Set(Array.from({ length: count }, (_, at) => text.slice(at, at + stretch)));
  return own.flatMap(looksOf).some((look) => {
    for (let at = 0; at + stretch <= look.length; at += 1) if (stretches.has(look.slice(at, at + stretch))) return true;
    return look.length < stretch && look.length >= shortest && text.includes(look);
  });
}

/** The beginning of a text, as it is and in Base64, which looks in three ways. */
function looksOf(value: string): readonly string[] {
  const short = value.slice(0, longest);
  const bytes = Buffer.from(short, 'latin1');
  const shifted = [0, 1, 2].map((n) =>
    Buffer.concat([Buffer.alloc(n), bytes])
      .toString('base64')
      .slice(n === 0 ? 0 : 4),
  );
  return [short, ...shifted, JSON.stringify(short).slice(1, -1), encodeURIComponent(Buffer.from(short).toString())];
}

/** Texts beside the other ways in which their characters and bytes may have been taken for each other. */
function asBytes(texts: readonly string[]): readonly string[] {
  return texts.flatMap((text) => {
    if (/^[\x20-\x7e]*$/.test(text)) return [text];
    const oneByOne = Buffer.from(text).toString('latin1');
    const together = Buffer.from(text, 'latin1').toString();
    return [text, oneByOne, ...(together.includes('\ufffd') ? [] : [together])];
  });
}

/** The credential that was sent, by its telling parts: none for words that an answer may say of its own accord. */
function valuesOf({ use, credential }: Sent): readonly string[] {
  if (use.form === 'inherited') return [];
  if (use.form === 'made up' && (use.shape === 'null' || use.shape === 'undefined')) return [];
  return Object.entries(credential).flatMap(([name, value]) => {
    if (!/^(x-auth-token|authorization|x-security-token)$/i.test(name)) return [];
    return value.split('\n').flatMap((line) => {
      const behindScheme = /^[A-Za-z][\w-]* (\S+)$/.exec(line)?.[1];
      const digits = [...line.matchAll(signatureDigits)].flatMap(([, found = '']) => [found]);
      return [line, ...(behindScheme === undefined ? [] : [behindScheme]), ...digits];
    });
  });
}

/** Without the first part of a secret at the very end, where a body was cut. */
function withoutBeginning(body: string, secrets: readonly string[]): string {
  let longest = 0;
  for (const secret of secrets) {
    for (let length = Math.min(secret.length - 1, body.length); length >= shortest && length > longest; length -= 1)
      if (body.endsWith(secret.slice(0, length))) longest = length;
  }
  return body.slice(0, body.length - longest);
}
