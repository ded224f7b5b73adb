import fc, { type Arbitrary } from 'fast-check';
import type { DeviationKind } from '../../specs/deviations.ts';
import type { AuthKind, CredentialUse, Deviation, MadeUpShape, OtherScheme, SignaturePart } from '../model.ts';
import type { DeviationSource, Setting } from './source.ts';

/** A use of the credential, and what it is in words. */
type Use = readonly [use: CredentialUse, inWords: string];

interface Uses {
  readonly classes: readonly (readonly Use[])[];
  readonly random?: Arbitrary<Use>;
}

/** The kinds of deviation that are about the credential. */
export type CredentialKind = keyof typeof kinds;

/** Deviations of the credential; what can be changed of it depends on how it is given. */
export function credentialDeviations(kind: CredentialKind, { auth }: Setting): DeviationSource {
  const { classes, random } = usesOf(kind, auth);
  const deviation = ([use, inWords]: Use): Deviation => ({
    kind: kind satisfies DeviationKind,
    what: `the credential is ${inWords}`,
    change: { on: 'credential', use },
    ...(isOfQuery(use) ? { needs: { query: 'image_id' } } : {}),
  });
  return {
    classes: classes.map((values) => values.map(deviation)),
    ...(random === undefined ? {} : { random: random.map(deviation) }),
  };
}

/** Whether a use only makes sense with something in the query. */
function isOfQuery(use: CredentialUse): boolean {
  return use.form === 'edited' && use.edit.on === 'signature' && use.edit.part === 'query not signed';
}

function usesOf(kind: CredentialKind, auth: AuthKind): Uses {
  const { token, signed } = kinds[kind];
  if (auth === 'aksk') return signed;
  // Where none is configured there is nothing to change, and none is no deviation.
  return auth === 'none' && kind !== 'credential of the state' ? { classes: [] } : token;
}

const absent: Use = [{ form: 'absent' }, 'absent'];
const empty: Use = [{ form: 'empty' }, 'empty'];
const ofTheState: Uses = { classes: [[[{ form: 'of the state' }, 'that of the state']]] };

function one(...uses: readonly Use[]): Uses {
  return { classes: [uses] };
}

/** Parts of a signed request, altered. */
function parts(...names: readonly SignaturePart[]): readonly Use[] {
  return names.map((part) => [{ form: 'edited', edit: { on: 'signature', part } }, `altered: ${part}`]);
}

function truncated(keep: number, inWords: string): Use {
  return [{ form: 'edited', edit: { on: 'token', edit: 'truncate', keep } }, inWords];
}

function extended(text: string): Use {
  return [{ form: 'edited', edit: { on: 'token', edit: 'append', text } }, `extended by ${JSON.stringify(text)}`];
}

function recased(from: number, to: number, inWords: string): Use {
  return [{ form: 'edited', edit: { on: 'token', edit: 'recase', from, to } }, inWords];
}

function replaced(at: number): Use {
  const place =
    at === 0
      ? 'its first character'
      : at === 1
        ? 'its last character'
        : `a character ${Math.round(at * 100)} % into it`;
  return [{ form: 'edited', edit: { on: 'token', edit: 'replace', at } }, `different in ${place}`];
}

function wrapped(before: string, after: string): Use {
  const inWords = `between ${JSON.stringify(before)} and ${JSON.stringify(after)}`;
  return [{ form: 'edited', edit: { on: 'token', edit: 'wrap', before, after } }, inWords];
}

function rewritten(...ways: readonly ('percent-encoded' | 'Base64' | 'reversed' | 'doubled')[]): readonly Use[] {
  return ways.map((as) => [{ form: 'edited', edit: { on: 'token', edit: 'rewrite', as } }, `rewritten: ${as}`]);
}

function madeUp(shape: MadeUpShape, n = 0): Use {
  return [{ form: 'made up', shape, n }, `made up${shape === 'alike' ? '' : `: ${shape}`}`];
}

function scheme(name: OtherScheme): Use {
  return [{ form: 'other scheme', scheme: name }, `a made-up one of the scheme ${name}`];
}

function veryLong(length: number): Use {
  return [{ form: 'very long', length }, `made up, ${length} characters long`];
}

function inherited(name: string): Use {
  return [{ form: 'inherited', name }, name];
}

function odd(text: string): Use {
  return [{ form: 'odd characters', text }, `made up, with ${JSON.stringify(text)} in front`];
}

function two(order: Extract<CredentialUse, { form: 'two' }>['order'], by: 'lines' | 'comma' | 'other header'): Use {
  return [{ form: 'two', order, by }, `two: ${order}, by ${by}`];
}

/** A fraction of the length, neither 0 nor 1: in thousandths, which shrink to plain ones. */
const inside = fc.integer({ min: 1, max: 999 }).map((n) => n / 1000);
/** What may stand in a header. No white space, which HTTP drops at the ends; no comma, which parts two values. */
const visible = fc.integer({ min: 0x21, max: 0x7e }).map((code) => String.fromCharCode(code === 0x2c ? 0x3b : code));
const text = fc.string({ unit: visible, minLength: 1, maxLength: 8 });
const maybeText = fc.string({ unit: visible, maxLength: 8 });
const long = fc.integer({ min: 4 * 1024, max: 64 * 1024 }).map(veryLong);
const shapes: readonly MadeUpShape[] = ['alike', 'unsigned JWT', 'hexadecimal', 'undefined', 'Base64', 'UUID', 'null'];
const anyMadeUp = (some: readonly MadeUpShape[]): Arbitrary<Use> =>
  fc.tuple(fc.constantFrom(...some), fc.nat()).map(([shape, n]) => madeUp(shape, n));
/** Octets beyond ASCII are allowed in a header, and no token has them. */
const anyOdd = fc
  .tuple(fc.constantFrom("'", '"', '\\', '\u00e9', '\u00ff', '%00', '<'), fc.string({ unit: visible, maxLength: 8 }))
  .map(([first, more]) => odd(first + more));
const oddTexts = [`'"\\;--\u00e9`, '%00%0a%', '{"token":"', '<!--&', '\u00c3\u00bf\u00fe', '*)(|$', '../..//'].map(odd);
const names = ['constructor', '__proto__', 'toString', 'hasOwnProperty', 'valueOf', '__defineGetter__'].map(inherited);
const lengths = [10, 5, 30, 14, 60].map((kib) => veryLong(kib * 1024));

/** Of each kind, what it is for a token, and for a signed request. */
const kinds = {
  'absent credential': { token: one(absent), signed: one(absent) },
  'empty credential': {
    token: one(empty),
    signed: one(empty, ...parts('no digits', 'empty access key', 'scheme alone')),
  },
  'made-up credential': {
    token: { classes: [shapes.map((shape) => madeUp(shape))], random: anyMadeUp(shapes) },
    signed: {
      classes: [[madeUp('alike'), ...parts('secret key', 'access key'), madeUp('alike', 1)]],
      random: anyMadeUp(['alike']),
    },
  },
  'truncated credential': {
    token: {
      classes: [
        [
          truncated(0.75, 'cut to three quarters'),
          truncated(1, 'cut by one character'),
          truncated(0.5, 'cut to a half'),
          truncated(0.25, 'cut to a quarter'),
        ],
      ],
      random: inside.map((keep) => truncated(keep, `cut to ${keep} of its length`)),
    },
    signed: one(...parts('half the digits', 'last digit left out', 'access key cut off', 'no signature')),
  },
  'extended credential': {
    // What readers of Base64 drop comes first.
    token: { classes: [['!!', '=', 'x', ' x', '.', '%00'].map(extended)], random: text.map(extended) },
    signed: one(...parts('letters appended', 'digits appended', 'access key with more behind', 'doubled digits')),
  },
  'credential in other case': {
    token: {
      classes: [
        [
          recased(0, 1, 'in other case'),
          recased(0, 0.5, 'in other case in its first half'),
          recased(1, 1, 'in other case in its last letter'),
          recased(0, 0, 'in other case in one letter'),
          recased(0.5, 1, 'in other case in its second half'),
        ],
      ],
      random: fc
        .tuple(inside, inside)
        .map(([a, b]) =>
          recased(Math.min(a, b), Math.max(a, b), `in other case from ${Math.min(a, b)} to ${Math.max(a, b)}`),
        ),
    },
    signed: one(...parts('access key in other case')),
  },
  'other first character': { token: one(replaced(0)), signed: one(...parts('first digit')) },
  'other middle character': {
    token: { classes: [[0.5, 0.25, 0.75].map(replaced)], random: inside.map(replaced) },
    signed: one(...parts('middle digit')),
  },
  'other last character': { token: one(replaced(1)), signed: one(...parts('last digit')) },
  'wrapped credential': {
    token: {
      classes: [
        [
          wrapped('"', '"'),
          wrapped('Bearer ', ''),
          ...rewritten('Base64'),
          wrapped('', ';x=1'),
          ...rewritten('percent-encoded', 'doubled'),
          wrapped('<', '>'),
          ...rewritten('reversed'),
        ],
      ],
      random: fc.oneof(
        fc.constantFrom(...rewritten('Base64', 'percent-encoded', 'doubled', 'reversed'), wrapped('Token ', '')),
        fc
          .tuple(maybeText, maybeText)
          .filter(([before, after]) => before !== '' || after !== '')
          .map(([before, after]) => wrapped(before, after)),
      ),
    },
    signed: one(
      ...parts(
        'quotes around the whole',
        'scheme in front',
        'digits in Base64',
        'digits in angle brackets',
        'reversed digits',
      ),
    ),
  },
  'altered credential': {
    token: {
      classes: [
        [
          replaced(0.1),
          replaced(0.4),
          wrapped('x', ''),
          replaced(0.9),
          truncated(0.9, 'cut to nine tenths'),
          replaced(0.6),
        ],
      ],
      random: fc.oneof(
        inside.map(replaced),
        inside.map((keep) => truncated(keep, `cut to ${keep} of its length`)),
      ),
    },
    signed: {
      classes: [
        parts('secret key', 'unknown access key, no secret', 'access key', 'security token', 'no security token'),
        parts('date a day ago', 'date altered', 'date in an hour', 'no date', 'date not signed'),
        parts('body', 'that of an earlier request', 'path', 'query', 'hash of the body', 'method', 'no body'),
        parts('query not signed'),
        parts(
          'signed header',
          'host',
          'list with a name more',
          'signed header left out',
          'list of headers',
          'no header signed',
        ),
        parts('first digit', 'letters appended', 'half the digits', 'algorithm', 'middle digit', 'no signature'),
      ],
    },
  },
  'other scheme': {
    token: one(...(['Bearer', 'Basic', 'SDK-HMAC-SHA256', 'Token', 'Digest'] as const).map(scheme)),
    signed: one(...(['X-Auth-Token', 'Bearer', 'Basic', 'Token', 'Digest'] as const).map(scheme)),
  },
  'very long credential': {
    token: { classes: [lengths], random: long },
    signed: { classes: [lengths], random: long },
  },
  'inherited credential': { token: one(...names), signed: one(...names) },
  'odd characters in credential': {
    token: { classes: [oddTexts], random: anyOdd },
    signed: { classes: [oddTexts], random: anyOdd },
  },
  'two credentials': {
    token: one(
      two('valid first', 'lines'),
      two('made up first', 'lines'),
      two('valid first', 'comma'),
      two('made up first', 'comma'),
      two('the same twice', 'lines'),
      two('valid first', 'other header'),
    ),
    signed: one(
      two('valid first', 'other header'),
      two('valid first', 'lines'),
      two('made up first', 'lines'),
      two('the same twice', 'lines'),
      two('valid first', 'comma'),
    ),
  },
  'credential of the state': { token: ofTheState, signed: ofTheState },
} as const satisfies Readonly<Partial<Record<DeviationKind, { readonly token: Uses; readonly signed: Uses }>>>;
