import type { Draft } from '../../generators/model.ts';
import type { Answer, Silence } from '../decide/procedure.ts';

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
  /** How the body goes out; of no meaning where there is none. Default `whole`. */
  readonly transfer?: Draft['transfer'];
  /** Default `reused`. */
  readonly connection?: Draft['connection'];
  /** How the names of all headers are written, those included that are added here. Default `usual`. */
  readonly headerCase?: Draft['headerCase'];
  /** Send no Content-Length, where there is no body. */
  readonly unframed?: boolean;
}

/** One connection at a time, kept alive between requests when the target allows it. */
export interface Lane {
  send(request: WireRequest, options?: { readonly fresh?: boolean }): Promise<Answer | Silence>;
  /** Hangs up; an exchange under way becomes a silence. */
  close(): Promise<void>;
}

export interface TransportOptions {
  /** Milliseconds for one whole exchange, body included. */
  readonly timeout: number;
  /** Largest answer kept, in bytes; the rest is discarded and the connection closed. Default 64 KiB. */
  readonly max_body?: number;
  readonly ca?: string;
  readonly cert?: string;
  readonly key?: string;
  /** Shared by the lanes to one origin. Default: the lane's own. */
  readonly expectations?: Expectations;
}

/** What is known of a target's way with `Expect: 100-continue`. */
export interface Expectations {
  /** How many it has let pass in a row without a 100. */
  missed: number;
}
