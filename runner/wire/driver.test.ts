import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { afterEach, describe, expect, test } from 'vitest';
import { plain } from '../../generators/contexts.ts';
import type { CredentialUse, Draft } from '../../generators/model.ts';
import { render } from '../../generators/render.ts';
import type { Auth, Configuration } from '../../specs/configuration.ts';
import { defaultEdition } from '../../specs/editions.ts';
import { createCredentials } from '../credentials/credentials.ts';
import type { Command, Exchange, Procedure, Sending } from '../decide/procedure.ts';
import { provide, send, wait } from '../decide/procedure.ts';
import { userAgent } from './client.ts';
import type { Clock } from './clock.ts';
import { createLane } from './connection.ts';
import { createDriver, type Driver, drive } from './driver.ts';

const fixture = { project_id: 'p1', pool_id: 'pool-a', image_id: 'image-a' };
const secret = 'MIIF-s3cret+token/äöü"=';
const plainSecret = 'a-configured-token';

const open: { server: Server; driver?: Driver }[] = [];

afterEach(async () => {
  for (const { server, driver } of open.splice(0)) {
    await driver?.close();
    server.closeAllConnections();
    server.close();
  }
});

type Handler = (incoming: IncomingMessage, outgoing: ServerResponse, body: string) => void;

async function serve(handler: Handler): Promise<{ url: string; entry: (typeof open)[number] }> {
  const server = createServer((incoming, outgoing) => {
    const parts: Buffer[] = [];
    incoming.on('data', (part: Buffer) => parts.push(part));
    incoming.on('end', () => handler(incoming, outgoing, Buffer.concat(parts).toString()));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const entry = { server };
  open.push(entry);
  return { url: `http://127.0.0.1:${typeof address === 'object' ? address?.port : 0}`, entry };
}

interface Setup {
  readonly limits?: Partial<Configuration['limits']>;
  readonly auth?: Auth;
  readonly states?: Configuration['states'];
  readonly state_handler?: string;
  readonly signal?: AbortSignal;
  readonly clock?: Clock;
}

async function setup(handler: Handler, options: Setup = {}): Promise<Driver> {
  const { limits, auth, states, state_handler, signal, clock } = options;
  const { url, entry } = await serve(handler);
  const configuration: Configuration = {
    edition: defaultEdition,
    target: { url: `${url}/base/` },
    auth: auth ?? { kind: 'token', token: plainSecret },
    states: states ?? { 'pool is ready': fixture },
    pools: [fixture.pool_id],
    state_handler,
    allow_rebuild: true,
    limits: { rate: undefined, concurrency: 4, timeout: 2000, rebuilds: 400, ready_wait: 0, ...limits },
    waivers: [],
  };
  const credentials = createCredentials(configuration.auth, (origin) => createLane(origin, { timeout: 2000 }));
  const driver = createDriver({
    configuration,
    credentials,
    seed: 1,
    signal,
    ...(clock === undefined ? {} : { clock }),
  });
  Object.assign(entry, { driver });
  return driver;
}

let lastId = 0;
function sending(draft: Partial<Draft> = {}, more: Partial<Sending> = {}): Sending {
  const made = render({ fixture, edition: defaultEdition }, plain);
  return {
    id: ++lastId,
    play: { context: plain, deviation: undefined },
    case: { ...made, request: { ...made.request, ...draft } },
    fixture,
    given: 'pool is ready',
    at: 'pool is ready',
    rows: [],
    mayAct: false,
    ...more,
  };
}

function marked(text: string): Sending {
  return sending({ headers: { 'X-Mark': text } });
}

async function sent(
  driver: Driver,
  trains: readonly (readonly Sending[])[],
): Promise<readonly (readonly Exchange[])[]> {
  return drive(send(trains), driver);
}

async function one(driver: Driver, value: Sending): Promise<Exchange> {
  const [[exchange] = []] = await sent(driver, [[value]]);
  if (exchange === undefined) throw new Error('no exchange');
  return exchange;
}

function statusOf({ result }: Exchange): number | string {
  if ('unsent' in result) return result.unsent;
  return 'status' in result ? result.status : result.silence;
}

const textOf = ({ result }: Exchange): string => ('body' in result ? Buffer.from(result.body).toString() : '');

describe('sending', () => {
  test('trains keep their order and their connection, side by side on so many lanes', async () => {
    const ports = new Map<string, Set<number>>();
    const order: string[] = [];
    let now = 0;
    let most = 0;
    const driver = await setup((incoming, outgoing) => {
      const mark = String(incoming.headers['x-mark']);
      order.push(mark);
      const train = mark.split('.')[0] ?? '';
      ports.set(train, (ports.get(train) ?? new Set()).add(incoming.socket.remotePort ?? 0));
      most = Math.max(most, ++now);
      setTimeout(() => {
        now -= 1;
        outgoing.end(mark);
      }, 40);
    });
    const names = Array.from({ length: 10 }, (_, i) => [0, 1, 2].map((j) => `${i}.${j}`));
    const exchanges = await sent(
      driver,
      names.map((train) => train.map(marked)),
    );
    expect(exchanges.map((train) => train.map(textOf))).toEqual(names);
    expect(most).toBe(4);
    expect([...ports.values()].map(({ size }) => size)).toEqual(Array(10).fill(1));
    expect(new Set([...ports.values()].flatMap((set) => [...set])).size).toBe(4);
    for (const train of names) expect(order.filter((mark) => train.includes(mark))).toEqual(train);
    expect(driver.counters).toEqual({ requests: 30, rebuilds: 30, retries: 0 });
  });

  test('the request has base path, User-Agent and credential; a case may name another User-Agent', async () => {
    const seen: IncomingMessage[] = [];
    const driver = await setup((incoming, outgoing) => {
      seen.push(incoming);
      outgoing.end();
    });
    await sent(driver, [[sending(), sending({ headers: { 'user-agent': 'me' }, credential: { form: 'absent' } })]]);
    expect(seen[0]?.url).toBe('/base/v2/p1/desktop-pools/pool-a/rebuild');
    expect(seen[0]?.rawHeaders).toEqual(expect.arrayContaining(['User-Agent', userAgent, 'X-Auth-Token', plainSecret]));
    expect(seen[1]?.rawHeaders.filter((text) => /user-agent|^me$|token/i.test(text))).toEqual(['user-agent', 'me']);
  });

  test('fresh sendings have a connection of their own', async () => {
    const ports: (number | undefined)[] = [];
    const driver = await setup((incoming, outgoing) => {
      ports.push(incoming.socket.remotePort);
      outgoing.end();
    });
    await sent(driver, [[sending(), sending({}, { fresh: true }), sending()]]);
    expect(ports[1]).not.toBe(ports[0]);
    expect(ports[2]).toBe(ports[1]);
  });

  test('the rate holds over all lanes', async () => {
    const driver = await setup((_, outgoing) => outgoing.end(), { limits: { rate: 100 } });
    const start = performance.now();
    await sent(driver, Array(11).fill([sending()]));
    expect(performance.now() - start).toBeGreaterThanOrEqual(95);
  });

  test('a form that the credential has not is not sent', async () => {
    const driver = await setup((_, outgoing) => outgoing.end());
    const use: CredentialUse = { form: 'edited', edit: { on: 'signature', part: 'body' } };
    expect(statusOf(await one(driver, sending({ credential: use })))).toBe('no such form');
    expect(driver.counters.requests).toBe(0);
  });
});

describe('the cap on rebuilds', () => {
  const accept: Handler = (_, outgoing) => setTimeout(() => outgoing.end('{}'), 10);
  const refuse: Handler = (_, outgoing) => setTimeout(() => outgoing.writeHead(400).end('{}'), 10);
  const acting = (): Sending => sending({}, { mayAct: true });

  test('is exact where many are accepted at once', async () => {
    const driver = await setup(accept, { limits: { rebuilds: 5, concurrency: 8 } });
    const exchanges = await sent(
      driver,
      Array.from({ length: 20 }, () => [acting()]),
    );
    const statuses = exchanges.flat().map(statusOf);
    expect(statuses.filter((status) => status === 200)).toHaveLength(5);
    expect(statuses.filter((status) => status === 'cap')).toHaveLength(15);
    expect(driver.counters).toEqual({ requests: 5, rebuilds: 5, retries: 0 });
  });

  test('is not used up by what is refused, nor a hindrance for what cannot act', async () => {
    const driver = await setup(refuse, { limits: { rebuilds: 1 } });
    for (let i = 0; i < 3; i += 1) expect(statusOf(await one(driver, acting()))).toBe(400);
    const exchanges = await sent(driver, [[acting()], [sending()], [sending()]]);
    expect(exchanges.flat().map(statusOf)).toEqual([400, 400, 400]);
    expect(driver.counters.rebuilds).toBe(0);
  });

  test('holds for every method that may start something once one was accepted that ought not to be', async () => {
    const driver = await setup(accept, { limits: { rebuilds: 2 } });
    const exchanges = await sent(driver, [
      [
        sending({ method: 'GET', body: undefined }),
        sending(),
        sending(),
        sending({ method: 'HEAD', body: undefined }),
        sending({ method: 'OPTIONS', body: undefined }),
      ],
    ]);
    expect(exchanges.flat().map(statusOf)).toEqual([200, 200, 'cap', 'cap', 200]);
  });

  test('counts what may have been acted on, though no answer came', async () => {
    const driver = await setup((incoming) => incoming.socket.destroy(), { limits: { rebuilds: 1 } });
    const exchanges = await sent(driver, [[sending(), acting(), acting()]]);
    expect(exchanges.flat().map(statusOf)).toEqual(['reset', 'reset', 'cap']);
    expect(driver.counters.rebuilds).toBe(1);
  });
});

describe('redaction', () => {
  const echo: Handler = (incoming, outgoing) => {
    const token = Buffer.from(String(incoming.headers['x-auth-token'] ?? ''), 'latin1').toString();
    const ascii = /^[\x21-\x7e]*$/.test(token) ? token.toLowerCase().replace(/[^a-z0-9-]/g, '') : 'x-none';
    outgoing.setHeader('X-Echo', Buffer.from(token).toString('latin1'));
    outgoing.setHeader('Location', `/login?token=${encodeURIComponent(token)}`);
    outgoing.setHeader(ascii || 'x-none', '1');
    outgoing.write(Buffer.from([0xff, 0x00]));
    outgoing.end(`${JSON.stringify({ token })} ${token} ${Buffer.from(token).toString('base64')}`);
  };

  test.each([plainSecret, 'short', secret])('no trace of %j is left in the exchange', async (token) => {
    // A header carries bytes.
    const wire = Buffer.from(token).toString('latin1');
    const driver = await setup(echo, { auth: { kind: 'token', token: wire } });
    const exchange = await one(driver, sending());
    expect(exchange.result).toMatchObject({ status: 200, echo: 'credential' });
    const { body, ...rest } = exchange.result as { body: Uint8Array };
    const whole = `${Buffer.from(body).toString()} ${Buffer.from(body).toString('latin1')} ${JSON.stringify(rest)}`;
    for (const writing of [token, wire, encodeURIComponent(token), Buffer.from(token).toString('base64')])
      expect(whole).not.toContain(writing);
    expect(whole).toContain('[redacted]');
    expect([...body.subarray(0, 2)]).toEqual([0xff, 0x00]);
  });

  test('nor of a token that came with a state, and was changed', async () => {
    const token = 'token-of-the-expired-state';
    const states = { 'pool is ready': fixture, 'token is expired': { token } };
    const driver = await setup(echo, { states });
    const uses: readonly [Partial<Draft>, Partial<Sending>][] = [
      [{ credential: { form: 'of the state' } }, { given: 'token is expired' }],
      [{ credential: { form: 'edited', edit: { on: 'token', edit: 'truncate', keep: 0.8 } } }, {}],
      [{ credential: { form: 'made up' } }, {}],
    ];
    await drive(provide('token is expired'), driver);
    for (const [draft, more] of uses) {
      const exchange = await one(driver, sending(draft, more));
      expect(exchange.result).toMatchObject({ echo: 'credential' });
      expect(textOf(exchange)).not.toMatch(/expired|configured/);
    }
  });

  test('a state without a token has none to send; the valid one is that of the ready pool', async () => {
    const token = 'token-of-the-ready-pool';
    const states = { 'pool is ready': { ...fixture, token }, 'token is expired': { token: 'expired-token' } };
    const seen: unknown[] = [];
    const driver = await setup(
      (incoming, outgoing) => {
        seen.push(incoming.headers['x-auth-token']);
        outgoing.end();
      },
      { states },
    );
    const ofState = sending({ credential: { form: 'of the state' } }, { given: 'token is expired' });
    expect(statusOf(await one(driver, ofState))).toBe('no such form');
    await one(driver, sending());
    await drive(provide('pool is ready'), driver);
    await drive(provide('token is expired'), driver);
    await one(driver, sending());
    await one(driver, sending({}, { given: 'token is expired' }));
    await one(driver, ofState);
    expect(seen).toEqual([plainSecret, token, token, 'expired-token']);
  });

  test('the User-Agent is told apart; other bytes stay as they are', async () => {
    const driver = await setup((incoming, outgoing) => outgoing.end(`hello ${incoming.headers['user-agent']}`));
    const exchange = await one(driver, sending());
    expect(exchange.result).toMatchObject({ echo: 'user agent' });
    expect(textOf(exchange)).toBe(`hello ${userAgent}`);
    const quiet = await setup((_, outgoing) => outgoing.end('{"a": null}'));
    const use: CredentialUse = { form: 'made up', shape: 'null' };
    expect(await one(quiet, sending({ credential: use }))).not.toHaveProperty('result.echo');
  });

  test('a body that is cut inside a secret does not end with its beginning', async () => {
    const page = `${'a'.repeat(16 * 1024 - 10)} ${plainSecret}${'b'.repeat(64 * 1024)}`;
    const driver = await setup((_, outgoing) => outgoing.end(page));
    const exchange = await one(driver, sending());
    expect(exchange.result).toMatchObject({ truncated: true });
    expect(textOf(exchange).slice(-5)).toBe('aaaa ');
  });
});

test('a fetched token that was good is renewed once; one that never was is not', async () => {
  let token = 'fetched-token-1';
  let logins = 0;
  const iam = await serve((_, outgoing) => {
    logins += 1;
    token = `fetched-token-${logins}`;
    outgoing.writeHead(201, { 'X-Subject-Token': token }).end('{}');
  });
  let valid = 'none';
  const driver = await setup(
    (incoming, outgoing) => outgoing.writeHead(incoming.headers['x-auth-token'] === valid ? 200 : 401).end(),
    { auth: { kind: 'iam', url: iam.url, domain: 'd', user: 'u', password: 'password-of-u', project: 'p' } },
  );
  expect(statusOf(await one(driver, sending()))).toBe(401);
  expect(logins).toBe(1);
  valid = 'fetched-token-1';
  expect(statusOf(await one(driver, sending()))).toBe(200);
  valid = 'fetched-token-2';
  const exchanges = await sent(driver, [[sending()], [sending()], [sending()]]);
  expect(exchanges.flat().map(statusOf)).toEqual([200, 200, 200]);
  expect(logins).toBe(2);
  expect(driver.counters.retries).toBe(3);
});

describe('driving', () => {
  test('commands are carried out and facts told, to the observer, too', async () => {
    const driver = await setup((_, outgoing) => outgoing.end());
    const told: string[] = [];
    const procedure = function* (): Procedure<number> {
      yield* provide('pool is ready');
      const before = yield* wait(1, 'to see');
      return (yield* wait(30, 'to see')) - before;
    };
    const waited = await drive(procedure(), driver, {
      asked: (command) => void told.push(command.do),
      told: (_, fact) => void told.push(fact.told),
    });
    expect(waited).toBeGreaterThanOrEqual(29);
    expect(told).toEqual(['provide', 'provided', 'wait', 'waited', 'wait', 'waited']);
  });

  test('what is thought of before a wait counts as waited', async () => {
    let now = 0;
    const clock: Clock = {
      now: () => now,
      pause: async (ms) => {
        now += ms;
      },
    };
    const driver = await setup((_, outgoing) => outgoing.end(), { clock });
    const procedure = function* (): Procedure<readonly number[]> {
      const first = yield* wait(50, 'to see');
      now += 30;
      const second = yield* wait(50, 'to see');
      now += 80;
      return [first, second, yield* wait(50, 'to see')];
    };
    expect(await drive(procedure(), driver)).toEqual([50, 100, 180]);
  });

  test('what is no command is thrown into the procedure', async () => {
    const driver = await setup((_, outgoing) => outgoing.end());
    for (const foreign of [wait(1, ''), undefined, Promise.resolve(), { do: 'sing' }]) {
      const procedure = function* (): Procedure<string> {
        try {
          yield foreign as Command;
        } catch (error) {
          yield* wait(1, 'and go on');
          return String(error);
        }
        return 'nothing';
      };
      expect(await drive(procedure(), driver)).toContain('did you mean "yield*"?');
    }
  });

  test('an abort ends what is under way at once, and is thrown into the procedure', async () => {
    const controller = new AbortController();
    const driver = await setup(() => undefined, { signal: controller.signal });
    const caught: unknown[] = [];
    const procedure = function* (): Procedure<string> {
      for (const command of [send([[sending({}, { mayAct: true }), sending()], [sending()]]), wait(5000, '')]) {
        try {
          yield* command;
        } catch (error) {
          caught.push(error);
        }
      }
      return 'ended';
    };
    const start = performance.now();
    setTimeout(() => controller.abort(), 30);
    expect(await drive(procedure(), driver)).toBe('ended');
    expect(performance.now() - start).toBeLessThan(500);
    expect(caught).toMatchObject([{ name: 'AbortError' }, { name: 'AbortError' }]);
    expect(driver.counters).toEqual({ requests: 2, rebuilds: 1, retries: 0 });
  });

  test('many requests at once are no leak of listeners', async () => {
    const warnings: Error[] = [];
    const note = (warning: Error): void => void warnings.push(warning);
    process.on('warning', note);
    const driver = await setup((_, outgoing) => outgoing.end('{}'), { limits: { concurrency: 20, rate: 2000 } });
    const procedure = function* (): Procedure<number> {
      return (yield* send(Array.from({ length: 40 }, () => [sending()]))).length;
    };
    expect(await drive(procedure(), driver)).toBe(40);
    // They are told of a little later.
    await new Promise((resolve) => setImmediate(resolve));
    process.off('warning', note);
    expect(warnings).toEqual([]);
  });

  test('a wait and a slow handler can be aborted', async () => {
    const handler = await serve(() => undefined);
    for (const procedure of [wait(5000, ''), provide('pool is ready')]) {
      const controller = new AbortController();
      const driver = await setup(() => undefined, { signal: controller.signal, state_handler: handler.url });
      setTimeout(() => controller.abort(), 20);
      await expect(drive(procedure as Procedure<unknown>, driver)).rejects.toMatchObject({ name: 'AbortError' });
    }
  });

  test('a credential that cannot be had is thrown into the procedure', async () => {
    const iam = await serve((_, outgoing) => outgoing.writeHead(403).end());
    const auth = {
      kind: 'iam',
      url: iam.url,
      domain: 'd',
      user: 'u',
      password: 'password-of-u',
      project: 'p',
    } as const;
    const driver = await setup((_, outgoing) => outgoing.end(), { auth });
    await expect(sent(driver, [[sending()], [sending()]])).rejects.toMatchObject({ name: 'CredentialError' });
    expect(driver.counters.requests).toBe(0);
  });

  test('a driver that is closed carries nothing out', async () => {
    const driver = await setup((_, outgoing) => outgoing.end());
    await driver.close();
    await expect(one(driver, sending())).rejects.toThrow('closed');
  });
});
