import { spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, expect, test } from 'vitest';

const program = resolve('dist/cli.js');
const folder = mkdtempSync(join(tmpdir(), 'canary-'));
const servers: Server[] = [];
afterAll(() => {
  for (const server of servers) {
    server.closeAllConnections();
    server.close();
  }
  rmSync(folder, { recursive: true, force: true });
});

/** No stretch of these stands in any text of ours. */
const secrets = {
  token: 'Tk7-qXv92mLw4ZrB+8sJd/KfHy3Gp==',
  expired: 'Ex4-wPz81cNt6VqM-2xRb_JsLg9Dk',
  handed: 'Hn5-rYt73bKv9WcQ-6mZf_XdPj2Ls',
  secretKey: 'Sk9-uHb64nGx2TjF-5vCq_MwZr8Yp',
  securityToken: 'Sc3-oDk58fQm7LzV-1tXw_BnHs4Jr',
  password: 'Pw6-eJf27gTr3XnC-9kLv_ZqWm5Bd',
  issued: 'Is8-aMq95hWk1RvD-4yNc_FzTb6Gx',
};

async function listen(
  listener: (incoming: IncomingMessage, body: string) => [number, object, Record<string, string>?],
) {
  const server = createServer((incoming, outgoing) => {
    let body = '';
    incoming.on('data', (part) => {
      body += part;
    });
    incoming.on('end', () => {
      const [status, value, headers = {}] = listener(incoming, body);
      outgoing.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(value));
    });
  });
  servers.push(server);
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** Every way of giving a text away that a careless or a hostile target may find. */
function spread(text: string): string {
  const bytes = Buffer.from(text);
  const half = text.length >> 1;
  return [
    text,
    text.toUpperCase(),
    text.slice(0, -1),
    text.slice(1),
    `${text}x`,
    `X${text.slice(1)}`,
    `${text.slice(0, half)}\n  ${text.slice(half)}`,
    encodeURIComponent(text),
    [...bytes].map((byte) => `%${byte.toString(16)}`).join(''),
    [...text].map((c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`).join(''),
    bytes.toString('base64'),
    Buffer.from(`a${text}`).toString('base64url'),
    bytes.toString('hex'),
    [...text].reverse().join(''),
    [...text].join('.'),
    [...text].join(' '),
  ].join(' , ');
}

/** Accepts nearly everything, which is wrong in many ways, and echoes what it was told in each answer. */
function telling(all: readonly string[]) {
  let count = 0;
  return (incoming: IncomingMessage): [number, object, Record<string, string>] => {
    count += 1;
    const told = ['x-auth-token', 'authorization', 'x-security-token'].map((name) =>
      String(incoming.headers[name] ?? ''),
    );
    const text = spread(`${told.join(' ')} ${all[count % all.length]}`);
    const headers = {
      'x-echo': encodeURIComponent(text).slice(0, 6000),
      'set-cookie': `sid=${Buffer.from(text).toString('hex').slice(0, 6000)}`,
    };
    const status = count % 7 === 6 ? 500 : count % 5 === 4 ? 400 : 200;
    return [status, { job_id: `j${count}`, error_code: 5, error_msg: text }, headers];
  };
}

/** Stretches of a secret in the writings that survive in a report; as short as eight characters. */
function leaksIn(text: string, secret: string): readonly string[] {
  const joined = text.replace(/\\+[nr]|\s|&#10;/g, '').toLowerCase();
  const undone = joined
    .replace(/%([0-9a-f]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)))
    .replace(/\\+u([0-9a-f]{4})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)))
    .toLowerCase();
  const stretches = (value: string, length: number): readonly string[] =>
    Array.from({ length: Math.max(0, value.length - length + 1) }, (_, at) => value.slice(at, at + length));
  const low = secret.toLowerCase();
  const plain = [...stretches(low, 8), ...stretches([...low].reverse().join(''), 8)];
  const hex = stretches(Buffer.from(secret).toString('hex'), 16);
  const coded = [0, 1, 2].flatMap((n) =>
    stretches(
      Buffer.from('x'.repeat(n) + secret)
        .toString('base64')
        .slice(4, -4),
      12,
    ),
  );
  const squeezed = text
    .replace(/\\+[nr]|\s/g, '')
    .replaceAll('-', '+')
    .replaceAll('_', '/');
  return [
    ...[...plain, ...hex].filter((stretch) => joined.includes(stretch) || undone.includes(stretch)),
    ...coded.filter((stretch) => squeezed.includes(stretch)),
  ];
}

function run(name: string, config: object, more: readonly string[] = []): Promise<string> {
  const file = join(folder, `${name}.json`);
  writeFileSync(file, JSON.stringify(config));
  const out = join(folder, name);
  const args = [program, 'run', '--config', file, '--runs', '0', '--timeout', '2000', '--out', out, ...more];
  return new Promise((done) => {
    const child = spawn(process.execPath, args, { cwd: folder });
    let said = '';
    for (const stream of [child.stdout, child.stderr])
      stream.on('data', (part) => {
        said += part;
      });
    child.once('close', () => done(said));
  });
}

const ready = { project_id: 'p1', pool_id: 'pool-a', image_id: 'img-1' };
const limits = { rebuilds: 30 };

test.each(['token', 'aksk', 'iam', 'of a state, configured', 'of a state, from the handler'] as const)(
  'no artefact of a run holds a secret, whatever the target does with it: %s',
  async (kind) => {
    const url = await listen(telling(Object.values(secrets)));
    const iam = await listen((_, body) => [201, { token: { said: body } }, { 'x-subject-token': secrets.issued }]);
    const handler = await listen((_, body) => {
      const isExpired = body.includes('expired');
      return [200, isExpired ? { token: secrets.expired } : { token: secrets.handed }];
    });
    const signed = {
      access_key: 'AKCANARY7QXV92MLW4ZR',
      secret_key: secrets.secretKey,
      security_token: secrets.securityToken,
    };
    const login = { iam: { url: iam, domain: 'd', user: 'u', password: secrets.password, project: 'p' } };
    const auth = kind === 'aksk' ? signed : kind === 'iam' ? login : { token: secrets.token };
    const states = {
      'pool is ready': ready,
      ...(kind === 'of a state, configured' ? { 'token is expired': { token: secrets.expired } } : {}),
    };
    const more = kind === 'of a state, from the handler' ? { state_handler: handler } : {};
    const name = kind.replace(/\W+/g, '-');
    const said = await run(name, { target: { url }, auth, states, limits, ...more });
    const own: Readonly<Record<typeof kind, readonly string[]>> = {
      token: [secrets.token],
      aksk: [secrets.secretKey, secrets.securityToken],
      iam: [secrets.password, secrets.issued],
      'of a state, configured': [secrets.token, secrets.expired],
      'of a state, from the handler': [secrets.token, secrets.expired, secrets.handed],
    };
    const files = readdirSync(join(folder, name), { recursive: true, encoding: 'utf8' });
    expect(files.length).toBeGreaterThanOrEqual(4);
    const artefacts = [
      ['what was printed', said],
      ...files.map((file) => [file, readFileSync(join(folder, name, file), 'utf8')]),
    ];
    // The run must have found something to tell, or nothing was tried.
    expect(artefacts.find(([file]) => file === 'report.json')?.[1]).toContain('[redacted]');
    for (const [file = '', text = ''] of artefacts)
      for (const secret of own[kind]) expect([file, leaksIn(text, secret)]).toEqual([file, []]);
  },
);

test.each(['other', 'a', 'status', 'expected'])(
  'with %j as the token no sentence of ours is redacted',
  async (token) => {
    const url = await listen(() => [400, { error_code: 'other', error_msg: 'a status' }]);
    const said = await run(`word-${token}`, { target: { url }, auth: { token }, states: { 'pool is ready': ready } });
    expect(said).toContain('No valid body was accepted (400)');
    const summary = readFileSync(join(folder, `word-${token}`, 'summary.md'), 'utf8');
    // What the target says is no sentence of ours: there the word may be the token.
    for (const text of [said, summary])
      expect(text.replace(/The target says: .*?\. +Is/s, '')).not.toContain('[redacted]');
  },
);
