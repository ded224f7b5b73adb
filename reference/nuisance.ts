import { createHash } from 'node:crypto';
import { reject } from './answers.ts';
import type { Clock } from './clock.ts';

export interface Nuisance {
  /** Takes its time; an answer that says "later" in place of the real one, which then does not happen. */
  before(): Promise<Response | undefined>;
  /** Adds what proxies add, and closes a connection now and then. */
  after(response: Response): Response;
}

/** How often each disturbance comes, of 1000 requests. */
const shares = { unavailable: 30, throttled: 5, slow: 50, closing: 60 };
/** Milliseconds that a slow answer takes longer, at most. */
const longest = 100;

/**
 * What a real gateway does to a correct endpoint: 429 and 503 with Retry-After, latency, connections that are closed,
 * headers of proxies. The same seed disturbs the same requests, counted from the start.
 */
export function createNuisance(seed: number, clock: Clock): Nuisance {
  let count = 0;
  /** From 0 to 999, for the current request. */
  const draw = (what: string): number =>
    createHash('sha256').update(`${seed}:${what}:${count}`).digest().readUInt32BE(0) % 1000;
  return {
    async before() {
      count += 1;
      if (draw('slow') < shares.slow) await clock.pause(1 + (draw('delay') * longest) / 1000);
      const lot = draw('refusal');
      if (lot < shares.throttled) return reject(429, 'WKS.0012', 'Too many requests.', { 'retry-after': '1' });
      if (lot < shares.throttled + shares.unavailable)
        return reject(503, 'WKS.0011', 'Temporarily unavailable.', { 'retry-after': '0' });
      return undefined;
    },
    after(response) {
      const headers = new Headers(response.headers);
      headers.set('via', '1.1 proxy');
      if (headers.get('content-type') === 'application/json')
        headers.set('content-type', 'application/json; charset=UTF-8');
      if (draw('closing') < shares.closing) headers.set('connection', 'close');
      return new Response(response.body, { status: response.status, headers });
    },
  };
}
