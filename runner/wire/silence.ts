import type { Silence, SilenceKind } from '../decide/procedure.ts';

/** Above this many bytes a reset before any answer is put down to the body. */
const large_body = 64 * 1024;

/** How far an exchange has come; it decides what an error means. */
export interface Progress {
  readonly reused: boolean;
  readonly connected: boolean;
  readonly secured: boolean;
  /** The head of an answer has come. */
  readonly answered: boolean;
  /** Of the body that is sent, in bytes. */
  readonly size: number;
}

export function silence(kind: SilenceKind, reason: string, reused: boolean, whileSending = false): Silence {
  return { silence: kind, reason, reused, whileSending };
}

/** Says in one sentence why no answer came. */
export function explain(error: unknown, { connected, secured, reused, answered, size }: Progress): Silence {
  const code = codeOf(error);
  if (code.startsWith('HPE_'))
    return silence(answered ? 'broken' : 'protocol', `the answer is not valid HTTP: ${describe(error)}`, reused);
  if (/^(Z_|ERR__|ERR_BROTLI)/.test(code))
    return silence('broken', `the body of the answer could not be decompressed: ${describe(error)}`, reused);
  if (!connected) return silence('refused', `no connection could be made: ${describe(error)}`, reused);
  if (!secured) return silence('tls', `no secure connection could be made: ${describe(error)}`, reused);
  if (/^(ERR_SSL|ERR_TLS)/.test(code)) return silence('tls', `the secure connection broke: ${describe(error)}`, reused);
  if (size > large_body) {
    const reason = `the connection was reset while the body was being sent (${size} bytes), and no answer could be read`;
    return silence('reset', reason, reused, true);
  }
  if (answered) return silence('broken', `the answer was cut short: ${describe(error)}`, reused);
  return silence('reset', `the connection was closed before a whole answer had come: ${describe(error)}`, reused);
}

/** The request never went out: its parts, or the certificates, are not fit for it. */
export function unsendable(error: unknown, secure: boolean, reused: boolean): Silence {
  const pem = secure && codeOf(error).startsWith('ERR_OSSL');
  return silence(pem ? 'tls' : 'protocol', `the request could not be sent: ${describe(error)}`, reused);
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : '';
}

function describe(error: unknown): string {
  const code = codeOf(error);
  const message =
    error instanceof Error
      ? error.message
          .replace(/^[0-9A-F]{8,}:/, '')
          .replace(/\s+/g, ' ')
          .trim()
      : String(error);
  if (message === '') return code === '' ? 'unknown error' : code;
  return code === '' || message.includes(code) ? message : `${message} (${code})`;
}
