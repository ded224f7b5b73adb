import schema from '../../specs/options.schema.json' with { type: 'json' };
import { validatorOf } from '../../specs/validator.ts';
import { schemaComplaint } from './schema-complaint.ts';
import { UsageError } from './usage-error.ts';

/** Names of the options that a run takes. */
export type OptionName = keyof typeof schema.properties;

/** What is used where an option is not given. */
export const optionDefaults = {
  runs: schema.properties.runs.default,
  strict: schema.properties.strict.default,
} as const;

/** Types as one writes them in JavaScript. */
const kinds: Readonly<Record<string, string>> = {
  string: 'a string',
  object: 'an object',
  array: 'an array',
  integer: 'a whole number',
  number: 'a number',
  boolean: 'true or false',
};

const valid = validatorOf(schema, { allErrors: true, verbose: true, strict: true, allowUnionTypes: true });

/** Refuses options that are not what `specs/options.schema.json` says, with a UsageError that names the closest known one. */
export function checkOptions(options: object): void {
  if (!valid(options)) {
    const sentence = schemaComplaint(valid.errors ?? [], { subject: 'The argument of run()', kinds, where: () => '' });
    throw new UsageError(sentence ?? 'The options are wrong.');
  }
  const { signal } = options as { signal?: unknown };
  if (signal !== undefined && !(signal instanceof AbortSignal)) throw new UsageError('signal must be an AbortSignal.');
}
