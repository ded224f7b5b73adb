/** What a run sent for an interaction, and what came back. */
export interface RecordedExchange {
  readonly request: {
    readonly method: string;
    /** Below the base path of the target, as it went out: `/v2/p1/desktop-pools/pool-a/rebuild`. */
    readonly path: string;
    /** Whether an X-Auth-Token or an Authorization went with it. */
    readonly hasCredential: boolean;
    readonly body: Uint8Array | undefined;
  };
  readonly answer: {
    readonly status: number;
    readonly headers: Readonly<Record<string, string>>;
    /** Without its Content-Encoding. */
    readonly body: Uint8Array;
  };
}

/** An exchange, and the provider's state in which it was had. */
export interface ContractRecord {
  readonly exchange: RecordedExchange;
  /** Values of the state, as they are, without percent-encoding: project_id, pool_id, image_id and so on. */
  readonly fixture: Readonly<Record<string, string>>;
}
