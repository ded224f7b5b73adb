import type { FieldDimension, Levels } from '../specs/contexts.ts';
import type { DeviationKind } from '../specs/deviations.ts';
import type { Field } from '../specs/requirement.ts';
import type { Pins } from '../specs/schemas.ts';

/** Values that only the target's owner knows; they fill path and pinned body fields. */
export interface Fixture extends Pins {
  readonly project_id: string;
  readonly pool_id: string;
  readonly image_id: string;
}

/** How the configured credentials are given: what can be altered of them depends on that. */
export type AuthKind = 'none' | 'token' | 'aksk' | 'iam';

/** One of the many valid ways to ask. */
export interface Context {
  readonly levels: Levels;
  /** The values of fields whose level stands for many, such as any text; where there is none, a typical one. */
  readonly values: Readonly<Partial<Record<FieldDimension, string | number>>>;
}

/** A long text by its parts: `unit` so many times. */
export interface Repeated {
  readonly unit: string;
  readonly times: number;
}

/** JSON as it is written, well-formed or not. */
export type Written = string | Repeated | readonly (string | Repeated)[];

/** One edit of the text of a body, by its tokens, of which the n-th is taken modulo their number. */
export type TextEdit =
  | { readonly edit: 'delete' | 'double' | 'swap' | 'cut inside' | 'cut after'; readonly token: number }
  | { readonly edit: 'replace' | 'insert'; readonly token: number; readonly by: string }
  | { readonly edit: 'around'; readonly before: string; readonly after: string };

/** Which credential goes with a request: the configured one, one made of it, or another. */
export type CredentialUse =
  | { readonly form: 'valid' | 'absent' | 'empty' | 'of the state' }
  /** Nobody's. `n` tells those of one shape apart; the shape is for tokens alone. */
  | { readonly form: 'made up'; readonly shape?: MadeUpShape; readonly n?: number }
  /** The configured one, changed. */
  | { readonly form: 'edited'; readonly edit: CredentialEdit }
  /** Made up, in the header or by the scheme of another kind of credential. */
  | { readonly form: 'other scheme'; readonly scheme: OtherScheme }
  /** Made up, of so many characters. */
  | { readonly form: 'very long'; readonly length: number }
  /** The name of a property that every object inherits. */
  | { readonly form: 'inherited'; readonly name: string }
  /** Made up, with this text in front. */
  | { readonly form: 'odd characters'; readonly text: string }
  /** The configured one together with a made-up one, or twice. */
  | {
      readonly form: 'two';
      readonly order: 'valid first' | 'made up first' | 'the same twice';
      /** `lines`: the header twice; `other header`: the made-up one as another kind of credential. */
      readonly by: 'lines' | 'comma' | 'other header';
    };

/** What a made-up token looks like. `alike`: like the configured one. */
export type MadeUpShape = 'alike' | 'hexadecimal' | 'UUID' | 'unsigned JWT' | 'Base64' | 'null' | 'undefined';

export type OtherScheme = 'Bearer' | 'Basic' | 'Token' | 'Digest' | 'SDK-HMAC-SHA256' | 'X-Auth-Token';

export type CredentialEdit = TokenEdit | { readonly on: 'signature'; readonly part: SignaturePart };

/**
 * Edits of the text of a token. `keep`, `from`, `to` and `at` are fractions of its length, from 0 to 1, so that one edit
 * fits every token; they are taken of the part before the `=` signs that fill up Base64, which mean nothing.
 */
export type TokenEdit =
  /** Only the first `keep` of it, at least one character; 1: all but the last one. */
  | { readonly on: 'token'; readonly edit: 'truncate'; readonly keep: number }
  | { readonly on: 'token'; readonly edit: 'append'; readonly text: string }
  /** The letters of a stretch in the other case. Where it has none: the next letter. */
  | { readonly on: 'token'; readonly edit: 'recase'; readonly from: number; readonly to: number }
  /** Another character at a place. 0: the first; 1: the last; between: neither of them. */
  | { readonly on: 'token'; readonly edit: 'replace'; readonly at: number }
  | { readonly on: 'token'; readonly edit: 'wrap'; readonly before: string; readonly after: string }
  | {
      readonly on: 'token';
      readonly edit: 'rewrite';
      readonly as: 'percent-encoded' | 'Base64' | 'reversed' | 'doubled';
    };

/** What is altered of a signed request after it was signed, or in its signing. */
export const signatureParts = [
  // Keys and tokens.
  'secret key',
  'access key',
  'unknown access key, no secret',
  'access key in other case',
  'access key cut off',
  'access key with more behind',
  'empty access key',
  'security token',
  'no security token',
  // Dates.
  'date a day ago',
  'date in an hour',
  'date altered',
  'date not signed',
  'no date',
  // What is signed.
  'method',
  'path',
  'query',
  'query not signed',
  'body',
  'that of an earlier request',
  'no body',
  'hash of the body',
  'host',
  'signed header',
  'signed header left out',
  'list of headers',
  'list with a name more',
  'no header signed',
  // Digits and form.
  'first digit',
  'middle digit',
  'last digit',
  'last digit left out',
  'half the digits',
  'no digits',
  'digits appended',
  'letters appended',
  'doubled digits',
  'reversed digits',
  'digits in Base64',
  'digits in angle brackets',
  'no signature',
  'algorithm',
  'scheme alone',
  'scheme in front',
  'quotes around the whole',
] as const;
export type SignaturePart = (typeof signatureParts)[number];

/** The one thing that is wrong, as data: `render` carries it out. */
export type Change =
  /** The field has this value, at its own place, or where it would stand. */
  | { readonly on: 'field'; readonly field: Field; readonly value: Written }
  /** Fields left out, and members added, in front or behind. */
  | {
      readonly on: 'members';
      readonly without: readonly Field[];
      readonly add: readonly (readonly [name: string, value: Written])[];
      readonly place: 'first' | 'last';
    }
  /** The text of the body. */
  | { readonly on: 'text'; readonly edit: TextEdit }
  /** Bytes inside the text of `message`, which is added where there is none. */
  | { readonly on: 'bytes'; readonly bytes: readonly number[] }
  /** The body in another encoding. */
  | { readonly on: 'encoding'; readonly encoding: 'UTF-8 with a mark' | 'UTF-16LE' | 'UTF-16BE' | 'UTF-32LE' }
  /** White space inside the body, so many characters. */
  | { readonly on: 'padding'; readonly length: number }
  /** Another body in place of the whole. `undefined`: none. `unframed`: no Content-Length either. */
  | {
      readonly on: 'body';
      readonly body: Written | undefined;
      readonly mediaType?: string;
      readonly unframed?: true;
    }
  /** Another media type; `undefined`: none. */
  | { readonly on: 'media type'; readonly mediaType: string | undefined }
  /** A header more, harmless but for its length. */
  | { readonly on: 'header'; readonly name: string; readonly value: Written }
  | { readonly on: 'credential'; readonly use: CredentialUse }
  /** A part of the path, written as it goes out. */
  | { readonly on: 'pool' | 'project'; readonly written: string }
  | { readonly on: 'image'; readonly image: string }
  | { readonly on: 'method'; readonly method: string }
  /** The path of the operation, edited: `{path}` stands for it. */
  /**
   * Something behind the path, something else in place of its `/v2/`, or of all that follows the project, with `{pool}`
   * for the pool: whichever it is sent to, for a state handler may hand out another one between two tries.
   */
  | { readonly on: 'path'; readonly edit: 'suffix' | 'start' | 'tail'; readonly to: string }
  /** Nothing but what the state of the row brings: its pool, image or token. */
  | { readonly on: 'state' }
  /** Several at once, each of the body. */
  | { readonly on: 'several'; readonly changes: readonly Change[] };

/** The one thing that is wrong with a request. */
export interface Deviation {
  readonly kind: DeviationKind;
  /** Which field it is about, where it is about one. */
  readonly field?: Field;
  /** In words, without the values of the fixture: `delay_time is 1.5`. */
  readonly what: string;
  readonly change: Change;
  /** Levels without which it would mean nothing: every context around it has them. */
  readonly needs?: Partial<Levels>;
  /** One thing more that is wrong, where a row says which answers are right then. */
  readonly second?: Deviation;
}

/** One concrete request, without the credential itself: that is added where it is sent. */
export interface Case {
  readonly context: Context;
  readonly deviation: Deviation | undefined;
  readonly request: Draft;
}

/** A request but for its credential. */
export interface Draft {
  readonly method: string;
  /** Raw request target below the base path, already encoded: `/v2/p1/desktop-pools/pool-a/rebuild`. */
  readonly path: string;
  /** In this order, written in this case; `content-type` included when there is one. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array | undefined;
  readonly transfer: Levels['transfer'];
  readonly connection: Levels['connection'];
  readonly headerCase: Levels['header_case'];
  readonly signing: Levels['signing'];
  /** Send no Content-Length, where there is no body. */
  readonly unframed: boolean;
  readonly credential: CredentialUse;
}
