import schema from '../../specs/config.schema.json' with { type: 'json' };

/** A schema, as far as it is written down for people. */
interface Schema {
  readonly title?: string;
  readonly description?: string;
  readonly type?: string;
  readonly enum?: readonly string[];
  readonly format?: string;
  readonly default?: unknown;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly exclusiveMinimum?: number;
  readonly $ref?: string;
  readonly required?: readonly string[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly items?: Schema;
  readonly oneOf?: readonly Schema[];
}

const root = schema as Schema & { readonly $defs: Readonly<Record<string, Schema>> };

/** `docs/configuration.md`: every key of a configuration. */
export function configurationPage(): string {
  const { $schema: _, ...keys } = root.properties ?? {};
  const states = keys['states']?.properties ?? {};
  const values = root.$defs['values']?.properties ?? {};
  return `# Configuration

Written from \`specs/config.schema.json\` by \`UPDATE_DOCS=1 npx vitest run test/pages\`. ${root.description} An unknown key is an error that names it. The file is \`conformance.yaml\`, or that of \`--config\`.

| key | what | type | default |
| --- | --- | --- | --- |
${Object.entries(keys)
  .flatMap(([name, one]) => rows(name, one))
  .join('\n')}

## States

A state takes the values that it does not name from \`pool is ready\`. One that is left out makes its requirements \`untested\`.

| state | what |
| --- | --- |
${Object.entries(states)
  .map(([name, { description }]) => `| \`${name}\` | ${description} |`)
  .join('\n')}

Values of a state:

| value | what |
| --- | --- |
${Object.entries(values)
  .map(([name, { description }]) => `| \`${name}\` | ${description} |`)
  .join('\n')}

\`pool_id\` of \`pool is ready\` may be a list.
`;
}

function rows(name: string, one: Schema): readonly string[] {
  const row = `| \`${name}\` | ${one.description ?? ''} | ${typeOf(one)} | ${one.default === undefined ? '' : `\`${JSON.stringify(one.default)}\``} |`;
  if (name === 'states') return [`| \`${name}\` | ${one.description ?? ''} See below. | mapping | |`];
  const inner = one.items ?? one;
  const dot = one.items === undefined ? '.' : '[].';
  return [row, ...Object.entries(inner.properties ?? {}).flatMap(([key, value]) => rows(`${name}${dot}${key}`, value))];
}

function typeOf({ type, enum: listed, format, minimum, maximum, exclusiveMinimum }: Schema): string {
  if (listed !== undefined) return `one of ${listed.join(', ')}`;
  if (format === 'date') return 'day';
  if (type === 'object') return 'mapping';
  if (type === 'array') return 'list';
  if (type === 'string') return 'text';
  const least = exclusiveMinimum === undefined ? minimum : `above ${exclusiveMinimum}`;
  const range = [least, maximum].filter((bound) => bound !== undefined).join(' to ');
  return `${type}${range === '' ? '' : `, ${typeof least === 'number' && maximum === undefined ? `from ${range}` : range}`}`;
}
