/** What of an answer is not what the contract says; `other`: the verifier could not compare them at all. */
export type MismatchKind = 'status' | 'body' | 'header' | 'other';

/** One way in which an answer is not what the contract says. */
export interface Mismatch {
  readonly kind: MismatchKind;
  /** Path in the body, or name of a header. */
  readonly where?: string;
  readonly text: string;
}

/** `ok` exactly when there is no mismatch, of whatever kind. */
export interface VerifierResult {
  readonly ok: boolean;
  readonly mismatches: readonly Mismatch[];
}

/** Longest text of a mismatch, which may quote an answer of any length. */
const longest = 500;

interface RawMismatch {
  readonly type?: string;
  readonly mismatch?: string;
  readonly path?: string;
  readonly key?: string;
  readonly expected?: unknown;
  readonly actual?: unknown;
}

interface RawResults {
  readonly errors?: readonly {
    readonly interaction: string;
    readonly mismatch: { readonly message?: string; readonly mismatches?: readonly RawMismatch[] };
  }[];
  readonly interactionResults?: readonly { readonly description: string; readonly result: string }[];
}

/** What the verifier's JSON says of the interaction with this description; undefined when it does not mention it. */
export function resultOf(json: string, description: string): VerifierResult | undefined {
  const { errors = [], interactionResults = [] } = JSON.parse(json) as RawResults;
  const mismatches = errors
    .filter((error) => error.interaction.endsWith(` - ${description}`))
    .flatMap(({ mismatch }): Mismatch[] =>
      mismatch.mismatches === undefined
        ? [{ kind: 'other', text: mismatch.message ?? 'the verifier gave no reason' }]
        : mismatch.mismatches.map(toMismatch),
    );
  const result = interactionResults.find((one) => one.description === description)?.result;
  if (result === undefined && mismatches.length === 0) return undefined;
  if (result !== 'OK' && mismatches.length === 0) {
    mismatches.push({ kind: 'other', text: `the verifier reports ${result}` });
  }
  return { ok: mismatches.length === 0, mismatches };
}

function toMismatch(raw: RawMismatch): Mismatch {
  const whole = raw.mismatch ?? `expected ${String(raw.expected)}, got ${String(raw.actual)}`;
  const text = whole.length > longest ? `${whole.slice(0, longest)}…` : whole;
  const where = raw.path ?? raw.key;
  const kind = kindOf(raw.type ?? '');
  return where === undefined ? { kind, text } : { kind, where, text };
}

function kindOf(type: string): MismatchKind {
  if (type.startsWith('Status')) return 'status';
  if (type.startsWith('Body')) return 'body';
  if (type.startsWith('Header')) return 'header';
  return 'other';
}
