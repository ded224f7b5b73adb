import { setTimeout as sleep } from 'node:timers/promises';
import type { Auth } from '../../specs/configuration.ts';
import type { Lane } from '../wire/http.ts';
import type { Credentials } from './credentials.ts';
import { describeUse } from './edit.ts';
import { type Common, tokenUse } from './token.ts';

/** The configured credential could not be obtained. */
export class CredentialError extends Error {
  override readonly name = 'CredentialError';
}

/** How often a login is tried while IAM is throttling or away, and the longest pause between, in milliseconds. */
const loginTries = 4;
const longestLoginPause = 10_000;

function isPassing(status: number): boolean {
  return [429, 502, 503, 504].includes(status);
}

type Iam = Extract<Auth, { kind: 'iam' }>;

/** A token that IAM hands out for user and password; fetched when first needed, then kept. */
export function fetched(auth: Iam, laneFor: (origin: string) => Lane, common: Common): Credentials {
  const { secrets } = common;
  secrets.add(auth.password);
  let current: Promise<string> | undefined;
  const fetchOnce = (): Promise<string> => {
    const attempt = requestToken(auth, laneFor).then(
      (token) => {
        secrets.add(token);
        return token;
      },
      (error: unknown) => {
        if (current === attempt) current = undefined;
        throw error;
      },
    );
    current = attempt;
    return attempt;
  };
  let renewal: Promise<void> | undefined;
  const independent: ReadonlySet<string> = new Set(['absent', 'empty', 'of the state', 'other scheme']);
  return {
    kind: 'iam',
    async headers(_request, use, override) {
      const token = independent.has(use.form) ? '' : await (current ?? fetchOnce());
      return tokenUse(token, use, override, common);
    },
    describe: describeUse,
    secrets,
    renew() {
      renewal ??= fetchOnce()
        .then(() => undefined)
        .finally(() => {
          renewal = undefined;
        });
      return renewal;
    },
  };
}

async function requestToken(auth: Iam, laneFor: (origin: string) => Lane): Promise<string> {
  let url: URL;
  try {
    url = new URL(auth.url);
  } catch {
    throw new CredentialError('the URL of IAM is not a valid URL');
  }
  const user = { name: auth.user, password: auth.password, domain: { name: auth.domain } };
  const project = /^[0-9a-f]{32}$/.test(auth.project) ? { id: auth.project } : { name: auth.project };
  const body = { auth: { identity: { methods: ['password'], password: { user } }, scope: { project } } };
  const lane = laneFor(url.origin);
  try {
    const login = {
      method: 'POST',
      origin: url.origin,
      path: `${url.pathname.replace(/\/+$/, '')}/v3/auth/tokens`,
      headers: { 'content-type': 'application/json', accept: 'application/json' },
      body: Buffer.from(JSON.stringify(body)),
    };
    let answer = await lane.send(login);
    for (let attempt = 1; attempt < loginTries && ('silence' in answer || isPassing(answer.status)); attempt += 1) {
      const asked = 'silence' in answer ? Number.NaN : Number(answer.headers['retry-after']) * 1000;
      await sleep(Math.min(Number.isFinite(asked) ? asked : 100 * 2 ** attempt, longestLoginPause));
      answer = await lane.send(login, { fresh: true });
    }
    if ('silence' in answer) throw new CredentialError(`IAM gave no answer: ${answer.reason}`);
    if (answer.status !== 201) throw new CredentialError(`IAM answered ${answer.status} instead of 201`);
    const token = answer.headers['x-subject-token'];
    if (token === undefined || token === '') throw new CredentialError('the answer of IAM has no X-Subject-Token');
    return token;
  } finally {
    await lane.close();
  }
}
