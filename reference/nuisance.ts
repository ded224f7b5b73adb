import { reject } from './answers.ts';

export interface Nuisance {
  /** An answer that says "later" in place of the real one, which then does not happen. */
  before(): Response | undefined;
  /** Adds what proxies add, and closes a connection now and then. */
  after(response: Response): Response;
}

/** Disturbances of a correct endpoint at fixed intervals: 429 and 503 to be retried, closing connections, odd headers. */
export function createNuisance(): Nuisance {
  let count = 0;
  return {
    before() {
      count += 1;
      if (count % 29 === 0) return reject(503, 'WKS.0011', 'Temporarily unavailable.', { 'retry-after': '0' });
      if (count % 43 === 0) return reject(429, 'WKS.0012', 'Too many requests.', { 'retry-after': '0' });
      return undefined;
    },
    after(response) {
      const headers = new Headers(response.headers);
      headers.set('via', '1.1 proxy');
      if (headers.get('content-type') === 'application/json')
        headers.set('content-type', 'application/json; charset=UTF-8');
      if (count % 17 === 0) headers.set('connection', 'close');
      return new Response(response.body, { status: response.status, headers });
    },
  };
}
