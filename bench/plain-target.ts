import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/**
 * A bare server that decides by a few comparisons and answers from constants: as fast as Node can be. It is no conforming
 * one, but one that a run goes through. Run as a program of its own; writes its URL.
 */
const accepted = '{"job_id":"abc85365-0b2e-4b4f-a091-f7db72072d4b"}';
const refused = '{"error_code":"WKS.0001","error_msg":"No."}';

const server = createServer((request, response) => {
  let text = '';
  request.setEncoding('utf8');
  request.on('data', (part: string) => {
    text += part;
  });
  request.on('end', () => {
    const isKnown = request.headers['x-auth-token'] === 'valid-token';
    const isValid = isKnown && text.includes('"image_id"') && text.length < 200;
    const body = isValid ? accepted : refused;
    response.writeHead(isValid ? 200 : isKnown ? 400 : 401, {
      'content-type': 'application/json',
      'content-length': body.length,
    });
    response.end(body);
  });
});
server.listen(0, '127.0.0.1', () => {
  process.stdout.write(`http://127.0.0.1:${(server.address() as AddressInfo).port}\n`);
});
