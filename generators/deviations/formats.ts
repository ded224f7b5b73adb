import fc from 'fast-check';
import type { Deviation, Written } from '../model.ts';
import type { DeviationSource, Setting } from './source.ts';

/** JSON, but no object. */
export function notAnObject({ fixture }: Setting): DeviationSource {
  const bodyIs = (inWords: string, body: Written): Deviation => ({
    kind: 'not an object',
    what: `the body is ${inWords}`,
    change: { on: 'body', body },
  });
  const valid = JSON.stringify({ image_id: fixture.image_id });
  const random = fc
    .jsonValue({ maxDepth: 2 })
    .map((value) => (typeof value === 'object' && value !== null ? [value] : value))
    .map((value) => JSON.stringify(value))
    .map((text) => bodyIs(text.length > 40 ? `${text.slice(0, 37)}...` : text, text));
  return {
    classes: [
      [
        bodyIs('an array with a valid body', `[${valid}]`),
        bodyIs('null', 'null'),
        bodyIs('a string with a valid body', JSON.stringify(valid)),
        bodyIs('an empty array', '[]'),
        bodyIs('true', 'true'),
        bodyIs('a number', '42'),
        bodyIs('a string with image_id', JSON.stringify(fixture.image_id)),
        bodyIs('an array with image_id', JSON.stringify([fixture.image_id])),
        bodyIs('an array of names and values', JSON.stringify([['image_id', fixture.image_id]])),
        bodyIs('an empty string', '""'),
      ],
    ],
    random,
  };
}

/** Nothing, or nothing but white space. */
export function noBody(_: Setting): DeviationSource {
  const made = (what: string, change: Omit<Extract<Deviation['change'], { on: 'body' }>, 'on'>): Deviation => ({
    kind: 'no body',
    what,
    change: { on: 'body', ...change },
  });
  const random = fc
    .string({ unit: fc.constantFrom(' ', '\t', '\r', '\n'), minLength: 1, maxLength: 40 })
    .map((body) => made(`${body.length} characters of white space alone`, { body }));
  return {
    classes: [
      [
        made('no body', { body: undefined }),
        made('no body and no Content-Length', { body: undefined, unframed: true }),
      ],
      [made('white space alone', { body: ' \r\n\t ' }), made('line breaks alone', { body: '\n\n' })],
    ],
    random,
  };
}

const boundary = 'conformance-boundary';

function escapeXml(value: string): string {
  return value.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
}

/** One part of a multipart form, and its end. */
function multipart(headers: readonly string[], content: string): string {
  return [`--${boundary}`, ...headers, '', content, `--${boundary}--`, ''].join('\r\n');
}

/** The right content in a format that is not JSON, under its own media type. */
export function otherFormat({ fixture }: Setting): DeviationSource {
  const made = (what: string, mediaType: string, body: string): Deviation => ({
    kind: 'other format',
    what,
    change: { on: 'body', body, mediaType },
  });
  const id = fixture.image_id;
  const valid = JSON.stringify({ image_id: id });
  const form = 'application/x-www-form-urlencoded';
  const parts = `multipart/form-data; boundary=${boundary}`;
  const disposition = 'Content-Disposition: form-data; name=';
  const element = `<image_id>${escapeXml(id)}</image_id>`;
  return {
    classes: [
      [
        made('a form', form, new URLSearchParams({ image_id: id }).toString()),
        made(
          'a form with many fields',
          form,
          new URLSearchParams({ image_id: id, delay_time: '15', is_fix: 'true' }).toString(),
        ),
        made('a form with a valid body in a field', form, new URLSearchParams({ body: valid }).toString()),
      ],
      [
        made('XML', 'application/xml', `<request>${element}</request>`),
        made('XML as text/xml', 'text/xml', `<?xml version="1.0" encoding="UTF-8"?>\n<request>${element}</request>`),
      ],
      [
        made('a multipart form', parts, multipart([`${disposition}"image_id"`], id)),
        made(
          'a multipart form with a valid body in a part',
          parts,
          multipart([`${disposition}"body"; filename="body.json"`, 'Content-Type: application/json'], valid),
        ),
      ],
    ],
  };
}

/** Names that no registry has; what a target makes of them is its own affair. */
const anyMediaType = fc.oneof(
  fc
    .tuple(
      fc.constantFrom('application', 'text', 'image', 'x-conformance'),
      fc.stringMatching(/^x-[a-z]{1,12}(\+json)?$/),
    )
    .map(([type, subtype]) => `${type}/${subtype}`),
  fc.stringMatching(/^[a-z]{1,8}$/).map((charset) => `application/json; charset=x-${charset}`),
  fc.stringMatching(/^[a-z;=,/"]{1,12}$/),
);

/** A valid body under another media type, or none. */
export function otherMediaType(_: Setting): DeviationSource {
  const made = (what: string, mediaType: string | undefined): Deviation => ({
    kind: 'other media type',
    what,
    change: { on: 'media type', mediaType },
  });
  return {
    classes: [
      [
        made('text/plain', 'text/plain'),
        made('no media type', undefined),
        made('a media type of semicolons', ';;'),
        made('an unknown charset', 'application/json; charset=x-unknown'),
        made('application/xml', 'application/xml'),
        made('a form by its media type', 'application/x-www-form-urlencoded'),
        made('a multipart form without boundary', 'multipart/form-data'),
        made('application/octet-stream', 'application/octet-stream'),
      ],
    ],
    random: anyMediaType.map((mediaType) => made(`the media type ${mediaType}`, mediaType)),
  };
}
