import fc, { type Arbitrary } from 'fast-check';
import type { DeviationKind } from '../../specs/deviations.ts';
import type { Change, Deviation } from '../model.ts';
import { recased, unknownId } from '../random.ts';
import type { DeviationSource, Setting } from './source.ts';
import { isRandomId, numericId, unknownAlike } from './unknown-ids.ts';

/**
 * What is named wrongly. First law: a request that a correct target may act on names only what is configured, or what
 * nobody has: each other id has 64 random bits or more, or no id can have its form, such as one with a control character
 * or a slash in it. A shortened or widened id may be a real one; none is made here.
 */

/** A change and what it is in words, without the values of the fixture. */
type Named = readonly [inWords: string, change: Change];

interface Ids {
  readonly classes: readonly (readonly Named[])[];
  readonly random?: Arbitrary<Named>;
}

/** The kinds of deviation that are about what is named. */
export type IdKind = keyof typeof kinds;

/** Deviations of the project, the pool, the image or the order. */
export function idDeviations(kind: IdKind, setting: Setting): DeviationSource {
  const { classes, random }: Ids = kinds[kind](setting);
  const deviation = ([what, change]: Named): Deviation => ({ kind: kind satisfies DeviationKind, what, change });
  return {
    classes: classes.map((values) => values.map(deviation)),
    ...(random === undefined ? {} : { random: random.map(deviation) }),
  };
}

/** An id as it goes out, and what it is. */
type Written = readonly [inWords: string, written: string];

function pools(ids: readonly Written[]): readonly Named[] {
  return ids.map(([inWords, written]) => [`the pool id is ${inWords}`, { on: 'pool', written }]);
}

function projects(ids: readonly Written[]): readonly Named[] {
  return ids.map(([inWords, written]) => [`the project id is ${inWords}`, { on: 'project', written }]);
}

function images(ids: readonly Written[]): readonly Named[] {
  return ids.map(([inWords, image]) => [`image_id is ${inWords}`, { on: 'image', image }]);
}

function order(inWords: string, value: string): Named {
  return [`order_id is ${inWords}`, { on: 'field', field: 'order_id', value: JSON.stringify(value) }];
}

/** How many unknown ids there are of one form: few enough to list them all. */
export const unknowns = 1000;

/** One of `make`'s. */
function any(make: (n: number) => Named): Arbitrary<Named> {
  return fc.nat(unknowns - 1).map(make);
}

/** Ids of forms that somebody may have, with a part that nobody has. */
function otherForms(made: string, seed: number): readonly Written[] {
  return [
    ['40 digits', numericId(seed)],
    ['one with quotes', `'%22%5C${made}`],
    ['one with a wildcard', `*${made}`],
    ['one in other alphabets', `%E4%BF%9D%E5%AD%98-%C3%B6%20${made}`],
    ['__proto__', '__proto__'],
    ['one with a control character', `${made}%01`],
    ['blank', '%20%20'],
  ];
}

/** Ids that a careless look-up takes for that of the real one. */
function nearReal(id: string, made: string): readonly Written[] {
  const real = encodeURIComponent(id);
  const [first = ''] = [...id];
  const bytes = [...Buffer.from(first)].map((byte) => `%25${hex(byte)}`).join('');
  const wild: readonly Written[] = [
    ['the real one with a wildcard behind', `${real}*`],
    ['the real one with a percent sign behind', `${real}%25`],
    ['the real one with _ for its last character', `${real.slice(0, -1)}_`],
  ];
  return [
    ['one that begins like the real one', `${real}-${made}`],
    ['one that ends like the real one', `${made}-${real}`],
    ['the real one up to a null character', `${real}%00x`],
    ['the real one when it is decoded twice', `${bytes}${encodeURIComponent(id.slice(first.length))}`],
    ['the real one behind a comma', `${made},${real}`],
    ...(isRandomId(id) ? wild : []),
  ];
}

function hex(byte: number): string {
  return byte.toString(16).toUpperCase().padStart(2, '0');
}

/** Percent-encoding that is none, or none of UTF-8; the most telling first. */
const broken: readonly string[] = ['%zz', '%ff', '%', '%C0%AF', '%c3%28', '%ED%A0%80', '%u002F', '%F0%9F', '%E0%80%AF'];

/** Encodings that a reader may tidy up to the real id. */
function tidied(id: string, made: string): readonly Written[] {
  const real = encodeURIComponent(id);
  const code = id.charCodeAt(0);
  const overlong = `%${hex(0xc0 | (code >> 6))}%${hex(0x80 | (code & 0x3f))}${encodeURIComponent(id.slice(1))}`;
  return [
    ['one that leads to the real one by encoded dots', `x%2F..%2F${real}`],
    ['the real one with a line break behind', `${real}%0A`],
    ['the real one with a parameter', `${real};x=${made}`],
    ...recased(id).map((other) => ['the real one in other case', encodeURIComponent(other)] as const),
    ['one that leads to the real one by encoded dots, in lower case', `%2e%2e%2fdesktop-pools%2f${real}`],
    ['the real one with an encoded slash behind', `${real}%2F`],
    ...(code > 0 && code < 0x80 ? [['the real one in an overlong encoding', overlong] as const] : []),
  ];
}

/** Odd texts that stand beside a random part: it is never cut, so whatever they are, nobody has the id. */
const oddPieces = [
  "'",
  '%22',
  '%5C',
  '*',
  '%25',
  '_',
  '%3F',
  '%00',
  '%0A',
  '%C3%A9',
  '%E4%BF%9D',
  '%20',
  '%7B%7D',
  '$',
  ',',
  '.',
];

function beside(pieces: readonly string[], seed: number): Arbitrary<readonly [written: string, pieces: string]> {
  const some = fc.array(fc.constantFrom(...pieces), { maxLength: 4 }).map((texts) => texts.join(''));
  return fc
    .tuple(fc.nat(), some, some, fc.boolean())
    .filter(([, before, after]) => before !== '' || after !== '')
    .map(([n, before, after, lower]) => {
      const cased = (text: string): string => (lower ? text.toLowerCase() : text);
      return [`${cased(before)}${unknownId(seed, n)}${cased(after)}`, `${cased(before)}…${cased(after)}`] as const;
    });
}

/** A text of exactly so many characters, a random part in front. */
function long(length: number, made: string): string {
  return made + 'a'.repeat(length - made.length);
}

/** Not the shortest number of letters first: the most telling one. */
const longPools = [2000, 300, 33_000, 8000, 31_000];

const ofTheState = (inWords: string) => (): Ids => ({ classes: [[[inWords, { on: 'state' }]]] });

const kinds = {
  'pool of the state': ofTheState('the pool is that of the state'),
  'failing service': ofTheState('the service is failing'),
  'other project': ({ fixture, seed }: Setting): Ids => {
    const make = (n: number): Named => {
      const written = encodeURIComponent(unknownAlike(fixture.project_id, seed, n));
      return ['the project is an unknown one', { on: 'project', written }];
    };
    return { classes: [[0, 1, 2].map(make)], random: any(make) };
  },
  'malformed project id': ({ fixture, seed }: Setting): Ids => {
    const made = unknownId(seed, 1);
    const real = encodeURIComponent(fixture.project_id);
    const near: readonly Written[] = [
      ['one with quotes', `'%22%5C${made}`],
      ['one that begins like the real one', `${real}${made}`],
      ['300 letters', long(300, made)],
      ['the real one up to a null character', `${real}%00x`],
    ];
    const random = beside(oddPieces, seed).map(
      ([written, pieces]): Named => [`the project id is an unknown one as in ${pieces}`, { on: 'project', written }],
    );
    const forms = otherForms(made, seed).filter(([inWords]) => /digits|alphabets/.test(inWords));
    return { classes: [projects([...near, ...forms])], random };
  },
  'malformed pool id': ({ fixture, seed }: Setting): Ids => {
    const made = unknownId(seed, 2);
    const random = beside(oddPieces, seed).map(
      ([written, pieces]): Named => [`the pool id is an unknown one as in ${pieces}`, { on: 'pool', written }],
    );
    return { classes: [pools(nearReal(fixture.pool_id, made)), pools(otherForms(made, seed))], random };
  },
  'encoded pool id': ({ fixture, seed }: Setting): Ids => {
    const made = unknownId(seed, 3);
    const random = beside([...broken, '%2F', '%252F', '%2500', '%C1%A1', '%0D%0A'], seed).map(
      ([written, pieces]): Named => [`the pool id is an unknown one as in ${pieces}`, { on: 'pool', written }],
    );
    return {
      classes: [pools(broken.slice(0, 6).map((text) => [text, text] as const)), pools(tidied(fixture.pool_id, made))],
      random,
    };
  },
  'long pool id': ({ seed }: Setting): Ids => {
    const make = (length: number): Named => [
      `the pool id is one of ${length} characters`,
      { on: 'pool', written: long(length, unknownId(seed, 4)) },
    ];
    return { classes: [longPools.map(make)], random: fc.integer({ min: 256, max: 33_000 }).map(make) };
  },
  'unknown image': ({ fixture: { image_id }, seed }: Setting): Ids => {
    const made = unknownId(seed, 5);
    const make = (n: number): Named => ['image_id is unknown', { on: 'image', image: unknownAlike(image_id, seed, n) }];
    const forms: readonly Written[] = [
      ['one that begins like the real one, with quotes and CJK', `${image_id}-'"\\保存${made}`],
      ['blank', '  '],
      ['__proto__', '__proto__'],
      ['40 digits', numericId(seed)],
      ['one with a wildcard', `%${made}*`],
    ];
    const plain = any((n) => ['image_id is unknown', { on: 'image', image: unknownId(seed, n) }]);
    return { classes: [[make(0), ...images(forms)]], random: fc.oneof(any(make), plain) };
  },
  'untidy image id': ({ fixture: { image_id } }: Setting): Ids => {
    const untidy: readonly Written[] = [
      ['the real one with white space around it', ` ${image_id}\n`],
      ...recased(image_id).map((id) => ['the real one in other case', id] as const),
      ['the real one up to a null character', `${image_id}\u0000`],
      ['the real one with a tab in front', `\t${image_id}`],
      ['the real one with a line break behind', `${image_id}\r\n`],
    ];
    const space = fc
      .array(fc.constantFrom(' ', '\t', '\n', '\r', '\u00a0', '\u3000', '\ufeff'), { maxLength: 3 })
      .map((some) => some.join(''));
    // A control character is always among them: with spaces alone it might be the id of another image.
    const random = fc
      .tuple(space, fc.constantFrom('\t', '\n', '\r', '\v', '\f'), space)
      .map(([before, control, after]): Named => {
        const image = `${before}${image_id}${control}${after}`;
        return ['image_id is the real one with white space around it', { on: 'image', image }];
      });
    return { classes: [images(untidy)], random };
  },
  'missing order': (): Ids => ({
    classes: [[['no order_id', { on: 'members', without: ['order_id'], add: [], place: 'last' }]]],
  }),
  'empty order': (): Ids => ({ classes: [[order('empty', '')]] }),
  'unknown order': ({ fixture: { order_id }, seed }: Setting): Ids => {
    const make = (n: number): Named =>
      order('unknown', order_id === undefined ? unknownId(seed, n) : unknownAlike(order_id, seed, n));
    const near =
      order_id === undefined ? [] : [order('one that begins like the real one', `${order_id}-${unknownId(seed, 6)}`)];
    return { classes: [[make(0), ...near, order('one with quotes', `'"\\${unknownId(seed, 7)}`)]], random: any(make) };
  },
} as const satisfies Readonly<Partial<Record<DeviationKind, (setting: Setting) => Ids>>>;
