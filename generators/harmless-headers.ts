import type { LevelOf } from '../specs/contexts.ts';
import type { Fixture } from './model.ts';

type Headers = Readonly<Record<string, string>>;

/** Headers that are not the suite's business, yet come with real requests: several at once. */
export function additionalHeaders(level: LevelOf<'headers'>, { project_id }: Fixture): Headers {
  // The vendor's clients name the project of the path once more.
  const named = /^[\x21-\x7e]+$/.test(project_id) ? { 'X-Project-Id': project_id } : {};
  return level === 'client' ? { ...known.client, ...named } : known[level];
}

const known: Readonly<Record<LevelOf<'headers'>, Headers>> = {
  none: {},
  client: {
    Accept: 'application/json',
    'Accept-Encoding': 'gzip, deflate, br',
    'Accept-Language': 'en-US,en;q=0.9,de;q=0.8',
    'X-Language': 'en-us',
    'Cache-Control': 'no-cache',
    Pragma: 'no-cache',
  },
  gateway: {
    // Addresses that a backend may hold to be its own people's.
    'X-Forwarded-For': '127.0.0.1, 10.0.0.2',
    'X-Forwarded-Proto': 'https',
    'X-Forwarded-Port': '443',
    'X-Real-IP': '10.0.0.2',
    Forwarded: 'for=127.0.0.1;proto=https',
    'X-Forwarded-User': 'admin',
    Via: '1.1 gateway',
    'X-Request-Id': '7f3c2a9e-51d4-4f0b-9c8e-2b6d1a0e4c57',
    traceparent: '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01',
    tracestate: 'vendor=00f067aa0ba902b7',
    baggage: 'userId=alice',
    'X-B3-TraceId': '463ac35c9f6413ad48485a3953bb6124',
  },
  browser: {
    'Sec-Fetch-Mode': 'cors',
    'Sec-Fetch-Site': 'same-origin',
    'Sec-CH-UA-Mobile': '?0',
    DNT: '1',
    Cookie: 'lang=en; theme=dark',
    Priority: 'u=1, i',
    'Save-Data': 'on',
  },
};
