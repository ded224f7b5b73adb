/** What goes over the wire, credential included. */
export interface WireRequest {
  readonly method: string;
  /** Absolute URL origin, `https://host:port`. */
  readonly origin: string;
  /** Raw request target, base path included. */
  readonly path: string;
  /** A header that is sent twice has a value a line. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array | undefined;
  readonly transfer?: 'chunked' | 'two pieces';
  /** Send no Content-Length, where there is no body. */
  readonly noLength?: true;
}

/** A whole answer. `body` is decompressed and cut at the size limit; `truncated` tells. */
export interface Answer {
  readonly status: number;
  /** Lower-case names; repeated headers are joined with ", ". */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
  readonly truncated: boolean;
  readonly duration_ms: number;
}

/** `broken`: an answer began, but it was cut short or is no valid HTTP. */
export type SilenceKind = 'timeout' | 'reset' | 'refused' | 'tls' | 'protocol' | 'broken';

/** No answer came. `reused` is true when the connection had served an earlier request. */
export interface Silence {
  readonly silence: SilenceKind;
  readonly reason: string;
  readonly reused: boolean;
}

/** One connection at a time, kept alive between requests when the target allows it. */
export interface Lane {
  send(request: WireRequest, options?: { readonly fresh?: boolean }): Promise<Answer | Silence>;
  close(): Promise<void>;
}

export interface TransportOptions {
  /** Milliseconds for one whole exchange, body included. */
  readonly timeout: number;
  /** Largest answer kept, in bytes; the rest is discarded and the connection closed. Default 1 MiB. */
  readonly max_body?: number;
  readonly ca?: string;
  readonly cert?: string;
  readonly key?: string;
}
