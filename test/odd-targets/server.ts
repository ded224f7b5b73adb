import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import type { Connection } from '../../reference/checks.ts';
import { maxHead, readBody } from '../../reference/endpoint.ts';
import { type Deliver, plain } from './deliveries.ts';
import { createOddService, type Oddity } from './oddities.ts';

export interface OddTarget {
  readonly configuration: Record<string, unknown>;
  close(): Promise<void>;
}

function ignore(): void {}

/** Starts the reference endpoint behind a layer that makes it odd. */
export async function startOddTarget(oddity: Oddity, deliver: Deliver = plain): Promise<OddTarget> {
  const service = createOddService(oddity);
  const connections = new WeakMap<Socket, Connection>();

  async function handle(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
    const { method = '', url: target = '', headers, headersDistinct, rawHeaders, socket } = incoming;
    const connection = connections.get(socket) ?? { destroy: () => socket.resetAndDestroy() };
    connections.set(socket, connection);
    const body = await readBody(incoming);
    const request = { method, target, headers, headersDistinct, rawHeaders, ...body, connection };
    const response = await service.handle(request);
    const reply = {
      status: response.status,
      headers: Object.fromEntries(response.headers),
      body: Buffer.from(await response.arrayBuffer()),
    };
    deliver(reply, outgoing, method === 'HEAD');
  }

  const server = createServer({ maxHeaderSize: maxHead, keepAliveTimeout: 60_000 }, (incoming, outgoing) => {
    incoming.on('error', ignore);
    outgoing.on('error', ignore);
    handle(incoming, outgoing).catch(() => outgoing.destroy());
  });
  server.on('connection', (socket) => socket.on('error', ignore));
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  return {
    configuration: service.configuration(`http://127.0.0.1:${(server.address() as AddressInfo).port}`),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
