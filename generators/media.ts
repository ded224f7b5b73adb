import { jsonCase, only, rawCase, validBody } from './build.ts';
import type { CaseSource, Fixture } from './case.ts';

const boundary = 'conformance-boundary';

function escapeXml(value: string): string {
  return value.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
}

/** The right content in a format that is not JSON, under its own media type. */
export function otherFormatCases(fixture: Fixture): CaseSource {
  const type = (value: string) => ({ headers: { 'content-type': value } });
  const id = fixture.image_id;
  const part = `--${boundary}\r\ncontent-disposition: form-data; name="image_id"\r\n\r\n${id}\r\n--${boundary}--\r\n`;
  return only(
    rawCase(
      fixture,
      'a form',
      new URLSearchParams({ image_id: id }).toString(),
      type('application/x-www-form-urlencoded'),
    ),
    rawCase(fixture, 'XML', `<request><image_id>${escapeXml(id)}</image_id></request>`, type('application/xml')),
    rawCase(fixture, 'a multipart form', part, type(`multipart/form-data; boundary=${boundary}`)),
  );
}

/** A valid body under another media type, or none. */
export function otherMediaTypeCases(fixture: Fixture): CaseSource {
  const body = validBody(fixture);
  return only(
    jsonCase(fixture, 'text/plain', body, { headers: { 'content-type': 'text/plain' } }),
    jsonCase(fixture, 'no media type', body, { headers: {} }),
    jsonCase(fixture, 'a media type of semicolons', body, { headers: { 'content-type': ';;' } }),
    jsonCase(fixture, 'an unknown charset', body, {
      headers: { 'content-type': 'application/json; charset=x-unknown' },
    }),
    jsonCase(fixture, 'application/xml', body, { headers: { 'content-type': 'application/xml' } }),
  );
}
