import { expect, expectTypeOf, test, vi } from 'vitest';
import { type RunOptions, run, UsageError } from '../index.ts';
import { startReference } from '../reference/endpoint.ts';
import type { OptionName } from '../runner/configuration/options.ts';

const narrow = { runs: 0, seed: 1, only: ['body/minimal-is-accepted'] };

test('without a target the embedded endpoint is tested, and nothing is printed', async () => {
  const out = vi.spyOn(process.stdout, 'write');
  const err = vi.spyOn(process.stderr, 'write');
  const results: string[] = [];
  const report = await run(narrow, { onResult: ({ requirement }) => results.push(requirement) });
  expect(report).toMatchObject({ seed: 1, runs: 0, outcome: 'partial' });
  expect(results).toContain('body/minimal-is-accepted');
  expect([...out.mock.calls, ...err.mock.calls]).toEqual([]);
  vi.restoreAllMocks();
});

test('a configuration may be plain data, and options go before it', async () => {
  const reference = await startReference();
  try {
    const config = { ...reference.configuration, target: { url: 'http://127.0.0.1:9', name: 'Elsewhere' } };
    const report = await run({ ...narrow, config, target: reference.url });
    expect(report.target).toEqual({ url: reference.url, name: 'Elsewhere' });
    expect(report.results.filter(({ verdict }) => verdict === 'pass')).toHaveLength(2);
  } finally {
    await reference.close();
  }
});

test('what is wrong is said before anything is sent', async () => {
  await expect(run({ runs: -1 })).rejects.toThrow(UsageError);
  await expect(run({ only: ['body/minimal-is-acepted'] })).rejects.toThrow('body/minimal-is-accepted');
  await expect(run({ config: { auth: { tokn: 'x' } } })).rejects.toThrow('token');
});

test.each([
  [{ rnus: 3 }, 'Unknown key "rnus". Did you mean "runs"?'],
  [{ runs: '3' }, 'runs must be a whole number.'],
  [{ runs: -1 }, 'runs must be >= 0, not -1; change the value.'],
  [{ timeout: 0 }, 'timeout must be >= 1, not 0; change the value.'],
  [{ rate: Number.NaN }, 'rate must be a number.'],
  [{ target: null }, 'target is empty; give it a value, or remove the key.'],
  [{ shard: { index: 1, totl: 2 } }, 'Unknown key "totl" in shard. Did you mean "total"?'],
  [{ config: 7 }, 'config must be a string or an object.'],
  [{ signal: {} }, 'signal must be an AbortSignal.'],
  [null, 'The argument of run() is empty; give it a value, or remove the key.'],
])('options are checked, as JavaScript does not: %j', async (options, message) => {
  await expect(run(options as unknown as RunOptions)).rejects.toThrow(new UsageError(message));
});

test('the schema knows the options that the types know', () => {
  expectTypeOf<keyof RunOptions>().toEqualTypeOf<OptionName>();
});

test('where Pact has no library the contracts are untested, and all else works', async () => {
  vi.stubEnv('PACT_PREBUILD_PACKAGE_LOCATION', '/nowhere');
  const { results } = await run(narrow);
  vi.unstubAllEnvs();
  const played = results.filter(({ requirement }) => requirement === 'body/minimal-is-accepted');
  expect(played.map(({ technique, verdict, reason = '' }) => [technique, verdict, reason])).toEqual([
    ['contract', 'untested', expect.stringMatching(/^Pact cannot be loaded here: ./)],
    ['property', 'pass', ''],
  ]);
});

test('a signal ends a run early, and the report says so', async () => {
  const report = await run({ seed: 1, signal: AbortSignal.timeout(50) });
  expect(report).toMatchObject({ outcome: 'error', incomplete: true });
});
