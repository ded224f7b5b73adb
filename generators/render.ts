import type { FieldDimension, FieldLevel } from '../specs/contexts.ts';
import { edition } from '../specs/editions.ts';
import type { Field } from '../specs/requirement.ts';
import { fields } from '../specs/requirement.ts';
import type { PinnedField } from '../specs/schemas.ts';
import { additionalHeaders } from './harmless-headers.ts';
import type { Case, Change, Context, CredentialUse, Deviation, Draft, Fixture } from './model.ts';
import { plausible, type Source } from './plausible.ts';
import { fieldSchema, range } from './schema.ts';
import { editText } from './text-edit.ts';
import { typicalMessage } from './texts.ts';
import { type Member, padded, textOf, writeObject } from './writing.ts';

/** As UTF-8; what is no character becomes the replacement character. */
function encoded(text: string): Uint8Array {
  const bytes = Buffer.from(text);
  return new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.length);
}

/** A media type as the context writes it. */
function mediaTypeIn({ levels }: Context, mediaType: string): string {
  switch (levels.media_type) {
    case 'json':
      return mediaType;
    case 'charset':
      return /charset/i.test(mediaType) ? mediaType : `${mediaType}; charset=utf-8`;
    case 'recased': {
      const other = mediaType.replace(/^[^;]*/, (type) => type.replace(/^[a-z]|\/.*$/g, (part) => part.toUpperCase()));
      return mediaType === 'application/json' ? `${other};Charset="UTF-8"` : other;
    }
  }
}

/** Where `message` is missing and bytes must go into it. */
const carrier = 'abc';

/** The request that a context and a deviation make in an edition: the only way to make one. */
export function render(source: Source, context: Context, deviation?: Deviation): Case {
  const { fixture } = source;
  const state: State = {
    fixture,
    context,
    members: membersOf(source, context),
    text: undefined,
    bytes: undefined,
    body: 'members',
    mediaType: 'application/json',
    headers: { ...additionalHeaders(context.levels.headers, fixture) },
    method: 'POST',
    project: encodeURIComponent(fixture.project_id),
    pool: encodeURIComponent(fixture.pool_id),
    edit: undefined,
    credential: { form: 'valid' },
    unframed: false,
    late: [],
  };
  if (deviation !== undefined) {
    apply(state, deviation.change);
    if (deviation.second !== undefined) apply(state, deviation.second.change);
  }
  return { context, deviation, request: finish(state) };
}

type PathChange = Extract<Change, { on: 'path' }>;

/** A request in the making. */
interface State {
  readonly fixture: Fixture;
  readonly context: Context;
  members: readonly Member[];
  text: string | undefined;
  bytes: Uint8Array | undefined;
  body: 'members' | 'given' | 'none';
  mediaType: string | undefined;
  headers: Record<string, string>;
  method: string;
  project: string;
  pool: string;
  edit: PathChange | undefined;
  credential: CredentialUse;
  unframed: boolean;
  /** Changes of the text and the bytes, for which the members must be complete. */
  late: Change[];
}

/** The members of a valid body, in the order of the page. */
function membersOf(source: Source, context: Context): readonly Member[] {
  return edition(source.edition).fields.flatMap((field): Member[] => {
    const value = field === 'image_id' ? source.fixture.image_id : fieldValue(source, context, field);
    return value === undefined ? [] : [[field, JSON.stringify(value)]];
  });
}

/** The value of a field at its level; undefined where the field is left out. */
function fieldValue(source: Source, { levels, values }: Context, field: FieldDimension): unknown {
  const level: FieldLevel = levels[field];
  switch (level) {
    case 'absent':
      return undefined;
    case 'given':
    case 'several':
      return plausible(source, field as PinnedField);
    case 'one':
      return plausible(source, field as PinnedField).slice(0, 1);
    case 'none':
      return [];
    case 'empty':
      return '';
    case 'least':
      return range(field, source.edition).min;
    case 'most':
      return range(field, source.edition).max;
    case 'between':
      return values[field] ?? range(field, source.edition).min + 1;
    case 'rich':
    case 'longest':
    case 'typical':
    case 'literal':
      return values[field] ?? typicalMessage;
    case 'true':
    case 'false':
      return level === 'true';
    default:
      return fieldSchema(field, source.edition).enum?.find((value) => level === `is ${value}`);
  }
}

/** The members with one set, at its place in the order of the page. */
function withMember(members: readonly Member[], field: Field, value: string): readonly Member[] {
  const others = members.filter(([name]) => name !== field);
  const next = others.findIndex(([name]) => fields.indexOf(name as Field) > fields.indexOf(field));
  const at = next < 0 ? others.length : next;
  return [...others.slice(0, at), [field, value], ...others.slice(at)];
}

function apply(state: State, change: Change): void {
  switch (change.on) {
    case 'field':
      state.members = withMember(state.members, change.field, textOf(change.value));
      break;
    case 'members': {
      const kept = state.members.filter(([name]) => !(change.without as readonly string[]).includes(name));
      const added = change.add.map(([name, value]): Member => [name, textOf(value)]);
      state.members = change.place === 'first' ? [...added, ...kept] : [...kept, ...added];
      break;
    }
    case 'bytes':
      if (!state.members.some(([name, value]) => name === 'message' && value !== '""'))
        state.members = withMember(state.members, 'message', JSON.stringify(carrier));
      state.late.push(change);
      break;
    case 'text':
    case 'encoding':
    case 'padding':
      state.late.push(change);
      break;
    case 'body':
      state.text = change.body === undefined ? undefined : textOf(change.body);
      state.body = change.body === undefined ? 'none' : 'given';
      state.unframed = change.unframed ?? false;
      if (change.mediaType !== undefined) state.mediaType = change.mediaType;
      break;
    case 'media type':
      state.mediaType = change.mediaType;
      break;
    case 'header':
      state.headers[change.name] = textOf(change.value);
      break;
    case 'credential':
      state.credential = change.use;
      break;
    case 'pool':
      state.pool = change.written;
      break;
    case 'project':
      state.project = change.written;
      break;
    case 'image':
      state.members = withMember(state.members, 'image_id', JSON.stringify(change.image));
      break;
    case 'method':
      state.method = change.method;
      if (change.method === 'GET' || change.method === 'HEAD') state.body = 'none';
      break;
    case 'path':
      state.edit = change;
      break;
    case 'state':
      break;
    case 'several':
      for (const one of change.changes) apply(state, one);
      break;
  }
}

function finish(state: State): Draft {
  const { context, method, headers, credential, unframed } = state;
  const { transfer, connection, header_case, signing } = context.levels;
  const body = bodyOf(state);
  const query = context.levels.query === 'none' ? '' : `?image_id=${encodeURIComponent(state.fixture.image_id)}`;
  const isBare = body === undefined && state.method !== 'POST';
  const type = state.mediaType === undefined || isBare ? {} : { 'Content-Type': mediaTypeIn(context, state.mediaType) };
  return {
    method,
    path: `${pathOf(state)}${query}`,
    headers: { ...type, ...headers },
    body,
    transfer: body === undefined || body.length === 0 ? 'whole' : transfer,
    connection,
    headerCase: header_case,
    signing,
    unframed,
    credential,
  };
}

function pathOf({ project, pool, edit }: State): string {
  const tail = edit?.edit === 'tail' ? edit.to.replace('{pool}', () => pool) : `/desktop-pools/${pool}/rebuild`;
  return `${edit?.edit === 'start' ? edit.to : '/v2/'}${project}${tail}${edit?.edit === 'suffix' ? edit.to : ''}`;
}

function bodyOf(state: State): Uint8Array | undefined {
  if (state.body === 'none') return undefined;
  let text = state.body === 'given' ? (state.text ?? '') : writeObject(state.members, state.context.levels);
  let encode = (value: string): Uint8Array => encoded(value);
  for (const change of state.late) {
    if (change.on === 'text') text = editText(text, change.edit);
    else if (change.on === 'padding') text = padded(text, change.length);
    else if (change.on === 'encoding') encode = encodings[change.encoding];
    else if (change.on === 'bytes') encode = (value) => withBytes(value, change.bytes);
  }
  return encode(text);
}

const encodings: Readonly<Record<Extract<Change, { on: 'encoding' }>['encoding'], (text: string) => Uint8Array>> = {
  'UTF-8 with a mark': (text) => encoded(`\uFEFF${text}`),
  'UTF-16LE': (text) => new Uint8Array(Buffer.from(`\uFEFF${text}`, 'utf16le')),
  'UTF-16BE': (text) => new Uint8Array(Buffer.from(`\uFEFF${text}`, 'utf16le').swap16()),
  'UTF-32LE': (text) => {
    const points = Array.from(`\uFEFF${text}`, (character) => character.codePointAt(0) ?? 0);
    const bytes = Buffer.alloc(4 * points.length);
    for (const [i, point] of points.entries()) bytes.writeUInt32LE(point, 4 * i);
    return new Uint8Array(bytes);
  },
};

/** Bytes at the end of the value of `message`, in front of its quotation mark. */
function withBytes(text: string, bytes: readonly number[]): Uint8Array {
  const value = /"message"\s*:\s*"(?:[^"\\]|\\.)*/.exec(text);
  const at = value === null ? text.length : value.index + value[0].length;
  const [head, tail] = [encoded(text.slice(0, at)), encoded(text.slice(at))];
  return new Uint8Array(Buffer.concat([head, Uint8Array.from(bytes), tail]));
}
