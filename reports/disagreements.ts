import type { Report, Result } from '../specs/report.ts';

/** What a report says that another, made of the same trace, does not: one sentence each, none where they agree. */
export function disagreementsOf(told: Report, computed: Report): readonly string[] {
  const sentences: string[] = [];
  if (told.suite.version !== computed.suite.version)
    sentences.push(
      `The report was made by version ${told.suite.version}, the verdicts here by ${computed.suite.version}.`,
    );
  for (const name of ['outcome', 'seed', 'started_at', 'requests', 'rebuilds'] as const)
    if (told[name] !== computed[name])
      sentences.push(`${name}: the report says ${told[name]}, the trace ${computed[name]}.`);
  const then = new Map(told.results.map((result) => [nameOf(result), result]));
  for (const result of computed.results) {
    const name = nameOf(result);
    const before = then.get(name);
    then.delete(name);
    if (before === undefined)
      sentences.push(`${name}: the report has no such result, the trace gives ${inWords(result)}.`);
    else if (inWords(before) !== inWords(result))
      sentences.push(`${name}: the report says ${inWords(before)}, the trace ${inWords(result)}.`);
  }
  for (const [name, result] of then)
    sentences.push(`${name}: the report says ${inWords(result)}, the trace has no such result.`);
  return sentences;
}

function nameOf({ requirement, technique }: Result): string {
  return `${requirement} (${technique})`;
}

function inWords({ verdict, reason, cases, accepted, rejected, findings }: Result): string {
  const counts = `${cases} cases, ${accepted} accepted, ${rejected} rejected, ${findings.length} findings`;
  return `${verdict}${reason === undefined ? '' : ` (${reason})`} on ${counts}`;
}
