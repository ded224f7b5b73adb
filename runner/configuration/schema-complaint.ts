import type { ErrorObject } from 'ajv';
import { didYouMean } from './closest.ts';

/** How the data that a schema refuses is called. */
export interface Wording {
  /** What the data as a whole is, at the beginning of a sentence. */
  readonly subject: string;
  /** What a JSON type is called by whoever writes the data. */
  readonly kinds: Readonly<Record<string, string>>;
  /** The place of a value, with a leading space, or nothing. */
  where(path: readonly string[]): string;
}

/** One sentence for the most telling of ajv's errors (option `verbose`); undefined when there is none. */
export function schemaComplaint(errors: readonly ErrorObject[], wording: Wording): string | undefined {
  const { subject, where } = wording;
  const error = errors.find(({ keyword }) => keyword === 'additionalProperties') ?? errors[0];
  if (error === undefined) return undefined;
  const path = error.instancePath
    .split('/')
    .slice(1)
    .map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'));
  const name = path.join('.') || subject;
  if (error.keyword === 'additionalProperties') {
    const key = String((error.params as Record<string, unknown>)['additionalProperty']);
    const known = Object.keys((error.parentSchema?.['properties'] as object | undefined) ?? {}).filter(
      (k) => k !== '$schema',
    );
    const inside = path.length > 0 ? ` in ${name}` : '';
    return `Unknown key "${key}"${inside}${where([...path, key])}.${didYouMean(key, known)}`;
  }
  return `${name}${path.length > 0 ? where(path) : ''} ${predicate(error, wording)}.`;
}

/** What is wrong and what to do, to be read behind the name of the value. */
function predicate(error: ErrorObject, { kinds }: Wording): string {
  if (error.data === null) return 'is empty; give it a value, or remove the key';
  const params = error.params as Record<string, unknown>;
  switch (error.keyword) {
    case 'type':
      return `must be ${[params['type']]
        .flat()
        .map((type) => kinds[String(type)] ?? String(type))
        .join(' or ')}`;
    case 'required':
      return `lacks ${String(params['missingProperty'])}; add it`;
    case 'dependentRequired':
      return `has ${String(params['property'])} without ${String(params['missingProperty'])}; give both`;
    case 'enum':
      return `must be one of ${(params['allowedValues'] as readonly unknown[]).join(', ')}`;
    case 'minLength':
      return 'is empty; give it a value, or remove the key';
    case 'pattern':
      return 'holds a character that cannot be sent, such as a line break; remove it';
    case 'format':
      return 'must be a day written as YYYY-MM-DD';
    default:
      return `${error.message ?? 'is wrong'}, not ${JSON.stringify(error.data)}; change the value`;
  }
}
