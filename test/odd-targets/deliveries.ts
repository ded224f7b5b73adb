import type { ServerResponse } from 'node:http';
import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib';
import type { Reply } from './oddities.ts';

/** How an answer is brought to the socket; `isHead` where it has no body whatever its headers say. */
export type Deliver = (reply: Reply, outgoing: ServerResponse, isHead: boolean) => void;

export const plain: Deliver = (reply, outgoing, isHead) => {
  const length = isHead ? {} : { 'content-length': String(reply.body.length) };
  outgoing.writeHead(reply.status, { ...reply.headers, ...length });
  outgoing.end(isHead ? undefined : reply.body);
};

const chunked: Deliver = (reply, outgoing, isHead) => {
  outgoing.writeHead(reply.status, { ...reply.headers });
  if (!isHead) for (const byte of reply.body) outgoing.write(Buffer.of(byte));
  outgoing.end();
};

/** Neither a length nor chunks: the body lasts until the connection is closed. */
const endedByClosing: Deliver = (reply, outgoing, isHead) => {
  const lines = Object.entries(reply.headers).map(([name, value]) => `${name}: ${value}\r\n`);
  outgoing.socket?.write(`HTTP/1.1 ${reply.status} Odd\r\n${lines.join('')}\r\n`);
  outgoing.socket?.end(isHead ? '' : reply.body);
};

const closedSilently: Deliver = (reply, outgoing, isHead) => {
  const { socket } = outgoing;
  outgoing.on('finish', () => socket?.end());
  plain(reply, outgoing, isHead);
};

const hundredContinue: Deliver = (reply, outgoing, isHead) => {
  outgoing.socket?.write('HTTP/1.1 100 Continue\r\n\r\n');
  plain(reply, outgoing, isHead);
};

const earlyHints: Deliver = (reply, outgoing, isHead) => {
  outgoing.writeEarlyHints({ link: '</style.css>; rel=preload; as=style' });
  plain(reply, outgoing, isHead);
};

function encoded(coding: string, compress: (body: Buffer) => Buffer): Deliver {
  return (reply, outgoing, isHead) => {
    const headers = { ...reply.headers, 'content-encoding': coding };
    plain({ ...reply, headers, body: compress(reply.body) }, outgoing, isHead);
  };
}

/** All that HTTP allows; none of it shows but on a socket. */
export const deliveries = {
  'connections closed without notice': closedSilently,
  gzip: encoded('gzip', (body) => gzipSync(body)),
  deflate: encoded('deflate', (body) => deflateSync(body)),
  br: encoded('br', (body) => brotliCompressSync(body)),
  chunked,
  'answers ended by closing': endedByClosing,
  '100 Continue before each answer': hundredContinue,
  '103 Early Hints': earlyHints,
} satisfies Readonly<Record<string, Deliver>>;
