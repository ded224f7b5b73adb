import { covered, coveredLevels, type Dimension, fieldDimensions } from '../specs/contexts.ts';
import { type DeviationKind, traitsOf } from '../specs/deviations.ts';
import { type EditionName, edition } from '../specs/editions.ts';
import { type Field, fields, type Send } from '../specs/requirement.ts';
import {
  contextKey,
  contextsOfClass,
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
import { fieldSchema } from './schema.ts';
import { isLarge } from './writing.ts';

/** A request before it is rendered: what it is, whatever the fixture. */
export interface Play {
  readonly context: Context;
  readonly deviation: Deviation | undefined;
}

/** What rows with the same deviations share. */
export type DeviationSend = Extract<Send, { kind: 'deviation' }>;

const bodyDimensions: readonly Dimension[] = [...fieldDimensions, 'writing', 'size'];

/** Values of one class that the fixed cases send at most; what falls off comes first among the generated ones. */
function mostOfClass({ of, field }: DeviationSend, name: EditionName): number {
  return traitsOf(of).accepted === 'never' && !isOneOfMany(field, name) ? 5 : 4;
}

/** Fields of which there are several that take the same wrong values: what is left out of one, another has. */
function isOneOfMany(field: Field | undefined, name: EditionName): field is Field {
  return field !== undefined && fieldSchema(field, name).type === 'string';
}

/** Values of a class in the order in which they are sent: the most telling ones first, the others by turns. */
function inOrder(values: readonly Deviation[], { field }: DeviationSend, name: EditionName): readonly Deviation[] {
  if (!isOneOfMany(field, name)) return values;
  const [telling, others] = [values.slice(0, 2), values.slice(2)];
  const turn = others.length === 0 ? 0 : (2 * fields.indexOf(field)) % others.length;
  return [...telling, ...others.slice(turn), ...others.slice(0, turn)];
}

function withoutImage(some: readonly Field[]): readonly Exclude<Field, 'image_id'>[] {
  return some.filter((field) => field !== 'image_id');
}

/** The dimensions that a change leaves no room for. */
export function overridden(change: Change): readonly Dimension[] {
  switch (change.on) {
    case 'field':
      return [...withoutImage([change.field]), ...(isLarge(change.value) ? (['size'] as const) : [])];
    case 'members': {
      const isEmpty = change.add.length === 0 && fields.every((field) => change.without.includes(field));
      const isTooMuch = isLarge(change.add.flatMap((member) => [...member].flat()));
      return [
        ...withoutImage(change.without),
        ...(isEmpty ? (['writing'] as const) : []),
        ...(isTooMuch ? (['size'] as const) : []),
      ];
    }
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
      return isVariable(change.mediaType) ? [] : ['media_type'];
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

/** Whether a media type can be written in another case and with a charset. */
function isVariable(mediaType: string | undefined): boolean {
  return mediaType !== undefined && /^[a-z]+\/[^;]*$/.test(mediaType);
}

/** The context, as far as the deviation leaves room for it. */
function around(context: Context, deviation: Deviation, setting: Setting): Context {
  const fitting = forAuth(plainIn(context, goneWith(deviation)), setting.auth);
  return lawful(withNeeds(fitting, deviation), setting.edition, goneWith(deviation));
}

/** The dimensions that a deviation leaves no room for. */
function goneWith({ change, second }: Deviation): ReadonlySet<Dimension> {
  return new Set([...overridden(change), ...(second === undefined ? [] : overridden(second.change))]);
}

/** The same, with those of which it needs a certain level. */
function takenBy(deviation: Deviation): ReadonlySet<Dimension> {
  return new Set([...goneWith(deviation), ...(Object.keys(deviation.needs ?? {}) as Dimension[])]);
}

/** Of two deviations the first alone. */
function firstOf({ second: _, ...first }: Deviation): Deviation {
  return first;
}

/**
 * What the cases of a class deviate in: each value that is sent, and by turns as many as it takes to meet every level.
 * What leaves no room but for a second deviation is not made up for: with two, a target has the choice which it refuses.
 */
function deviationsOf(values: readonly Deviation[], most: number, name: EditionName): readonly Deviation[] {
  const chosen = values.slice(0, most);
  const taken = new Map(values.map((value) => [value, takenBy(firstOf(value))]));
  for (const dimension of covered(name)) {
    const leavesRoom = (value: Deviation): boolean => !taken.get(value)?.has(dimension);
    const fitting = values.filter(leavesRoom);
    const met = chosen.filter(leavesRoom).length;
    const missing = fitting.length === 0 ? 0 : Math.max(0, coveredLevels(dimension, name).length - met);
    for (let i = 0; i < missing; i += 1) chosen.push(...fitting.slice((met + i) % fitting.length).slice(0, 1));
  }
  return chosen;
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
    const seconds = send.second === undefined ? undefined : secondsOf(send.second, setting);
    const ordered = inOrder(values, send, setting.edition);
    const all =
      seconds === undefined
        ? ordered
        : seconds.map((second, i) => withSecond(ordered[i % ordered.length] ?? second, second));
    const deviations = deviationsOf(all, mostOfClass(send, setting.edition), setting.edition);
    const contexts = contextsOfClass(first + index, deviations.map(takenBy), setting.edition);
    return deviations.map((deviation, i) => ({ context: around(contexts[i] ?? plain, deviation, setting), deviation }));
  });
}

/** Whether the values of a row's deviations are more than its fixed cases send. */
export function hasManyValues(send: DeviationSend, setting: Setting): boolean {
  return send.second === undefined && sourceOf(send.of, send.field, setting).random !== undefined;
}

/** The n-th generated case of a row about deviations. The same seed and n give the same one. */
export function randomPlay(send: DeviationSend, setting: Setting, n: number): Play | undefined {
  const deviation = randomDeviation(send, setting, n);
  if (deviation === undefined) return undefined;
  const seconds = send.second === undefined ? undefined : secondsOf(send.second, setting);
  const whole = seconds === undefined ? deviation : withSecond(deviation, seconds[n % seconds.length]);
  const shift = numberOf(`${send.of} ${send.field ?? ''}`);
  return { context: around(randomContext(setting.seed + shift, n, setting.edition), whole, setting), deviation: whole };
}

function randomDeviation(send: DeviationSend, setting: Setting, n: number): Deviation | undefined {
  const { classes, random } = sourceOf(send.of, send.field, setting);
  const rest = classes.flatMap((values) =>
    inOrder(values, send, setting.edition).slice(mostOfClass(send, setting.edition)),
  );
  if (n < rest.length) return rest[n];
  if (random === undefined) {
    const all = classes.flat();
    return all[n % all.length];
  }
  return random.generate(randomOf(setting.seed, n), 2 + Math.floor(Math.log10(n + 1))).value;
}

/** The play with what its deviation needs, and without levels that wait for what a plainer context lacks. */
export function lawfulPlay({ context, deviation }: Play, name: EditionName): Play {
  return { context: lawful(withNeeds(context, deviation), name, edition(name).dimensions), deviation };
}

/** Generated deviations of one kind that are looked through at most. */
const mostSearched = 20_000;

/** Every deviation of a kind that a run of so many generated cases may send, in an order that is the same for any values of a state. */
export function* deviationsSent(send: DeviationSend, setting: Setting, runs: number): Generator<Deviation> {
  const seconds = send.second === undefined ? [undefined] : secondsOf(send.second, setting);
  const source = sourceOf(send.of, send.field, setting);
  const generated = source.random === undefined ? 0 : Math.min(runs, mostSearched);
  for (const value of source.classes.flat()) for (const second of seconds) yield withSecond(value, second);
  for (let n = 0; n < generated; n += 1) {
    const deviation = randomDeviation(send, setting, n);
    if (deviation !== undefined) for (const second of seconds) yield withSecond(deviation, second);
  }
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
