import { namesContract, naming } from '../reference/breaks.ts';
import { startReference } from '../reference/endpoint.ts';
import { type Fault, faults } from '../reference/faults.ts';
import { didYouMean } from '../runner/configuration/closest.ts';
import { readConfiguration } from '../runner/configuration/configuration.ts';
import { UsageError } from '../runner/configuration/usage-error.ts';
import { run } from '../runner/run.ts';
import type { EditionName } from '../specs/editions.ts';
import type { Report } from '../specs/report.ts';
import { requirements } from '../specs/requirements.ts';
import { given } from './locate.ts';

export interface SelfcheckOptions {
  readonly fault?: string;
  /** The generated faults of two conditions in place of the named ones. */
  readonly pairs?: boolean;
  /** Rebuilds that each run may take; default: what a run against loopback may. */
  readonly rebuilds?: number;
}

/** One line of the matrix. */
export interface Check {
  readonly verdict: 'clean' | 'not clean' | 'found' | 'missed';
  readonly subject: string;
  readonly failing: readonly string[];
  /** What the report says first, when nothing fails that should. */
  readonly remark?: string;
}

/** Runs at once: a run waits now and then, for an effect that may come late. */
const atOnce = 4;

/** `selfcheck`: does the suite pass the correct endpoint, and find each named fault? */
export async function selfcheckCommand(options: SelfcheckOptions): Promise<number> {
  if (options.pairs === true) return (await import('./selfcheck-pairs.ts')).pairsCommand();
  const chosen = choose(options.fault);
  const subjects = [undefined, ...chosen];
  let done = 0;
  const checks = await pooled(subjects, async (fault) => {
    const check = judge(fault, await play(fault, options));
    done += 1;
    process.stderr.write(`${done}/${subjects.length} ${check.subject}: ${check.verdict}\n`);
    return check;
  });
  process.stdout.write(matrix(checks));
  return checks.every(isGood) ? 0 : 1;
}

function choose(id: string | undefined): readonly Fault[] {
  if (id === undefined) return faults;
  const ids = faults.map((fault) => fault.id);
  if (!ids.includes(id)) throw new UsageError(`There is no fault "${id}".${didYouMean(id, ids)}`);
  return faults.filter((fault) => fault.id === id);
}

/**
 * The fixed cases alone, SHOULD counted like MUST: with a fault, in the edition that it needs; without one, on the correct
 * endpoint.
 */
export async function play(
  fault: Fault | undefined,
  { edition: wanted, rebuilds }: { readonly edition?: EditionName; readonly rebuilds?: number } = {},
): Promise<Report> {
  const reference = await startReference(given({ fault, edition: wanted }));
  try {
    const { limits } = reference.configuration;
    const data = { ...reference.configuration, ...given({ limits: merged(limits, rebuilds) }) };
    const configuration = readConfiguration({ data, env: {}, overrides: {} });
    const { edition } = configuration;
    const contracts = fault === undefined || namesContract(fault.breaks, requirements);
    return await run({ configuration, seed: 1, runs: 0, only: [], strict: true, edition, contracts });
  } finally {
    await reference.close();
  }
}

function merged(limits: unknown, rebuilds: number | undefined): object | undefined {
  const own = typeof limits === 'object' && limits !== null ? limits : undefined;
  return rebuilds === undefined ? own : { ...own, rebuilds };
}

/** A fault is found when a requirement fails that it breaks; whatever else fails does not count for it. */
export function judge(fault: Fault | undefined, report: Pick<Report, 'outcome' | 'headline' | 'results'>): Check {
  const failed = report.results.filter(({ verdict }) => verdict === 'fail');
  const failing = [...new Set(failed.map(({ requirement }) => requirement))].sort();
  if (fault === undefined) {
    const subject = 'the correct endpoint';
    if (report.outcome === 'conformant') return { verdict: 'clean', subject, failing };
    return { verdict: 'not clean', subject, failing, remark: report.headline };
  }
  const subject = fault.id;
  const isBroken = naming([...fault.breaks, ...(fault.sometimes ?? [])]);
  if (failed.some(isBroken)) return { verdict: 'found', subject, failing };
  return { verdict: 'missed', subject, failing, remark: report.headline };
}

function isGood({ verdict }: Check): boolean {
  return verdict === 'clean' || verdict === 'found';
}

/** The matrix as text, a line for each check and a summary. */
export function matrix(checks: readonly Check[]): string {
  const width = Math.max(...checks.map(({ subject }) => subject.length));
  const lines = checks.map(({ verdict, subject, failing, remark }) => {
    const words = [...failing, ...(remark === undefined ? [] : [`(${remark})`])].join(' ');
    return `${verdict.padEnd('not clean'.length)}  ${subject.padEnd(width)}  ${words}`.trimEnd();
  });
  const found = checks.filter(({ verdict }) => verdict === 'found').length;
  const missed = checks.filter(({ verdict }) => verdict === 'missed').length;
  const isClean = checks.some(({ verdict }) => verdict === 'clean');
  lines.push('', `${found} of ${found + missed} faults found; the correct endpoint is ${isClean ? '' : 'not '}clean`);
  return `${lines.join('\n')}\n`;
}

/** Maps with a few in work at once; the results keep the order. */
export async function pooled<T, R>(
  items: readonly T[],
  act: (item: T) => Promise<R>,
  most = atOnce,
): Promise<readonly R[]> {
  const results: R[] = [];
  const queue = items.entries();
  const worker = async (): Promise<void> => {
    for (const [index, item] of queue) results[index] = await act(item);
  };
  await Promise.all(Array.from({ length: most }, worker));
  return results;
}
