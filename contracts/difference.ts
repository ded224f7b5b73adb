import { isDeepStrictEqual } from 'node:util';
import { parseForeign } from '../specs/foreign-json.ts';
import type { RecordedExchange } from './recorded.ts';

type Sent = RecordedExchange['request'];

/** Longest body that is shown whole. */
const shownLength = 300;

/**
 * How a request that the verifier makes differs from the one that was sent; undefined when they mean the same. An
 * answer to another request than that of the contract would prove nothing.
 */
export function differenceOf(asked: Sent, sent: Sent): string | undefined {
  const [wanted, had] = [lineOf(asked), lineOf(sent)];
  if (wanted !== had) return between(wanted, had);
  if (asked.hasCredential !== sent.hasCredential) {
    return between(credentialOf(asked), credentialOf(sent));
  }
  const [wantedBody, hadBody] = [parse(asked.body), parse(sent.body)];
  if ('json' in wantedBody && 'json' in hadBody && isDeepStrictEqual(wantedBody.json, hadBody.json)) return undefined;
  if ('text' in wantedBody && 'text' in hadBody && wantedBody.text === hadBody.text) return undefined;
  return between(shown(asked.body), shown(sent.body));
}

function between(wanted: string, had: string): string {
  return `the contract asks for ${wanted}, the run sent ${had}`;
}

function lineOf({ method, path }: Sent): string {
  return `${method} ${path}`;
}

function credentialOf({ hasCredential }: Sent): string {
  return hasCredential ? 'a credential' : 'no credential';
}

function textOf(body: Uint8Array | undefined): string {
  return new TextDecoder().decode(body);
}

/** The value of a body; for one that is no JSON, which nobody but a changed contract asks for, its text. */
function parse(body: Uint8Array | undefined): { readonly json: unknown } | { readonly text: string } {
  const text = textOf(body);
  const json = parseForeign(text);
  return json === undefined ? { text } : { json };
}

function shown(body: Uint8Array | undefined): string {
  const text = textOf(body);
  if (text === '') return 'no body';
  return `the body ${text.length > shownLength ? `${text.slice(0, shownLength)}…` : text}`;
}
