import { type Dimension, fieldDimensions } from '../specs/contexts.ts';
import { type DeviationKind, traitsOf } from '../specs/deviations.ts';
import type { Field, Send } from '../specs/requirement.ts';
import {
  contextKey,
  contextsOfClass,
  covered,
  coveredLevels,
  forAuth,
  lawful,
  plain,
  plainIn,
  randomContext,
  unusual,
  withNeeds,
} from './contexts.ts';
import { deviationSource } from './deviations/index.ts';
import type { DeviationSource, Setting } from './deviations/source.ts';
import type { Change, Context, Deviation } from './model.ts';
import { randomOf } from './random.ts';

/** A request before it is rendered: what it is, whatever the fixture. */
export interface Play {
  readonly context: Context;
  readonly deviation: Deviation | undefined;
}

/** What rows with the same deviations share. */
export type DeviationSend = Extract<Send, { kind: 'deviation' }>;

const bodyDimensions: readonly Dimension[] = [...fieldDimensions, 'writing', 'size'];

/** Cases of a class whose rows never count. */
const fewCases = 2;

/** Values of one class that the fixed cases send at most; what falls off comes first among the generated ones. */
function mostOfClass(kind: DeviationKind): number {
  return traitsOf(kind).accepted === 'never' ? 5 : 4;
}

/** The dimensions that a change leaves no room for. */
export function overridden(change: Change): readonly Dimension[] {
  switch (change.on) {
    case 'field':
      return change.field === 'image_id' ? [] : [change.field];
    case 'members':
      return change.without.filter((field) => field !== 'image_id');
    case 'bytes':
      // What is escaped has no bytes of its own.
      return ['message', 'writing'];
    case 'padding':
      return ['size'];
    case 'body': {
      const framing: readonly Dimension[] = change.body === undefined ? ['transfer'] : [];
      return [...bodyDimensions, ...framing];
    }
    case 'media type':
      return change.mediaType === undefined ? ['media_type'] : [];
    case 'method':
      return change.method === 'GET' || change.method === 'HEAD' ? [...bodyDimensions, 'transfer', 'media_type'] : [];
    case 'several':
      return change.changes.flatMap(overridden);
    case 'text':
      return [];
    case 'encoding':
    case 'header':
    case 'credential':
    case 'pool':
    case 'project':
    case 'image':
    case 'path':
    case 'state':
      return [];
  }
}

/** The context, as far as the deviation leaves room for it. */
function around(context: Context, deviation: Deviation, setting: Setting): Context {
  const changes = [deviation.change, ...(deviation.second === undefined ? [] : [deviation.second.change])];
  const gone = changes.flatMap(overridden);
  const fitting = forAuth(plainIn(context, gone), setting.auth);
  return lawful(withNeeds(fitting, deviation), setting.edition, gone);
}

/** How many cases meet every level of every dimension that the deviation leaves. */
function casesFor(deviation: Deviation, { edition }: Setting): number {
  const gone = new Set(overridden(deviation.change));
  const left = covered(edition).filter((dimension) => !gone.has(dimension));
  return Math.max(...left.map((dimension) => coveredLevels(dimension, edition).length));
}

/** The fixed cases of a row about deviations: each class meets each level of each dimension. */
export function fixedPlays(send: DeviationSend, setting: Setting): readonly Play[] {
  const { plays } = memoOf(setting);
  const name = JSON.stringify(send);
  const known = plays.get(name) ?? makeFixedPlays(send, setting);
  plays.set(name, known);
  return known;
}

function makeFixedPlays(send: DeviationSend, setting: Setting): readonly Play[] {
  const source = sourceOf(send.of, send.field, setting);
  const first = numberOf(`${send.of} ${send.field ?? ''} ${send.second === undefined ? '' : 'second'}`);
  return source.classes.flatMap((values, index) => {
    const [telling] = values;
    if (telling === undefined) return [];
    const seconds = send.second === undefined ? undefined : secondsOf(send.second, setting);
    const various = Math.min(seconds === undefined ? values.length : seconds.length, mostOfClass(send.of));
    // Nobody is wrong who takes null, or refuses it: a few cases show whether anything breaks.
    const count = send.of === 'null' ? fewCases : Math.max(various, casesFor(telling, setting));
    return contextsOfClass(first + index, count, setting.edition).map((context, i): Play => {
      const value = values[i % values.length] ?? telling;
      const deviation = seconds === undefined ? value : withSecond(value, seconds[i % seconds.length]);
      return { context: around(context, deviation, setting), deviation };
    });
  });
}

/** Whether the values of a row's deviations are more than its fixed cases send. */
export function hasManyValues(send: DeviationSend, setting: Setting): boolean {
  return send.second === undefined && sourceOf(send.of, send.field, setting).random !== undefined;
}

/** The n-th generated case of a row about deviations. The same seed and n give the same one. */
export function randomPlay(send: DeviationSend, setting: Setting, n: number): Play | undefined {
  const deviation = randomDeviation(send.of, send.field, setting, n);
  if (deviation === undefined) return undefined;
  const seconds = send.second === undefined ? undefined : secondsOf(send.second, setting);
  const whole = seconds === undefined ? deviation : withSecond(deviation, seconds[n % seconds.length]);
  const shift = numberOf(`${send.of} ${send.field ?? ''}`);
  return { context: around(randomContext(setting.seed + shift, n, setting.edition), whole, setting), deviation: whole };
}

function randomDeviation(
  of: DeviationKind,
  field: Field | undefined,
  setting: Setting,
  n: number,
): Deviation | undefined {
  const { classes, random } = sourceOf(of, field, setting);
  const rest = classes.flatMap((values) => values.slice(mostOfClass(of)));
  if (n < rest.length) return rest[n];
  if (random === undefined) {
    const all = classes.flat();
    return all[n % all.length];
  }
  return random.generate(randomOf(setting.seed, n), 2 + Math.floor(Math.log10(n + 1))).value;
}

function withSecond(deviation: Deviation, second: Deviation | undefined): Deviation {
  return second === undefined ? deviation : { ...deviation, what: `${deviation.what}, and ${second.what}`, second };
}

/** The most telling values of the kinds, by turns. */
function secondsOf(kinds: readonly DeviationKind[], setting: Setting): readonly Deviation[] {
  return kinds.flatMap((kind) => {
    const field = kind === 'wrong type' ? 'delay_time' : undefined;
    return sourceOf(kind, field, setting).classes[0]?.slice(0, 1) ?? [];
  });
}

/** The one case that stands for a row: the most telling value in the plain context. */
export function canonicalPlay(send: Send, setting: Setting): Play | undefined {
  if (send.kind === 'context') return { context: plain, deviation: undefined };
  if (send.kind !== 'deviation') return undefined;
  const [deviation] = sourceOf(send.of, send.field, setting).classes[0] ?? [];
  return deviation === undefined ? undefined : { context: around(plain, deviation, setting), deviation };
}

interface Memo {
  readonly sources: Map<string, DeviationSource>;
  readonly plays: Map<string, readonly Play[]>;
}

/** One for each state, and some for pools that a state handler has just handed out. */
const mostMemos = 12;
const memos = new Map<string, Memo>();

/** What was made for a setting, if that is one of the latest. */
function memoOf(setting: Setting): Memo {
  const key = JSON.stringify(setting);
  const memo = memos.get(key) ?? { sources: new Map(), plays: new Map() };
  memos.delete(key);
  memos.set(key, memo);
  const [oldest] = memos.keys();
  if (memos.size > mostMemos && oldest !== undefined) memos.delete(oldest);
  return memo;
}

/** The deviations of a kind. */
function sourceOf(of: DeviationKind, field: Field | undefined, setting: Setting): DeviationSource {
  const { sources } = memoOf(setting);
  const name = `${of} ${field ?? ''}`;
  const known = sources.get(name) ?? deviationSource(of, field, setting);
  sources.set(name, known);
  return known;
}

/** A number for a text, the same in every run. */
function numberOf(text: string): number {
  let hash = 0;
  for (const character of text) hash = (Math.imul(hash, 31) + (character.codePointAt(0) ?? 0)) | 0;
  return Math.abs(hash);
}

/** Tells plays apart: two with the same key are the same request. */
export function playKey({ context, deviation }: Play): string {
  return `${contextKey(context)}\n${deviation === undefined ? '' : JSON.stringify([deviation.kind, deviation.change, deviation.second?.change])}`;
}

/** Dimensions in which a play can be made plainer. */
export function plainerIn({ context, deviation }: Play): readonly Dimension[] {
  const needed = Object.keys(deviation?.needs ?? {});
  return unusual(context).filter((dimension) => !needed.includes(dimension));
}
