import type { Report } from '../specs/report.ts';
import { reasonOf, rowsOf } from './rows.ts';
import { groupBy, targetLine } from './summary.ts';
import { counted } from './text.ts';

/** What limits what a report claims, a sentence each; none for a whole run without a gap. */
export function limitsOf(report: Report): readonly string[] {
  const rows = rowsOf(report);
  const untested = rows.filter(({ verdict }) => verdict === 'untested' || verdict === 'error');
  const waived = rows.filter(({ verdict }) => verdict === 'waived');
  const cut = rows.filter(({ results }) => results.some(({ cut_by }) => cut_by !== undefined));
  const reasons = [...groupBy(untested, reasonOf)].sort(([, a], [, b]) => b.length - a.length);
  return [
    ...(report.incomplete ? ['The run ended early.'] : []),
    ...(untested.length > 0
      ? [
          `${counted(untested.length, 'row')} not tested: ${reasons.map(([reason, own]) => `${reason} (${own.length})`).join('; ')}.`,
        ]
      : []),
    ...(waived.length > 0 ? [`${counted(waived.length, 'failing row')} waived.`] : []),
    ...(cut.length > 0 ? [`${counted(cut.length, 'row')} cut short by a limit.`] : []),
    ...(report.runs === 0 ? ['Fixed cases only, none generated.'] : []),
    ...(report.claim?.only === undefined ? [] : [`Only ${report.claim.only.join(', ')} was selected.`]),
    ...(report.claim?.shard === undefined ? [] : [`Part ${report.claim.shard.index} of ${report.claim.shard.total}.`]),
    ...(report.claim?.consent === false
      ? ['No consent to rebuilds: only requests that nothing can act on were sent.']
      : []),
  ];
}

/** What identifies a report and lets a stranger do it again: names and values, in the order of their weight. */
export function identityOf(report: Report): readonly (readonly [name: string, value: string])[] {
  const { suite, claim } = report;
  const facts: (readonly [string, string])[] = [
    ['Target', targetLine(report)],
    ['Suite', `${suite.name} ${suite.version}, edition ${suite.edition}`],
    [
      'Run',
      `${report.started_at}, ${(report.duration_ms / 1000).toFixed(1)} s, seed ${report.seed}, ${report.runs} generated cases a property${report.strict ? ', strict' : ''}`,
    ],
    [
      'Sent',
      `${counted(report.requests, 'request')}, ${counted(report.rebuilds, 'rebuild')} accepted, ${counted(report.retries, 'retry', 'retries')}`,
    ],
  ];
  if (claim !== undefined) {
    const { states, limits, pins, waivers } = claim;
    facts.push(
      ['Evidence', claim.evidence],
      ['Set of rows', `sha256 ${claim.set_hash}`],
      ['States', `${states.provided.join(', ') || 'none'}${states.handler ? ', by a state handler' : ''}`],
      ['Not provided', states.missing.join(', ')],
      ['Pins', pins.join(', ')],
      [
        'Limits',
        Object.entries(limits)
          .map(([name, value]) => `${name} ${value}`)
          .join(', '),
      ],
      [
        'Waivers',
        waivers
          .map(
            ({ requirement, reason, until }) =>
              `${requirement}: ${reason}${until === undefined ? '' : ` (until ${until})`}`,
          )
          .join('; '),
      ],
      ['Machine', `Node ${claim.node}, credential: ${claim.auth}`],
    );
  }
  return facts.filter(([, value]) => value !== '');
}
