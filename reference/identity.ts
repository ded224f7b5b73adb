import { json } from './answers.ts';
import { account, type World } from './world.ts';

export const tokensPath = '/v3/auth/tokens';

/** The identity service: a token for a password and a project. */
export function handleTokens(world: World, method: string | undefined, body: Uint8Array): Response {
  if (method !== 'POST') return refuse(405, 'Method Not Allowed', { allow: 'POST' });
  let asked: unknown;
  try {
    asked = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(body));
  } catch {
    return refuse(400, 'Bad Request');
  }
  const methods = at(asked, 'auth', 'identity', 'methods');
  const user = at(asked, 'auth', 'identity', 'password', 'user');
  const project = at(asked, 'auth', 'scope', 'project');
  if (!Array.isArray(methods) || !methods.includes('password') || user === undefined || project === undefined)
    return refuse(400, 'Bad Request');
  const isKnown =
    at(user, 'name') === account.user &&
    at(user, 'password') === account.password &&
    at(user, 'domain', 'name') === account.domain;
  if (!isKnown || (at(project, 'name') ?? at(project, 'id')) !== account.project) return refuse(401, 'Unauthorized');

  const issued = Date.now();
  const token = {
    methods: ['password'],
    issued_at: new Date(issued).toISOString(),
    expires_at: new Date(issued + 24 * 60 * 60_000).toISOString(),
    user: { name: account.user, domain: { name: account.domain } },
    project: { id: account.project, name: account.project },
  };
  return json({ token }, 201, { 'x-subject-token': world.issueToken() });
}

function at(value: unknown, ...path: readonly string[]): unknown {
  let found = value;
  for (const key of path) {
    if (typeof found !== 'object' || found === null || !Object.hasOwn(found, key)) return undefined;
    found = (found as Record<string, unknown>)[key];
  }
  return found;
}

function refuse(code: number, title: string, headers: Readonly<Record<string, string>> = {}): Response {
  return json({ error: { code, title, message: 'The request was refused.' } }, code, headers);
}
