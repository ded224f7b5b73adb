import type { Case, CaseSource, Fixture } from './case.ts';

export type Body = Readonly<Record<string, unknown>>;

const json = { 'content-type': 'application/json' };
const encoder = new TextEncoder();

/** The smallest valid body. */
export function validBody(fixture: Fixture): Record<string, unknown> {
  return { image_id: fixture.image_id };
}

/** Values that only the target's owner knows, or plausible ones where nothing is pinned. */
export function pinned(fixture: Fixture): Record<'image_type' | 'os_type' | 'order_id', string> {
  return {
    image_type: fixture.image_type ?? 'private',
    os_type: fixture.os_type ?? 'Windows',
    order_id: fixture.order_id ?? 'CS1234567890',
  };
}

/** Whether a plausible value of the field stands for a thing on the target, and nobody has named that thing. */
export function isGuessed(fixture: Fixture, field: string): boolean {
  return (field === 'image_type' || field === 'os_type' || field === 'order_id') && fixture[field] === undefined;
}

/** Whether the target is known to refuse the plausible value of the field: it is left out until somebody pins it. */
export function isWithheld(fixture: Fixture, field: string): boolean {
  return fixture.withheld?.includes(field) ?? false;
}

/** A valid body with every field, those left out that the target refuses unpinned. */
export function fullBody(fixture: Fixture): Record<string, unknown> {
  const { image_type, os_type, order_id } = pinned(fixture);
  const message = 'Please save your work.';
  const all = { image_type, image_id: fixture.image_id, os_type, delay_time: 15, message, order_id, is_fix: false };
  return Object.fromEntries(Object.entries(all).filter(([name]) => !isWithheld(fixture, name)));
}

/** What goes beside a field, by turns: nothing, or all others. Some readers look closer at the one, some at the other. */
export function company(fixture: Fixture, turn: number): Body {
  return turn % 2 === 0 ? {} : { ...fullBody(fixture), is_fix: true };
}

/** The request target of the operation; both ids are encoded. */
export function rebuildPath(project: string, pool: string): string {
  return rawPath(project, encodeURIComponent(pool));
}

/** Like `rebuildPath`, with a pool id that is already written as it shall go out. */
export function rawPath(project: string, pool: string): string {
  return `/v2/${encodeURIComponent(project)}/desktop-pools/${pool}/rebuild`;
}

/** A valid request but for the body, which is sent as it is, and for `changes`. */
export function rawCase(
  fixture: Fixture,
  label: string,
  body: string | Uint8Array | undefined,
  changes: Partial<Case> = {},
): Case {
  return {
    label,
    method: 'POST',
    path: rebuildPath(fixture.project_id, fixture.pool_id),
    headers: json,
    body: typeof body === 'string' ? encoder.encode(body) : body,
    credential: 'valid',
    ...changes,
  };
}

/** A valid request but for the value of the body, which is written as compact JSON, and for `changes`. */
export function jsonCase(fixture: Fixture, label: string, body: unknown, changes: Partial<Case> = {}): Case {
  return rawCase(fixture, label, JSON.stringify(body), changes);
}

/** A source of fixed cases alone. */
export function only(...fixed: readonly Case[]): CaseSource {
  return { fixed };
}

/** A JSON value for a label, shortened. */
export function shown(value: unknown): string {
  const text = JSON.stringify(value);
  return text.length > 40 ? `${text.slice(0, 37)}...` : text;
}

/** The plainest valid request: image_id alone. */
export function minimalCase(fixture: Fixture): Case {
  return jsonCase(fixture, 'image_id alone', validBody(fixture));
}

/** A valid request as a client would send it, pinned values included and guessed ones left out. */
export function typicalCase(fixture: Fixture): Case {
  const certain = Object.entries(fullBody(fixture)).filter(([name]) => !isGuessed(fixture, name));
  return jsonCase(fixture, 'a typical body', Object.fromEntries(certain));
}
