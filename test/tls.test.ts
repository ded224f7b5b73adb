import { readFileSync } from 'node:fs';
import { createServer as createHttpServer } from 'node:http';
import { createServer } from 'node:https';
import { type AddressInfo, connect, type Server } from 'node:net';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Answer } from '../runner/decide/procedure.ts';
import { createLane } from '../runner/wire/connection.ts';
import type { TransportOptions } from '../runner/wire/http.ts';

const pem = (name: string) => readFileSync(new URL(`./tls/${name}.pem`, import.meta.url), 'utf8');
const ca = pem('ca');
const own = { cert: pem('client'), key: pem('client-key') };

const tunnels: string[] = [];
const servers: Server[] = [];
let origin = '';
let proxy = '';

async function listen(server: Server, host = '127.0.0.1'): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, host, resolve));
  servers.push(server);
  return (server.address() as AddressInfo).port;
}

beforeAll(async () => {
  const secured = { cert: pem('server'), key: pem('server-key'), ca, requestCert: true, rejectUnauthorized: true };
  const target = createServer(secured, (_request, response) => response.end('{"job_id":"1"}'));
  const port = await listen(target);
  origin = `https://localhost:${port}`;
  const tunnel = createHttpServer().on('connect', (request, socket) => {
    tunnels.push(request.url ?? '');
    const onward = connect(port, '127.0.0.1', () => {
      socket.write('HTTP/1.1 200 OK\r\n\r\n');
      onward.pipe(socket).pipe(onward);
    });
    onward.on('error', () => socket.destroy());
    socket.on('error', () => onward.destroy());
  });
  proxy = `http://127.0.0.1:${await listen(tunnel)}`;
});

afterAll(() => {
  for (const server of servers) server.close();
});

async function send(options: Omit<TransportOptions, 'timeout'>): Promise<Answer['status'] | string> {
  const lane = createLane(origin, { timeout: 3000, ...options });
  const request = { method: 'POST', origin, path: '/', headers: {}, body: Buffer.from('{}') };
  const first = await lane.send(request);
  const second = await lane.send(request);
  await lane.close();
  expect('silence' in first).toBe('silence' in second);
  return 'silence' in first ? first.silence : first.status;
}

test('a private authority and a client certificate are used', async () => {
  expect(await send({ ca, ...own })).toBe(200);
});

test('an unknown authority is a failure of TLS, not of the target', async () => {
  expect(await send(own)).toBe('tls');
});

test('a missing client certificate gives no answer', async () => {
  expect(await send({ ca })).not.toBe(200);
});

test('HTTPS_PROXY is used, and NO_PROXY spares a host from it', async () => {
  process.env['HTTPS_PROXY'] = proxy;
  try {
    expect(await send({ ca, ...own })).toBe(200);
    expect(tunnels).toEqual([origin.replace('https://', '')]);
    process.env['NO_PROXY'] = 'localhost';
    expect(await send({ ca, ...own })).toBe(200);
    expect(tunnels).toHaveLength(1);
  } finally {
    delete process.env['HTTPS_PROXY'];
    delete process.env['NO_PROXY'];
  }
});
