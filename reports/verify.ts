import { hashOfSet } from '../specs/frozen-set.ts';
import type { Report } from '../specs/report.ts';
import { requirements } from '../specs/requirements.ts';
import { isIntact } from './checksum.ts';

/** One answer about a report, and why. */
export interface Answer {
  readonly holds: boolean;
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
  const wanted = requirements.flatMap(({ id, level, techniques }) =>
    techniques.map((technique) => `${id} ${technique} ${level}`),
  );
  const had = report.results.map(({ requirement, technique, level }) => `${requirement} ${technique} ${level}`);
  const missing = wanted.filter((one) => !had.includes(one));
  const unknown = had.filter((one, i) => !wanted.includes(one) || had.indexOf(one) !== i);
  const hash = report.claim?.set_hash;
  if (missing.length === 0 && unknown.length === 0) {
    if (hash !== undefined && hash !== hashOfSet()) return { holds: false, why: 'the hash of its set is another one' };
    return { holds: true, why: `all ${requirements.length} rows of this suite are there` };
  }
  const some = (name: string, list: readonly string[]): readonly string[] =>
    list.length === 0
      ? []
      : [`${name}: ${list.slice(0, 5).join(', ')}${list.length > 5 ? ` and ${list.length - 5} more` : ''}`];
  return { holds: false, why: [...some('missing', missing), ...some('unknown', unknown)].join('; ') };
}
