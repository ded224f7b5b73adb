import { requirements } from '../../specs/requirements.ts';
import type { Secrets } from './secrets.ts';
import { type Span, undone, type View, viewOf } from './writings.ts';

const mark = '[redacted]';
/** Characters of a secret in a row that are hidden wherever they stand: so a changed secret is hidden as far as it is one. */
const telling = 8;
/** A shorter secret is hidden where it stands as a word, and from so many characters on. */
const shortest = 4;
/** So many of its characters in a row count as the whole of a long secret. */
const whole = 16;
/** Characters of what was sent once that are looked for: what is longer was made up. */
const longestOwn = 512;
/** What holds JSON together must stand around a secret that is hidden, else a whole answer would read as a broken one. */
const structural = /["\\{}[\]]/;
/** Short texts that are remembered, and their characters at most. */
const mostKept = 500;
const longestKept = 500;
/** How many codings inside of each other are looked into. */
const deepest = 2;

export interface Redacted {
  readonly text: string;
  /** A secret stood there, not only a part of one. */
  readonly isTold: boolean;
}

/**
 * Hides secrets in text from outside, however they are written: in another case, reversed, changed, cut in two by a
 * line, escaped, percent-encoded, in Base64, in hexadecimal digits or spaced out. Secrets may come to be known later;
 * `more` holds for one text alone. What is a word of the catalogue cannot be hidden and is left alone, and sentences of
 * ours never come here.
 */
export function createRedaction(...sources: readonly Secrets[]): (text: string, more?: readonly string[]) => Redacted {
  const known = new Needles();
  const read = createReader();
  /** Short texts that hold none of the known: most answers are alike, and their headers are. */
  const clean = new Set<string>();
  const findsOfKnown = (text: string): readonly Find[] => {
    if (clean.has(text)) return [];
    const finds = findsIn(read(text), known);
    if (finds.length === 0 && text.length <= longestKept && clean.size < mostKept) clean.add(text);
    return finds;
  };
  /** How many of all sources together are known. */
  let seen = 0;
  const learn = (): void => {
    const count = sources.reduce((sum, { all }) => sum + all.length, 0);
    if (count === seen) return;
    seen = count;
    clean.clear();
    for (const { all } of sources) for (const secret of all) known.add(secret);
  };
  /** All texts of an answer come with the same list. */
  let latest: { readonly more: readonly string[]; readonly seen: number; readonly own: Needles } | undefined;
  const ownOf = (more: readonly string[]): Needles => {
    if (latest?.more !== more || latest.seen !== seen) {
      const own = new Needles();
      for (const secret of more) if (!known.has(secret)) own.add(secret.slice(0, longestOwn));
      latest = { more, seen, own };
    }
    return latest.own;
  };
  return (text, more = []) => {
    learn();
    const own = ownOf(more);
    const finds = [...findsOfKnown(text), ...(own.isEmpty ? [] : findsIn(read(text), own))];
    if (finds.length === 0) return { text, isTold: false };
    return { text: without(text, finds), isTold: finds.some(({ isWhole }) => isWhole) };
  };
}

/** A stretch of a text that gives a secret away. */
interface Find extends Span {
  readonly isWhole: boolean;
}

/** The beginnings of no stretch at all. */
const none = new Uint8Array(2 ** 16);

/** What is looked for. */
class Needles {
  /** Stretches of long secrets, in lower case, with the length of the shortest secret that they are from. */
  readonly #stretches = new Map<string, number>();
  /** Which three characters a stretch may begin with: most of a text is passed over by this alone. */
  #beginnings = none;
  readonly #words = new Set<string>();
  readonly #secrets = new Set<string>();

  get isEmpty(): boolean {
    return this.#stretches.size === 0 && this.#words.size === 0;
  }

  has(secret: string): boolean {
    return this.#secrets.has(secret);
  }

  add(secret: string): void {
    if (this.#secrets.has(secret)) return;
    this.#secrets.add(secret);
    for (const text of asBytes(secret)) {
      const low = lowered(text);
      if (low.length >= telling) {
        this.#addLong(low);
        this.#addLong([...low].reverse().join(''));
      } else if (low.length >= shortest && !isOurs(low)) this.#words.add(low);
    }
  }

  #addLong(low: string): void {
    for (let at = 0; at + telling <= low.length; at += 1) {
      const stretch = low.slice(at, at + telling);
      if (/^[a-z_/-]+$/.test(stretch) && isOurs(stretch)) continue;
      this.#stretches.set(stretch, Math.min(low.length, this.#stretches.get(stretch) ?? low.length));
      if (this.#beginnings === none) this.#beginnings = new Uint8Array(none.length);
      this.#beginnings[beginningOf(stretch, 0)] = 1;
    }
  }

  /** In a text that is decoded already; places are those in it. */
  *in(text: string): Generator<Find> {
    let start = -1;
    let length = 0;
    for (let at = 0; at + telling <= text.length && this.#stretches.size > 0; at += 1) {
      const isLikely = this.#beginnings[beginningOf(text, at)] === 1;
      if (!isLikely && start < 0) continue;
      const found = isLikely ? this.#stretches.get(lowered(text.slice(at, at + telling))) : undefined;
      if (found === undefined) {
        if (start >= 0) yield bare(text, start, at - 1 + telling, length);
        start = -1;
        continue;
      }
      length = start < 0 ? found : Math.min(length, found);
      if (start < 0) start = at;
    }
    if (start >= 0) yield bare(text, start, text.length, length);
    const low = this.#words.size === 0 ? '' : lowered(text);
    for (const word of this.#words)
      for (let at = low.indexOf(word); at >= 0; at = low.indexOf(word, at + word.length)) {
        const end = at + word.length;
        if (!isLetter(low, at - 1) && !isLetter(low, end)) yield { start: at, end, isWhole: true };
      }
  }
}

/** A number for three characters, whatever their case. */
function beginningOf(text: string, at: number): number {
  return (codeAt(text, at) * 961 + codeAt(text, at + 1) * 31 + codeAt(text, at + 2)) & 0xffff;
}

function codeAt(text: string, at: number): number {
  const code = text.charCodeAt(at);
  return code >= 65 && code <= 90 ? code + 32 : code;
}

/** A stretch, without what holds the text around it together. */
function bare(text: string, from: number, to: number, length: number): Find {
  let [start, end] = [from, to];
  while (end > start && structural.test(text.charAt(end - 1))) end -= 1;
  while (start < end && structural.test(text.charAt(start))) start += 1;
  return { start, end, isWhole: isWhole(to - from, length) };
}

function isWhole(found: number, length: number): boolean {
  return found >= Math.min(whole, length);
}

function isLetter(text: string, at: number): boolean {
  return /[a-z0-9]/.test(text.charAt(at));
}

/** A text as it may be read, and what is coded in it, whatever is looked for. */
interface Reading extends View {
  readonly coded: Iterable<Coded>;
}

/** A stretch of it, and what that may say. */
interface Coded extends Span {
  readonly readings: readonly Iterable<Reading>[];
}

/** A text with its escapes as they are, and undone; all at once, where it is to be kept. */
function* readingsOf(text: string, isKept: boolean, depth = 0): Generator<Reading> {
  let view: View | undefined = viewOf(text);
  for (let round = 0; view !== undefined && round <= deepest; round += 1) {
    const coded = depth < deepest ? codedReadings(view.text, isKept, depth + 1) : [];
    yield { ...view, coded: isKept ? [...coded] : coded };
    view = undone(view);
  }
}

function* codedReadings(text: string, isKept: boolean, depth: number): Generator<Coded> {
  for (const { start, end, texts } of codedIn(text)) {
    const readings = texts.map((decoded) => readingsOf(decoded, isKept, depth));
    yield { start, end, readings: isKept ? readings.map((one) => [...one]) : readings };
  }
}

/** Reads texts, and remembers the latest short ones: answers are alike, and are searched again as secrets come to be known. */
function createReader(): (text: string) => Iterable<Reading> {
  const latest = new Map<string, readonly Reading[]>();
  return (text) => {
    if (text.length > longestKept) return readingsOf(text, false);
    const known = latest.get(text);
    if (known !== undefined) return known;
    const readings = [...readingsOf(text, true)];
    latest.set(text, readings);
    const [oldest] = latest.keys();
    if (latest.size > mostKept && oldest !== undefined) latest.delete(oldest);
    return readings;
  };
}

/** Where needles stand in a text, in whatever coding. */
function findsIn(readings: Iterable<Reading>, needles: Needles): readonly Find[] {
  if (needles.isEmpty) return [];
  const finds: Find[] = [];
  for (const { text, source, coded } of readings) {
    for (const { start, end, isWhole } of needles.in(text)) finds.push({ ...source(start, end), isWhole });
    for (const { start, end, readings: inner } of coded) {
      const inside = inner.flatMap((one) => findsIn(one, needles));
      if (inside.length > 0) finds.push({ ...source(start, end), isWhole: inside.some((one) => one.isWhole) });
    }
  }
  return finds;
}

/** One character at a time, with the same sign between any two; what holds JSON together is none of them. */
const spaced = /(?<![A-Za-z0-9])[!#-Z^-z|~]([ .,:;|*~_/-])[!#-Z^-z|~](?:\1[!#-Z^-z|~]){6,}(?![A-Za-z0-9])/g;

/** Stretches that may be Base64, hexadecimal digits or spaced out, with what they then say, by where they may begin. */
function* codedIn(text: string): Generator<Span & { readonly texts: readonly string[] }> {
  for (const match of text.matchAll(/[A-Za-z0-9+/_-]{6,}={0,2}/g)) {
    const [coded] = match;
    const span = { start: match.index, end: match.index + coded.length };
    yield { ...span, texts: [0, 1, 2, 3].map((from) => Buffer.from(coded.slice(from), 'base64').toString('latin1')) };
  }
  for (const match of text.matchAll(/[0-9a-f]{8,}/gi)) {
    const [coded] = match;
    const span = { start: match.index, end: match.index + coded.length };
    yield { ...span, texts: [0, 1].map((from) => Buffer.from(coded.slice(from), 'hex').toString('latin1')) };
  }
  for (const match of text.matchAll(spaced)) {
    const [coded] = match;
    const everySecond = [...coded].filter((_, n) => n % 2 === 0).join('');
    yield { start: match.index, end: match.index + coded.length, texts: [everySecond] };
  }
}

function without(text: string, finds: readonly Find[]): string {
  let result = '';
  let end = 0;
  for (const find of [...finds].sort((a, b) => a.start - b.start)) {
    if (find.start >= end) result += `${text.slice(end, find.start)}${mark}`;
    end = Math.max(end, find.end);
  }
  return result + text.slice(end);
}

/** As long as the text, whatever it holds. */
function lowered(text: string): string {
  return text.replace(/[A-Z]+/g, (capitals) => capitals.toLowerCase());
}

/** A text beside the other ways in which its characters and bytes may have been taken for each other. */
function asBytes(text: string): readonly string[] {
  const oneByOne = Buffer.from(text).toString('latin1');
  const together = Buffer.from(text, 'latin1').toString();
  const all = [text, oneByOne, ...(together.includes('\ufffd') ? [] : [together])];
  // A form writes a space as a plus.
  return [...new Set(all.flatMap((one) => [one, one.replaceAll(' ', '+')]))];
}

/** Names of the protocol that an answer cannot do without. */
const names =
  'error_code error_msg error_detail encoded_authorization_message job_id image_id image_type os_type delay_time message order_id is_fix request_id application/json charset=utf-8 content-type content-length transfer-encoding chunked connection keep-alive close x-auth-token x-request-id x-sdk-date www-authenticate server date retry-after true false null';
let catalogue: ReadonlySet<string> | undefined;

/** Whether a text is a word of the catalogue or of the protocol, or a stretch of one: everybody says it. */
function isOurs(low: string): boolean {
  catalogue ??= wordsAndStretches(`${names} ${JSON.stringify(requirements)}`.toLowerCase());
  return catalogue.has(low);
}

function wordsAndStretches(text: string): ReadonlySet<string> {
  const all = new Set<string>();
  for (const [word] of text.matchAll(/[a-z_/-]{4,}/g)) {
    if (all.has(word)) continue;
    all.add(word);
    for (let at = 0; at + telling <= word.length; at += 1) all.add(word.slice(at, at + telling));
  }
  return all;
}
