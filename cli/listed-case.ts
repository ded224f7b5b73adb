import { fixedPlays, type Play } from '../generators/cases.ts';
import type { CredentialUse, Draft } from '../generators/model.ts';
import { render } from '../generators/render.ts';
import { label } from '../generators/words.ts';
import { describeUse } from '../runner/credentials/edit.ts';
import { rowsOfContext, validItems } from '../runner/plan/items.ts';
import { type EditionName, edition } from '../specs/editions.ts';
import type { Requirement } from '../specs/requirement.ts';

/** A fixed case as plain data. How it is sent is told only where that is not the plain way. */
export type ListedCase = {
  readonly label: string;
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly transfer?: Exclude<Draft['transfer'], 'whole'>;
  readonly connection?: Exclude<Draft['connection'], 'reused'>;
  readonly header_case?: Exclude<Draft['headerCase'], 'usual'>;
  /** The form, with its edit: `valid`, `truncated: keep 0.75`. */
  readonly credential: string;
  /** Empty when something else than the status is judged. */
  readonly expected: Requirement['expect']['statuses'];
} & ListedBody;

/** A body as text, or base64 when it is not UTF-8; how it begins, when it is too large; nothing when none is sent. */
type ListedBody =
  | { readonly body: string }
  | { readonly body_base64: string }
  | { readonly body_bytes: number; readonly body_start: string }
  | Record<never, never>;

/** Values that stand for those of the state that a requirement is given. */
const placeholders = { project_id: 'PROJECT_ID', pool_id: 'POOL_ID', image_id: 'IMAGE_ID' };
/** Bytes of a body that is listed whole, and those of a larger one that are. */
const largest = 64 * 1024;
const start = 200;

/** The fixed cases of a row in an edition; none where no single request shows it. */
export function fixedCases(row: Requirement, name: EditionName): readonly ListedCase[] {
  const fixture = row.given === 'image is billed' ? { ...placeholders, order_id: 'ORDER_ID' } : placeholders;
  const setting = { fixture, auth: 'token', seed: 1, edition: name } as const;
  const plays = row.send.kind === 'deviation' ? fixedPlays(row.send, setting) : validPlays(row, name);
  return plays.map((play) => listed(play, render(setting, play.context, play.deviation).request, row));
}

/** The valid requests of a whole run that speak for a row. */
function validPlays(row: Requirement, name: EditionName): readonly Play[] {
  if (row.send.kind !== 'context') return [];
  return validItems(edition(name).requirements, true, name).flatMap(({ make, rows, given }): Play[] => {
    const play = make({ fixture: placeholders, auth: 'token', seed: 1, edition: name });
    if (play === undefined) return [];
    const all = [...rows, ...rowsOfContext(play.context, given)];
    return all.some(({ id }) => id === row.id) ? [play] : [];
  });
}

function listed(play: Play, request: Draft, row: Requirement): ListedCase {
  const { method, path, headers, transfer, connection, headerCase, body, credential } = request;
  return {
    label: label(play),
    method,
    path,
    headers,
    ...(transfer === 'whole' ? {} : { transfer }),
    ...(connection === 'reused' ? {} : { connection }),
    ...(headerCase === 'usual' ? {} : { header_case: headerCase }),
    ...(body === undefined ? {} : bodyOf(body)),
    credential: inWords(credential),
    expected: row.expect.statuses,
  };
}

function bodyOf(bytes: Uint8Array): ListedBody {
  if (bytes.length > largest) {
    // As a stream, so that a character which is cut is left out.
    const body_start = new TextDecoder().decode(bytes.subarray(0, start), { stream: true });
    return { body_bytes: bytes.length, body_start };
  }
  const buffer = Buffer.from(bytes);
  const body = buffer.toString('utf8');
  return Buffer.from(body).equals(buffer) ? { body } : { body_base64: buffer.toString('base64') };
}

function inWords(use: CredentialUse): string {
  const name = describeUse(use).slice(1, -1);
  const details = Object.entries(use.form === 'edited' ? use.edit : use).flatMap(([key, value]) =>
    ['form', 'on', 'edit', 'part'].includes(key)
      ? []
      : [`${key} ${/^[\w-]+( [\w-]+)*$/.test(`${value}`) ? value : JSON.stringify(value)}`],
  );
  return details.length === 0 ? name : `${name}: ${details.join(', ')}`;
}
