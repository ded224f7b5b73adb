import type { Report } from '../specs/report.ts';
import { createPactJudge } from './contracts.ts';
import { conduct, rowsToPlay } from './decide/conduct.ts';
import type { ContractResult } from './decide/results.ts';
import { type Ending, interruptedEnding, playToTheEnd } from './ending.ts';
import { select } from './plan/selection.ts';
import { createCore, editionOf, reportOf } from './report.ts';
import { openTrace } from './trace/reader.ts';
import { Replay } from './trace/replay.ts';

/**
 * Judges a run again from its trace, offline. Rejects with TraceUnreadable, or with Diverged when this version of the
 * suite would have sent something else.
 */
export async function rejudge(trace: string): Promise<Report> {
  const reader = await openTrace(trace);
  const { run } = reader;
  const edition = editionOf(run);
  const selected = select({ ...run, edition });
  const core = createCore(run, selected, () => undefined);
  const replay = new Replay(reader);
  let ending: Ending;
  try {
    ending = await playToTheEnd(
      core,
      conduct(core, rowsToPlay(selected, edition)),
      replay,
      () => reader.ended?.interrupted ?? false,
    );
    if (ending.broken === undefined) await replay.toTheEnd();
  } finally {
    await replay.close();
  }
  const wasInterrupted = reader.ended?.interrupted ?? false;
  if (ending.broken === undefined && wasInterrupted) ending = interruptedEnding;
  const contracts =
    ending.broken === undefined ? await createPactJudge().judge(core) : new Map<string, ContractResult>();
  const { counters } = replay;
  const duration_ms = reader.ended?.duration_ms ?? Math.round(core.target.now);
  const evidence = 'recomputed';
  return reportOf({ run, selected, core, ending, contracts, counters, duration_ms, evidence });
}
