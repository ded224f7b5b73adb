import { spawn } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, describe, expect, test } from 'vitest';
import { rejudge, run } from '../index.ts';
import { startReference } from '../reference/endpoint.ts';
import type { Report } from '../specs/report.ts';
import { startOddTarget } from './odd-targets/server.ts';

const folder = mkdtempSync(join(tmpdir(), 'trace-'));
afterAll(() => rmSync(folder, { recursive: true }));

const seed = Number(process.env['TRACE_SEED'] ?? randomInt(0x7fff_ffff));
console.info(`TRACE_SEED=${seed}`);

test.concurrent.each([undefined, 'answers-html-400', 'starts-late', 'mixes-up-requests-at-once'])(
  'the trace of a run against fault %s gives the same report again',
  async (fault) => {
    const target = await startReference(fault === undefined ? { nuisance: true } : { fault });
    const trace = join(folder, `${fault}.ndjson`);
    try {
      const report = await run({ config: target.configuration, seed, runs: 1, trace });
      expect(told(await rejudge(trace))).toEqual(told(report));
      expect(statSync(trace).mode & 0o077).toBe(0);
    } finally {
      await target.close();
    }
  },
);

/** A faulty target that counts what it is asked. */
async function startCounted() {
  let requests = 0;
  const target = await startOddTarget({
    reference: { fault: 'answers-html-400' },
    layer: () => (asked, forward) => {
      requests += 1;
      return forward(asked);
    },
  });
  return { ...target, asked: () => requests };
}

/** What a report tells, but for who says so. */
function told({ checksum: _, claim, ...report }: Report): object {
  return { ...report, claim: { ...claim, evidence: 'anybody' } };
}

function verdictsOf({ results }: Report): readonly string[] {
  return results.map(({ requirement, technique, verdict }) => `${requirement} ${technique} ${verdict}`);
}

function exchangesIn(trace: string): number {
  const whole = trace.split('\n').slice(0, -1);
  return whole.filter((line) => line.startsWith('{"line":"exchange"')).length;
}

describe('a run that was cut off', () => {
  test.concurrent.each([0.02, 0.6])('at %d of its trace goes on with what is left', async (at) => {
    const target = await startCounted();
    const trace = join(folder, `cut-${at}.ndjson`);
    const config = target.configuration;
    try {
      const report = await run({ config, seed, runs: 0, trace });
      const text = readFileSync(trace, 'utf8');
      const kept = text.slice(0, Math.floor(text.length * at));
      writeFileSync(trace, kept);
      const before = target.asked();
      const resumed = await run({ config, resume: trace });
      const left = target.asked() - before;
      expect(verdictsOf(resumed)).toEqual(verdictsOf(report));
      // What is on record was not sent again.
      const whole = readFileSync(trace, 'utf8');
      expect(whole.startsWith(kept.slice(0, kept.lastIndexOf('\n') + 1))).toBe(true);
      expect(exchangesIn(whole)).toBe(exchangesIn(kept) + left);
      expect(told(await rejudge(trace))).toEqual(told(resumed));
    } finally {
      await target.close();
    }
  });

  test('because the target went away goes on when it is back', async () => {
    let isGone = false;
    let left = 200;
    const target = await startOddTarget({
      layer: () => (asked, forward) => {
        left -= 1;
        isGone ||= left === 0;
        return isGone ? new Promise(() => undefined) : forward(asked);
      },
    });
    const trace = join(folder, 'gone.ndjson');
    const config = target.configuration;
    try {
      const report = await run({ config, seed, runs: 0, timeout: 300, trace });
      expect(report.incomplete).toBe(true);
      isGone = false;
      const resumed = await run({ config, resume: trace });
      expect(resumed.results.filter(({ verdict }) => verdict === 'fail')).toEqual([]);
      expect(resumed.outcome).toBe('conformant');
      expect(told(await rejudge(trace))).toEqual(told(resumed));
    } finally {
      await target.close();
    }
  });

  test('is refused where it is another target, or came to its end', async () => {
    const [one, other] = [await startReference(), await startReference()];
    const trace = join(folder, 'other.ndjson');
    try {
      await run({ config: one.configuration, seed, runs: 0, only: ['body/minimal-is-accepted'], trace });
      await expect(run({ config: one.configuration, resume: trace })).rejects.toThrow('came to its end');
      writeFileSync(trace, readFileSync(trace, 'utf8').split('\n').slice(0, 8).join('\n'));
      await expect(run({ config: other.configuration, resume: trace })).rejects.toThrow('another target.url');
      await expect(run({ config: one.configuration, resume: trace, runs: 3 })).rejects.toThrow('keeps its runs');
    } finally {
      await one.close();
      await other.close();
    }
  });
});

test.each(['pool_id', 'image_id', 'project_id'])(
  'a %s that somebody wrote into a trace is never asked for',
  async (name) => {
    const asked: string[] = [];
    const target = await startOddTarget({
      layer: () => (request, forward) => {
        asked.push(`${request.path} ${request.body.toString()}`);
        return forward(request);
      },
    });
    const trace = join(folder, `forged-${name}.ndjson`);
    const config = target.configuration;
    try {
      await run({ config, seed, runs: 0, only: ['body/image-id-is-required'], trace });
      const lines = readFileSync(trace, 'utf8').split('\n');
      const sent = lines.findIndex((line) => line.includes('"do":"send"'));
      const forged = lines
        .slice(0, sent)
        .join('\n')
        .replaceAll(new RegExp(`"${name}":"[^"]*"`, 'g'), `"${name}":"foreign-1"`);
      writeFileSync(trace, `${forged}\n`);
      asked.length = 0;
      await expect(run({ config, resume: trace })).rejects.toThrow(/another (pool_id|image_id|project_id)/);
      expect(asked).toEqual([]);
    } finally {
      await target.close();
    }
  },
);

test('a run that is killed leaves a trace to go on with', async () => {
  const target = await startCounted();
  const config = join(folder, 'killed.json');
  writeFileSync(config, JSON.stringify(target.configuration));
  const trace = join(folder, 'killed', 'trace.ndjson');
  const cli = new URL('../dist/cli.js', import.meta.url).pathname;
  const child = spawn(process.execPath, [
    cli,
    'run',
    '--config',
    config,
    '--runs',
    '0',
    '--out',
    join(folder, 'killed'),
  ]);
  const ended = new Promise((resolve) => child.on('close', resolve));
  try {
    while (!existsSync(trace) || exchangesIn(readFileSync(trace, 'utf8')) < 150) await sleep(20);
    child.kill('SIGKILL');
    await ended;
    const known = exchangesIn(readFileSync(trace, 'utf8'));
    const before = target.asked();
    const resumed = await run({ config, resume: trace });
    expect(resumed.incomplete).toBe(false);
    expect(resumed.outcome).toBe('nonconformant');
    // Only what was under way, or not yet on the disk, was sent twice.
    expect(before - known).toBeLessThan(60);
    expect(resumed.requests).toBeLessThanOrEqual(known + target.asked() - before);
    expect(told(await rejudge(trace))).toEqual(told(resumed));
  } finally {
    await target.close();
  }
});

test.each([
  ['', 'its first line'],
  ['{}\n{}\n', 'line 1: no line'],
  ['[1]\nx\n', 'line 1: no line of a trace'],
  [`${'['.repeat(200_000)}\n\n`, 'line 1'],
])('a file that is no trace is refused: %#', async (text, message) => {
  const file = join(folder, 'none.ndjson');
  writeFileSync(file, text);
  await expect(rejudge(file)).rejects.toThrow(message);
});

test('a trace that was changed is told', async () => {
  const target = await startReference();
  const trace = join(folder, 'changed.ndjson');
  try {
    await run({ config: target.configuration, seed, runs: 0, only: ['body/image-id-is-required'], trace });
  } finally {
    await target.close();
  }
  const text = readFileSync(trace, 'utf8');
  writeFileSync(trace, text.replace('"only":["body/image-id-is-required"]', '"only":["body/no-body-is-rejected"]'));
  await expect(rejudge(trace)).rejects.toThrow(/At step \d+ the run .*, and this version/);
});
