import type { CredentialVariation } from '../specs/requirement.ts';

/** Values that only the target's owner knows; they fill path and pinned body fields. */
export interface Fixture {
  readonly project_id: string;
  readonly pool_id: string;
  readonly image_id: string;
  readonly image_type?: string;
  readonly os_type?: string;
  readonly order_id?: string;
  /** Optional fields of which the target refuses every value but one that only its owner knows. */
  readonly withheld?: readonly string[];
}

/** One concrete request, without the credential itself: the runner adds that when it sends. */
export interface Case {
  /** What differs from a plain valid request, in words: `delay_time is an array`. */
  readonly label: string;
  readonly method: string;
  /** Raw request target below the base path, already encoded: `/v2/p1/desktop-pools/pool-a/rebuild`. */
  readonly path: string;
  /** Sent as they are written; `content-type` included when there is one. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array | undefined;
  /** How the body goes out, if not in one piece: with chunked transfer coding, or in two pieces with a pause between. */
  readonly transfer?: 'chunked' | 'two pieces';
  /** Send no Content-Length, where there is no body. */
  readonly noLength?: true;
  /** Write the names of all headers, that of the credential included, in this case. */
  readonly headerCase?: 'lower' | 'upper';
  /** How the configured credential is changed; `valid` leaves it alone, `configured` uses the one of the state. */
  readonly credential: 'valid' | CredentialVariation;
}

/** The cases of one stimulus: the fixed ones in order, and a source of random ones. */
export interface CaseSource {
  readonly fixed: readonly Case[];
  /** The n-th generated case; the same seed and n give the same case. Absent when the fixed cases are all there are. */
  readonly random?: (n: number) => GeneratedCase;
}

/** A generated case that knows its smaller relatives, simplest first. */
export interface GeneratedCase {
  readonly value: Case;
  readonly shrink: () => Iterable<GeneratedCase>;
}
