import type { Report, Result, Statistics } from '../specs/report.ts';

/** Why reports cannot be one: a sentence that says what to mend. */
export class NotOfOneRun extends Error {
  override readonly name = 'NotOfOneRun';
}

/** What must be the same in all shards of a run, in words. */
function traitsOf({ suite, target, seed, runs, strict, claim }: Report): Readonly<Record<string, unknown>> {
  return {
    'suite version': suite.version,
    edition: suite.edition,
    target: target.url,
    'target version': target.version,
    seed,
    'number of generated cases': runs,
    strictness: strict,
    'set of rows': claim?.set_hash,
    'selection by --only': claim?.only?.join(' '),
    'number of shards': claim?.shard?.total,
  };
}

/** The shards in their order. Throws NotOfOneRun where they do not make one run. */
function inOrder(reports: readonly Report[]): readonly [Report, ...Report[]] {
  const [first, ...others] = reports;
  if (first === undefined) throw new NotOfOneRun('No report was given.');
  const wanted = traitsOf(first);
  for (const other of others)
    for (const [name, value] of Object.entries(traitsOf(other)))
      if (value !== wanted[name])
        throw new NotOfOneRun(
          `The reports are of different runs: the ${name} is ${String(wanted[name])} in one, ${String(value)} in another.`,
        );
  const total = first.claim?.shard?.total;
  if (total === undefined) throw new NotOfOneRun('The reports are of no shards: run with --shard I/N.');
  const byIndex = new Map<number, Report>();
  for (const report of reports) {
    const index = report.claim?.shard?.index ?? 0;
    if (byIndex.has(index)) throw new NotOfOneRun(`Shard ${index}/${total} was given twice.`);
    byIndex.set(index, report);
  }
  const missing = Array.from({ length: total }, (_, i) => i + 1).filter((index) => !byIndex.has(index));
  if (missing.length > 0)
    throw new NotOfOneRun(`Missing: ${missing.map((index) => `shard ${index}/${total}`).join(', ')}.`);
  const [head = first, ...rest] = [...byIndex].sort(([a], [b]) => a - b).map(([, report]) => report);
  return [head, ...rest];
}

/** Of what several shards say of a row about every answer, the first of these counts: each saw its own answers alone. */
const worstFirst: readonly Result['verdict'][] = ['fail', 'error', 'waived', 'pass', 'untested'];

/** What is said of a row by the shard that selected it or, where several did, by all of them. */
function joined(results: readonly Result[]): Result {
  const [first] = results;
  if (first === undefined) throw new NotOfOneRun('A report has no results.');
  const own = results.filter(({ verdict, reason }) => !(verdict === 'untested' && reason === 'not selected'));
  const [worst = first] = worstFirst.flatMap((verdict) => own.filter((result) => result.verdict === verdict));
  if (own.length < 2) return worst;
  const sum = (of: (result: Result) => number): number => own.reduce((total, result) => total + of(result), 0);
  return {
    ...worst,
    cases: sum(({ cases }) => cases),
    accepted: sum(({ accepted }) => accepted),
    rejected: sum(({ rejected }) => rejected),
    findings: own.flatMap(({ findings }) => findings),
  };
}

/** One report out of those of all shards of a run, but for outcome and headline, which follow from the results. */
export function joinedShards(reports: readonly Report[]): Omit<Report, 'outcome' | 'headline' | 'checksum'> {
  const shards = inOrder(reports);
  const [first] = shards;
  const results = first.results.map((result) =>
    joined(
      shards.flatMap(
        (shard) =>
          shard.results.find(
            (other) => other.requirement === result.requirement && other.technique === result.technique,
          ) ?? [],
      ),
    ),
  );
  const sum = (of: (report: Report) => number): number => shards.reduce((total, shard) => total + of(shard), 0);
  const { outcome: _, headline: __, checksum: ___, claim, statistics: ____, ...rest } = first;
  const statistics = shards.flatMap((shard) => shard.statistics ?? []);
  return {
    ...rest,
    started_at: shards.map(({ started_at }) => started_at).sort()[0] ?? first.started_at,
    duration_ms: Math.max(...shards.map(({ duration_ms }) => duration_ms)),
    requests: sum(({ requests }) => requests),
    rebuilds: sum(({ rebuilds }) => rebuilds),
    retries: sum(({ retries }) => retries),
    incomplete: shards.some(({ incomplete }) => incomplete),
    notes: [...new Set(shards.flatMap(({ notes }) => notes))],
    ...(statistics.length === 0 ? {} : { statistics: joinedStatistics(statistics) }),
    ...(claim === undefined ? {} : { claim: withoutShard(claim) }),
    results,
  };
}

function withoutShard({ shard: _, ...claim }: NonNullable<Report['claim']>): NonNullable<Report['claim']> {
  return claim;
}

/** The timeline is that of shards side by side. */
function joinedStatistics(all: readonly Statistics[]): Statistics {
  const statuses = new Map<string, number>();
  const latency = new Map<number, number>();
  const bin_ms = Math.max(...all.map(({ timeline }) => timeline.bin_ms));
  const counts: number[] = [];
  for (const one of all) {
    for (const [name, count] of Object.entries(one.statuses)) statuses.set(name, (statuses.get(name) ?? 0) + count);
    for (const { to_ms, count } of one.latency) latency.set(to_ms, (latency.get(to_ms) ?? 0) + count);
    for (const [i, count] of one.timeline.counts.entries()) {
      const bin = Math.floor((i * one.timeline.bin_ms) / bin_ms);
      for (let n = counts.length; n <= bin; n += 1) counts[n] = 0;
      counts[bin] = (counts[bin] ?? 0) + count;
    }
  }
  return {
    statuses: Object.fromEntries([...statuses].sort(([a], [b]) => a.localeCompare(b))),
    latency: [...latency].sort(([a], [b]) => a - b).map(([to_ms, count]) => ({ to_ms, count })),
    timeline: { bin_ms, counts },
  };
}
