import type { CredentialUse } from '../../generators/model.ts';
import { createRedaction } from '../credentials/redaction.ts';
import type { Secrets } from '../credentials/secrets.ts';
import type { Answer, Silence } from '../decide/procedure.ts';

/** What was sent that must not come back. */
export interface Sent {
  readonly use: CredentialUse;
  /** The headers of the credential. */
  readonly credential: Readonly<Record<string, string>>;
  readonly userAgent: string | undefined;
}

/** Characters from which on the beginning of a secret is cut off where a body was cut. */
const shortest = 4;
const signatureDigits = /Signature=([0-9a-f]{16,})/gi;
/** Headers of an answer that are secrets by their nature, whoever they are from. */
const secretHeaders = /^(set-cookie2?|cookie|(proxy-)?authorization|x-(auth|subject|security)-token)$/;

/**
 * Redacts results as they come: what it returns holds no secret, nor the credential that was sent, in any writing. The
 * bytes of a body stay as they are but for that. Why there is no answer is said in
 * words of ours, which hold nothing of what came.
 */
export function createBirth(
  ...secrets: readonly Secrets[]
): (result: Answer | Silence, sent: Sent) => Answer | Silence {
  const redact = createRedaction(...secrets);
  return (result, sent) => {
    if ('silence' in result) return result;
    const own = valuesOf(sent);
    let isTold = false;
    const hide = (text: string): string => {
      const redacted = redact(text, own);
      isTold ||= redacted.isTold;
      return redacted.text;
    };
    const body = Buffer.from(result.body).toString('latin1');
    const hidden = hide(
      result.truncated ? withoutBeginning(body, [...secrets.flatMap(({ all }) => all), ...own]) : body,
    );
    const pairs = Object.entries(result.headers);
    const headers = pairs.map(([name, value]) => {
      const shown = hide(value);
      return [hide(name), secretHeaders.test(name) ? '[redacted]' : shown] as const;
    });
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
