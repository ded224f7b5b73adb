import type { Outcome, Result } from '../../specs/report.ts';

/** The outcome of a run, by rule 8 of the verdicts. */
export function outcomeOfRun(
  results: readonly Result[],
  run: { readonly strict: boolean; readonly broken: boolean; readonly narrowed: boolean },
): Outcome {
  const counts = (result: Result) => result.level === 'MUST' || (run.strict && result.level === 'SHOULD');
  if (results.some((r) => counts(r) && r.verdict === 'fail')) return 'nonconformant';
  if (run.broken) return 'error';
  // Few targets can be told to fail: an untested 500 does not make a run partial.
  const open = (r: Result) =>
    r.verdict === 'error' || (r.verdict === 'untested' && !r.requirement.startsWith('failure/'));
  return run.narrowed || results.some((r) => counts(r) && open(r)) ? 'partial' : 'conformant';
}

/** The first sentence of every report. */
export function headline(
  outcome: Outcome,
  results: readonly Result[],
  run: { readonly runs: number; readonly interrupted: boolean },
): string {
  const failed = (level: Result['level']) =>
    new Set(results.filter((r) => r.level === level && r.verdict === 'fail').map((r) => r.requirement)).size;
  const untested = new Set(
    results
      .filter((r) => r.verdict === 'untested' || r.verdict === 'error')
      .map((r) => r.requirement)
      // A row that fails by one technique is no gap.
      .filter((id) => !results.some((r) => r.requirement === id && r.verdict === 'fail')),
  ).size;
  const waived = new Set(results.filter((r) => r.verdict === 'waived').map((r) => r.requirement)).size;
  const parts = [
    outcome === 'error' ? ended(results, run.interrupted) : outcome,
    ...(waived > 0 ? [`${waived} waived`] : []),
    ...(failed('MUST') > 0 ? [`${failed('MUST')} MUST failed`] : []),
    ...(failed('SHOULD') > 0 ? [`${failed('SHOULD')} SHOULD failed`] : []),
    ...(untested > 0 ? [`${untested} not tested`] : []),
    ...(run.runs === 0 ? ['fixed cases only'] : []),
  ];
  return parts.join(', ');
}

function ended(results: readonly Result[], interrupted: boolean): string {
  if (interrupted) return 'the run was interrupted';
  const hasBegun = results.some(({ verdict }) => verdict === 'pass' || verdict === 'fail');
  return hasBegun ? 'the run could not be finished' : 'the run could not be done';
}
