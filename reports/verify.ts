import { edition, editions } from '../specs/editions.ts';
import { hashOfSet } from '../specs/frozen-set.ts';
import type { Report } from '../specs/report.ts';
import { isIntact } from './checksum.ts';
import { disagreementsOf } from './disagreements.ts';

/** One answer about a report, and why; undefined: it cannot be told. */
export interface Answer {
  readonly holds: boolean | undefined;
  readonly why: string;
}

/** Whether a report is as it was written. It detects damage, not forgery. */
export function intact(report: Report): Answer {
  const is = isIntact(report);
  if (is === undefined) return { holds: false, why: 'it has no checksum' };
  return is
    ? { holds: true, why: 'the checksum is right' }
    : { holds: false, why: 'the checksum is wrong: it was changed' };
}

/** Whether a report has every row of the set, each with its techniques and its level, and none besides. */
export function complete(report: Report): Answer {
  const name = editions.find((one) => one === report.suite.edition);
  if (name === undefined) return { holds: false, why: `this suite knows no edition ${report.suite.edition}` };
  const { requirements } = edition(name);
  const wanted = requirements.flatMap(({ id, level, techniques }) =>
    techniques.map((technique) => `${id} ${technique} ${level}`),
  );
  const had = report.results.map(({ requirement, technique, level }) => `${requirement} ${technique} ${level}`);
  const missing = wanted.filter((one) => !had.includes(one));
  const unknown = had.filter((one, i) => !wanted.includes(one) || had.indexOf(one) !== i);
  const hash = report.claim?.set_hash;
  if (missing.length === 0 && unknown.length === 0) {
    if (hash !== undefined && hash !== hashOfSet()) return { holds: false, why: 'the hash of its set is another one' };
    return { holds: true, why: `all ${requirements.length} rows of edition ${name} are there` };
  }
  const some = (name: string, list: readonly string[]): readonly string[] =>
    list.length === 0
      ? []
      : [`${name}: ${list.slice(0, 5).join(', ')}${list.length > 5 ? ` and ${list.length - 5} more` : ''}`];
  return { holds: false, why: [...some('missing', missing), ...some('unknown', unknown)].join('; ') };
}

/** Whether the verdicts of a report follow from its trace, of which `computed` is made; undefined: there is none. */
export function consistent(report: Report, computed: Report | undefined): Answer {
  if (computed === undefined) return { holds: undefined, why: 'there is no trace.ndjson beside it' };
  if (computed.started_at !== report.started_at)
    return { holds: undefined, why: 'the trace.ndjson beside it is of another run' };
  const [first, ...more] = disagreementsOf(report, computed);
  if (first === undefined) return { holds: true, why: 'every verdict follows from the trace beside it' };
  return { holds: false, why: more.length === 0 ? first : `${first} And ${more.length} more.` };
}
