/** How much weight a requirement carries: MUST rests on the page, SHOULD on other public material, MAY is recorded only. */
export type Level = 'MUST' | 'SHOULD' | 'MAY';

/** A named condition of the target, known to its owner; the names are those of the configuration's `states`. */
export const states = [
  'pool is ready',
  'pool is busy',
  'pool does not exist',
  'token is expired',
  'token lacks permission',
  'token is for another project',
  'image is billed',
  'service is failing',
] as const;
export type State = (typeof states)[number];

/** Where a requirement comes from: a place on the page, or another public document, in our own words. */
export interface Source {
  readonly where: string;
  readonly says: string;
}

export type Technique = 'contract' | 'property' | 'sequence';

/** An HTTP status, or a class of them. */
export type StatusPattern = number | '2xx' | '3xx' | '4xx' | '5xx';

/** The body fields of the request, in the order of the page. */
export const fields = ['image_type', 'image_id', 'os_type', 'delay_time', 'message', 'order_id', 'is_fix'] as const;
export type Field = (typeof fields)[number];

/**
 * What kind of request a requirement is about; never one request. The generators turn a stimulus into cases.
 * Everything that a stimulus does not mention is as in a valid request.
 */
export type Stimulus =
  | { readonly kind: 'valid body'; readonly vary: ValidVariation }
  | { readonly kind: 'field of wrong type'; readonly field: Field; readonly lossless: boolean }
  | { readonly kind: 'null field'; readonly field: Field }
  | { readonly kind: 'missing field'; readonly field: Field }
  | { readonly kind: 'empty field'; readonly field: Field }
  | { readonly kind: 'out of range'; readonly field: Field }
  | { readonly kind: 'several faults' }
  | { readonly kind: 'invalid body'; readonly fault: 'wrong type' | 'unknown image' }
  | { readonly kind: 'look-alike key' }
  | { readonly kind: 'body that is no object' }
  | { readonly kind: 'no body' }
  | { readonly kind: 'malformed JSON' }
  | { readonly kind: 'invalid UTF-8' }
  | {
      readonly kind: 'odd JSON';
      readonly oddity: 'duplicate keys' | 'byte-order mark' | 'UTF-16' | 'lone surrogates' | 'null character';
    }
  | { readonly kind: 'other format' }
  | { readonly kind: 'other media type' }
  | { readonly kind: 'beyond reason'; readonly place: 'known field' | 'unknown field' }
  | { readonly kind: 'credential'; readonly credential: CredentialVariation; readonly body: 'valid' | 'invalid' }
  | { readonly kind: 'credential after acceptance' }
  | { readonly kind: 'existence without credential' }
  | { readonly kind: 'other project' }
  | { readonly kind: 'malformed project id' }
  | { readonly kind: 'unknown pool' }
  | { readonly kind: 'malformed pool id'; readonly form: 'plain' | 'encoded' | 'long' }
  | { readonly kind: 'unknown image' }
  | { readonly kind: 'untidy image id' }
  | { readonly kind: 'other method' }
  | { readonly kind: 'other path'; readonly form: 'elsewhere' | 'nearly the same' }
  | { readonly kind: 'minimal body' }
  | { readonly kind: 'billed image'; readonly order: boolean }
  | { readonly kind: 'empty order' }
  | { readonly kind: 'repetition' }
  | { readonly kind: 'rejected, then accepted' }
  | { readonly kind: 'two together' }
  | { readonly kind: 'different ones together' }
  | { readonly kind: 'walk' }
  | { readonly kind: 'every answer'; readonly aspect: AnswerAspect };

export type ValidVariation =
  | 'minimal'
  | 'full'
  | 'combinations'
  | 'delays'
  | 'text'
  | 'writing'
  | 'length'
  | 'charset'
  | 'empty strings'
  | 'unknown field'
  | 'number forms'
  | 'transport';

export type CredentialVariation =
  | 'absent'
  | 'empty'
  | 'garbage'
  | 'truncated'
  | 'extended'
  | 'other case'
  | 'other start'
  | 'other end'
  | 'two'
  | 'very long'
  | 'inherited'
  | 'odd characters'
  | 'bearer'
  | 'configured';

/** A property of answers that is judged over the whole run, whatever was asked. */
export type AnswerAspect =
  | 'documented status'
  | 'no 5xx'
  | 'no 5xx for odd input'
  | 'answered'
  | 'no redirect'
  | 'acceptance body'
  | 'acceptance job id is not empty'
  | 'acceptance job id is new'
  | 'acceptance media type'
  | 'acceptance without error'
  | 'error shape'
  | 'error shape outside the operation'
  | 'error message present'
  | 'error texts not empty'
  | 'error media type'
  | 'error without job id'
  | 'no internals'
  | 'no echo of secrets';

export interface Expectation {
  /** Allowed statuses; empty when the stimulus is judged by something else than the status. */
  readonly statuses: readonly StatusPattern[];
}

/** One row of the catalogue. */
export interface Requirement {
  /** Stable, states the truth, never renumbered or reused. */
  readonly id: `${string}/${string}`;
  readonly level: Level;
  /** One sentence. */
  readonly title: string;
  readonly source: readonly Source[];
  readonly given: State;
  readonly send: Stimulus;
  readonly expect: Expectation;
  readonly techniques: readonly Technique[];
}
