import { Ajv2020 } from 'ajv/dist/2020.js';
import formats from 'ajv-formats';
import { expect, test } from 'vitest';
import config from './config.schema.json' with { type: 'json' };
import { edition, editions } from './editions.ts';
import options from './options.schema.json' with { type: 'json' };
import report from './report.schema.json' with { type: 'json' };
import trace from './trace.schema.json' with { type: 'json' };

const schemas: readonly (readonly [string, object])[] = [
  ...Object.entries({ config, options, report, trace }),
  ...editions.flatMap((name) => {
    const { request, response, error } = edition(name);
    return Object.entries({ request, response, error }).map(
      ([part, schema]) => [`${part} of ${name}`, schema] as const,
    );
  }),
];

test.each(schemas)('%s is a schema', (_name, schema) => {
  const ajv = new Ajv2020({
    strict: true,
    strictRequired: false,
    strictTypes: false,
    keywords: ['x-pin', 'x-source', 'x-revision'],
  });
  formats.default(ajv);
  expect(ajv.validateSchema(schema)).toBe(true);
  expect(() => ajv.compile(schema)).not.toThrow();
});
