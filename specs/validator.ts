import { Ajv2020, type Options, type ValidateFunction } from 'ajv/dist/2020.js';
import formats from 'ajv-formats';

/**
 * Compiles a schema of ours. That the schemas are schemas is held by a test: to see to it at each start took longer than
 * to compile them.
 */
export function validatorOf<T>(schema: object, options: Options = {}): ValidateFunction<T> {
  const ajv = new Ajv2020({ strict: false, validateSchema: false, ...options });
  formats.default(ajv);
  return ajv.compile<T>(schema);
}
