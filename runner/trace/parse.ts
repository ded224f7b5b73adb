import { parseForeign } from '../../specs/foreign-json.ts';
import schema from '../../specs/trace.schema.json' with { type: 'json' };
import type { TraceLine } from '../../specs/trace.ts';
import { validatorOf } from '../../specs/validator.ts';

const valid = validatorOf<TraceLine>(schema);

/** A line of a trace. Throws an Error that says what is wrong with it. */
export function parseLine(text: string): TraceLine {
  const value = parseForeign(text);
  if (value === undefined) throw new Error('it is no JSON, or nested too deep');
  if (valid(value)) return value;
  const kind = typeof value === 'object' && value !== null && 'line' in value ? ` of the kind "${value.line}"` : '';
  throw new Error(`no line${kind} of a trace`);
}
