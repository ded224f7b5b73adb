import type { Field } from '../specs/requirement.ts';

/** The body fields of a rebuild, as the page names them. Values are not checked here: the service does that. */
export type RebuildBody = { readonly [F in Field]?: unknown };

export interface RebuildAccepted {
  readonly status: 200;
  readonly job_id: string;
}

export interface RebuildRefused {
  readonly status: number;
  readonly error_code: string;
  readonly error_msg?: string;
}

export type RebuildAnswer = RebuildAccepted | RebuildRefused;

export interface ClientOptions {
  /** Base URL; a path prefix is kept. */
  readonly url: string;
  /** Sent as X-Auth-Token; nothing is sent when it is undefined. */
  readonly token: string | undefined;
}

export interface Client {
  rebuild(projectId: string, poolId: string, body: RebuildBody): Promise<RebuildAnswer>;
}

/** A consumer of the rebuild operation that reads no more of an answer than it needs. */
export function createClient({ url, token }: ClientOptions): Client {
  const base = url.replace(/\/+$/, '');
  return {
    async rebuild(projectId, poolId, body) {
      const path = `/v2/${encodeURIComponent(projectId)}/desktop-pools/${encodeURIComponent(poolId)}/rebuild`;
      // Loaded with the first request: whoever imports the library for a run does without.
      const { request } = await import('undici');
      const answer = await request(`${base}${path}`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', ...(token === undefined ? {} : { 'x-auth-token': token }) },
        body: JSON.stringify(body),
        // Rebuilds are far between, and a POST is not sent again: a kept connection may be closed by then.
        reset: true,
      });
      return read(answer.statusCode, await answer.body.json());
    },
  };
}

function read(status: number, body: unknown): RebuildAnswer {
  if (typeof body !== 'object' || body === null) throw new Error(`an answer ${status} that is no JSON object`);
  const { job_id, error_code, error_msg } = body as Readonly<Record<string, unknown>>;
  if (status === 200) {
    if (typeof job_id !== 'string') throw new Error('an acceptance without a job_id');
    return { status, job_id };
  }
  if (typeof error_code !== 'string') throw new Error(`an answer ${status} without an error_code`);
  return typeof error_msg === 'string' ? { status, error_code, error_msg } : { status, error_code };
}
