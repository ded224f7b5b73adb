import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Report } from '../specs/report.ts';
import { command, median, type Spent, spend } from './programs.ts';
import { bareLoop, cannon, type Shot, sameRequests, undiciPool } from './rates.ts';

/** What a run of the command came to. */
export interface Ran extends Spent {
  readonly requests: number;
  readonly report: Report;
}

/** Runs the suite as users do, into a folder that is gone afterwards. */
export async function runSuite(args: readonly string[]): Promise<Ran> {
  const folder = mkdtempSync(join(tmpdir(), 'bench-'));
  try {
    const spent = await spend([command, 'run', '--quiet', '--out', folder, ...args]);
    const report = JSON.parse(readFileSync(join(folder, 'report.json'), 'utf8')) as Report;
    return { ...spent, requests: report.requests, report };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Times of a command, one after the other. */
export async function timesOf(args: readonly string[], times: number): Promise<number> {
  const all: number[] = [];
  for (let n = 0; n < times; n += 1) all.push((await spend(args)).ms);
  return median(all);
}

export interface Rates {
  readonly suite: number;
  readonly loop: number;
  /** The requests of the suite, only sent. */
  readonly same: number;
  readonly pool: number;
  readonly cannon: number;
}

/**
 * Requests a second of the generated cases of a long run (what comes before them is taken off), and of tools that only
 * send, against one target in another process, by turns.
 */
export async function ratesAt(
  shot: Shot,
  config: string,
  runs: number,
  connections: number,
  times: number,
): Promise<Rates> {
  const rates: Record<keyof Rates, number[]> = { suite: [], loop: [], same: [], pool: [], cannon: [] };
  for (let n = 0; n < times; n += 1) {
    const common = ['--config', config, '--seed', String(n + 1), '--concurrency', String(connections)];
    const [fixed, long] = [
      await runSuite([...common, '--runs', '0']),
      await runSuite([...common, '--runs', String(runs)]),
    ];
    const count = long.requests - fixed.requests;
    rates.suite.push(count / ((long.ms - fixed.ms) / 1000));
    rates.loop.push(await bareLoop(shot, count, connections));
    rates.same.push(await sameRequests(shot, count, connections));
    rates.pool.push(await undiciPool(shot, count, connections));
    rates.cannon.push(await cannon(shot, count, connections));
  }
  return {
    suite: median(rates.suite),
    loop: median(rates.loop),
    same: median(rates.same),
    pool: median(rates.pool),
    cannon: median(rates.cannon),
  };
}
