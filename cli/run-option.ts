import { Option } from 'commander';
import schema from '../specs/options.schema.json' with { type: 'json' };
import { positive, whole } from './arguments.ts';

type Name = keyof typeof schema.properties;

/** As far as the command line needs to know what an option takes. */
interface Described {
  readonly description: string;
  readonly type?: string | readonly string[];
  readonly minimum?: number;
  readonly maximum?: number;
  readonly default?: number | boolean;
}

/** An option of a run as the schema describes it, with dashes: `--allow-rebuild`. `value` is the word for what it takes. */
export function runOption(name: Name, value?: string): Option {
  const { description, type, minimum, maximum, default: usual }: Described = schema.properties[name];
  const long = `--${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
  // The defaults are the library's: here they would hide what was not given.
  const told = typeof usual === 'number' ? `${description} (default: ${usual})` : description;
  const option = new Option(value === undefined ? long : `${long} <${value}>`, told);
  if (type === 'integer') option.argParser(whole(minimum ?? 0, maximum ?? Number.MAX_SAFE_INTEGER));
  if (type === 'number') option.argParser(positive);
  return option;
}

/** Of all flags of a command those that a run takes. */
export function ofRun<T extends Readonly<Partial<Record<Name, unknown>>>>(flags: T): Pick<T, Extract<keyof T, Name>> {
  return Object.fromEntries(Object.entries(flags).filter(([name]) => Object.hasOwn(schema.properties, name))) as Pick<
    T,
    Extract<keyof T, Name>
  >;
}
