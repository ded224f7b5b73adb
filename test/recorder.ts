import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A request as it came. */
export interface Sent {
  readonly method: string;
  readonly url: string;
  /** Names and values by turns. */
  readonly rawHeaders: readonly string[];
  readonly body: Buffer;
}

/** Starts a target that accepts everything, so that most of the catalogue fails, and keeps what it was sent, byte by byte. */
export async function startRecorder(): Promise<{ readonly sent: Sent[]; readonly url: string; close(): void }> {
  const sent: Sent[] = [];
  const server = createServer({ maxHeaderSize: 4 * 1024 * 1024, requestTimeout: 0 }, (request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const { method = '', url = '', rawHeaders } = request;
      sent.push({ method, url, rawHeaders, body: Buffer.concat(chunks) });
      response.setHeader('Content-Type', 'application/json');
      response.end(`{"job_id":"${sent.length}"}`);
    });
  });
  server.on('checkContinue', (request, response) => {
    response.writeContinue();
    server.emit('request', request, response);
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const close = (): void => {
    server.closeAllConnections();
    server.close();
  };
  return { sent, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, close };
}
