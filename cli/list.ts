import { requirements } from '../specs/requirements.ts';

/** `list`: the catalogue, as a table or as JSON. */
export function listCommand(options: { readonly json: boolean }): void {
  if (options.json) {
    const rows = requirements.map(({ id, level, techniques, given, title, source }) => ({
      id,
      level,
      techniques,
      given,
      title,
      source,
    }));
    process.stdout.write(`${JSON.stringify(rows, null, 2)}\n`);
    return;
  }
  const rows = [
    ['ID', 'LEVEL', 'TECHNIQUE', 'GIVEN'],
    ...requirements.map(({ id, level, techniques, given }) => [id, level, techniques.join(', '), given]),
  ];
  const widths = [0, 1, 2, 3].map((column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  const lines = rows.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd(),
  );
  process.stdout.write(`${lines.join('\n')}\n`);
}
