import { Ajv2020, type Options, type ValidateFunction } from 'ajv/dist/2020.js';
import formats from 'ajv-formats';

/** Tells whether a value has the shape of a schema. */
export interface Validator<T> {
  (value: unknown): value is T;
  /** What was wrong with the latest value. */
  errors?: ValidateFunction['errors'];
}

/**
 * A schema of ours, compiled when it is used for the first time: most commands need few of them. That the schemas are
 * schemas is held by a test: to see to it at each start took longer than to compile them.
 */
export function validatorOf<T>(schema: object, options: Options = {}): Validator<T> {
  let compiled: ValidateFunction<T> | undefined;
  const validate: Validator<T> = (value): value is T => {
    compiled ??= compile<T>(schema, options);
    const isValid = compiled(value);
    validate.errors = compiled.errors;
    return isValid;
  };
  return validate;
}

/** Compiled as it is written, in a third of the time: what the code is made shorter by takes longer than it saves. */
const quickly = { meta: false, inlineRefs: false, code: { optimize: false } } as const;

function compile<T>(schema: object, options: Options): ValidateFunction<T> {
  const ajv = new Ajv2020({ strict: false, validateSchema: false, ...quickly, ...options });
  formats.default(ajv);
  return ajv.compile<T>(schema);
}
