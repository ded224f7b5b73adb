/** One way in which an answer is not what the contract says. */
export interface Mismatch {
  kind: 'status' | 'body' | 'header' | 'other';
  /** Path in the body, or name of a header. */
  where?: string;
  text: string;
}

export interface VerifierResult {
  readonly ok: boolean;
  readonly mismatches: Mismatch[];
}

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

/** What the verifier's JSON says of the interaction with this description. */
export function resultOf(json: string, description: string): VerifierResult {
  const { errors = [], interactionResults = [] } = JSON.parse(json) as RawResults;
  const mismatches = errors
    .filter((error) => error.interaction.endsWith(` - ${description}`))
    .flatMap(({ mismatch }): Mismatch[] =>
      mismatch.mismatches === undefined
        ? [{ kind: 'other', text: mismatch.message ?? 'the verifier gave no reason' }]
        : mismatch.mismatches.map(toMismatch),
    );
  const result = interactionResults.find((one) => one.description === description)?.result;
  const ok = result === 'OK' && mismatches.length === 0;
  if (!ok && mismatches.length === 0) {
    mismatches.push({ kind: 'other', text: `the verifier reports ${result ?? 'nothing for this interaction'}` });
  }
  return { ok, mismatches };
}

function toMismatch(raw: RawMismatch): Mismatch {
  const text = raw.mismatch ?? `expected ${String(raw.expected)}, got ${String(raw.actual)}`;
  const where = raw.path ?? raw.key;
  const kind = kindOf(raw.type ?? '');
  return where === undefined ? { kind, text } : { kind, where, text };
}

function kindOf(type: string): Mismatch['kind'] {
  if (type.startsWith('Status')) return 'status';
  if (type.startsWith('Body')) return 'body';
  if (type.startsWith('Header')) return 'header';
  return 'other';
}
