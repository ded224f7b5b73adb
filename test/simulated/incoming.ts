import type { Incoming } from '../../reference/service.ts';

/** Headers of which Node keeps the first alone, of those that come twice. */
const single =
  /^(age|authorization|content-(length|type)|etag|expires|from|host|if-(un)?modified-since|last-modified|location|max-forwards|proxy-authorization|referer|retry-after|server|user-agent)$/;

/** The three views of a head that node:http gives a server; `rawHeaders` are names and values by turns. */
export function headersOf(
  rawHeaders: readonly string[],
): Pick<Incoming, 'headers' | 'headersDistinct'> & { readonly rawHeaders: string[] } {
  const headersDistinct: Record<string, string[]> = {};
  for (let i = 0; i < rawHeaders.length; i += 2) {
    const key = (rawHeaders[i] ?? '').toLowerCase();
    headersDistinct[key] = [...(headersDistinct[key] ?? []), rawHeaders[i + 1] ?? ''];
  }
  const headers = Object.fromEntries(
    Object.entries(headersDistinct).map(([name, [first = '', ...others]]) => [
      name,
      single.test(name) ? first : [first, ...others].join(name === 'cookie' ? '; ' : ', '),
    ]),
  );
  return { headers, headersDistinct, rawHeaders: [...rawHeaders] };
}
