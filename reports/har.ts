import type { Report, ReportedExchange } from '../specs/report.ts';
import { json } from './json.ts';

type Pairs = readonly { readonly name: string; readonly value: string }[];

function pairs(headers: Readonly<Record<string, string>>): Pairs {
  return Object.entries(headers).map(([name, value]) => ({ name, value }));
}

function headerOf(headers: Readonly<Record<string, string>>, wanted: string): string | undefined {
  return Object.entries(headers).find(([name]) => name.toLowerCase() === wanted)?.[1];
}

function queryOf(url: string): Pairs {
  const query = url.split('?')[1]?.split('#')[0] ?? '';
  return query === '' ? [] : [...new URLSearchParams(query)].map(([name, value]) => ({ name, value }));
}

/** One exchange; Chromium refuses a whole file for one number that is none. */
function entryOf({ request, response, failure }: ReportedExchange, startedDateTime: string, comment: string): object {
  const time = response?.duration_ms ?? 0;
  const sent = request.body;
  return {
    startedDateTime,
    time,
    request: {
      method: request.method,
      url: request.url,
      httpVersion: 'HTTP/1.1',
      cookies: [],
      headers: pairs(request.headers),
      queryString: queryOf(request.url),
      headersSize: -1,
      bodySize: request.body_bytes,
      ...(sent === undefined
        ? {}
        : { postData: { mimeType: headerOf(request.headers, 'content-type') ?? '', text: sent, params: [] } }),
    },
    response: {
      status: response?.status ?? 0,
      statusText: '',
      httpVersion: 'HTTP/1.1',
      cookies: [],
      headers: pairs(response?.headers ?? {}),
      content: {
        size: response?.body_bytes ?? 0,
        mimeType: response === undefined ? 'x-unknown' : (headerOf(response.headers, 'content-type') ?? 'x-unknown'),
        text: response?.body ?? '',
      },
      redirectURL: '',
      headersSize: -1,
      bodySize: response?.body_bytes ?? -1,
      // Chromium adds up the two sizes otherwise, be one of them unknown.
      _transferSize: response?.body_bytes ?? 0,
      ...(response === undefined ? { _error: failure ?? 'no answer' } : {}),
    },
    cache: {},
    timings: { send: 0, wait: time, receive: 0 },
    comment,
    _resourceType: 'fetch',
  };
}

/** The failing exchanges, each behind the one that was accepted beside it, as HAR 1.2. */
export function har(report: Report): string {
  const start = Date.parse(report.started_at);
  let n = 0;
  // Entries are sorted by their time: a second each keeps their order.
  const next = (): string => new Date(start + 1000 * n++).toISOString();
  const entries = report.results.flatMap(({ requirement, findings }) =>
    findings.flatMap(({ baseline, exchange, stimulus, expected, actual }) => [
      ...(baseline === undefined ? [] : [entryOf(baseline, next(), `${requirement}: accepted beside it`)]),
      entryOf(exchange, next(), `${requirement}: ${stimulus}; expected ${expected}, got ${actual}`),
    ]),
  );
  const { name, version } = report.suite;
  return json({ log: { version: '1.2', creator: { name, version }, pages: [], entries, comment: report.headline } });
}
