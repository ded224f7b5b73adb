import type { Silence, SilenceKind } from '../decide/procedure.ts';

/** Above this many bytes a reset before any answer is put down to the body. */
const large_body = 64 * 1024;
/** Above this many bytes of head, the least limit that servers have by default, a failure to write is put down to it. */
const large_head = 16 * 1024;

/** How far an exchange has come; it decides what an error means. */
export interface Progress {
  readonly reused: boolean;
  readonly connected: boolean;
  readonly secured: boolean;
  /** The head of an answer has come. */
  readonly answered: boolean;
  /** Of the body that is sent, in bytes. */
  readonly size: number;
  /** Of path and headers, in bytes. */
  readonly head: number;
}

export function silence(kind: SilenceKind, reason: string, reused: boolean, whileSending = false): Silence {
  return { silence: kind, reason, reused, whileSending };
}

/** Says in one sentence why no answer came. */
export function explain(error: unknown, { connected, secured, reused, answered, size, head }: Progress): Silence {
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
  if (!answered && head > large_head && isOfWriting(error)) {
    const reason = `the connection was reset while the head was being sent (${head} bytes), and no answer could be read`;
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

/** What most likely is wrong, where the library's own words do not say it to everybody. */
const hints: Readonly<Record<string, string>> = {
  ENOTFOUND: 'nobody knows a host of this name',
  EAI_AGAIN: 'the name of the host could not be looked up',
  ECONNREFUSED: 'nothing listens there',
  EHOSTUNREACH: 'there is no way to the host',
  ENETUNREACH: 'there is no way to the network of the host',
  CERT_HAS_EXPIRED: 'the certificate has expired',
  CERT_NOT_YET_VALID: 'the certificate is not valid yet',
  CERT_REVOKED: 'the certificate has been revoked',
  ERR_TLS_CERT_ALTNAME_INVALID: 'the certificate is for another host',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'the certificate is signed by itself; name it in target.ca if you trust it',
  SELF_SIGNED_CERT_IN_CHAIN: 'the authority is not known; name its certificate in target.ca if you trust it',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'the authority is not known; name its certificate in target.ca if you trust it',
  UNABLE_TO_GET_ISSUER_CERT: 'the authority is not known; name its certificate in target.ca if you trust it',
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: 'the authority is not known; name its certificate in target.ca if you trust it',
  ERR_SSL_WRONG_VERSION_NUMBER: 'what answers there speaks no TLS; is the address http?',
  ERR_SSL_PACKET_LENGTH_TOO_LONG: 'what answers there speaks no TLS; is the address http?',
  ERR_SSL_UNSUPPORTED_PROTOCOL: 'the two sides have no version of TLS in common',
  ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION: 'the two sides have no version of TLS in common',
  ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED:
    'the target asks for a client certificate: give target.cert and target.key',
};

/** The target hung up before all was sent. */
function isOfWriting(error: unknown): boolean {
  return codeOf(error) === 'EPIPE' || (error instanceof Error && 'syscall' in error && error.syscall === 'write');
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
  const hint = hints[code];
  if (hint !== undefined) return `${hint} (${code})`;
  if (message === '') return code === '' ? 'unknown error' : code;
  return code === '' || message.includes(code) ? message : `${message} (${code})`;
}
