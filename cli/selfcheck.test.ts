import { afterEach, expect, test, vi } from 'vitest';
import { judge, matrix, selfcheckCommand } from './selfcheck.ts';

afterEach(() => {
  vi.restoreAllMocks();
});

function captured(name: 'stdout' | 'stderr'): string[] {
  const written: string[] = [];
  vi.spyOn(process[name], 'write').mockImplementation((text) => {
    written.push(String(text));
    return true;
  });
  return written;
}

test('a fault is found, and the correct endpoint is clean', async () => {
  const stdout = captured('stdout');
  const stderr = captured('stderr');
  expect(await selfcheckCommand({ fault: 'accepts-expired-token' })).toBe(0);
  const [clean, found, ...rest] = stdout.join('').split('\n');
  expect(clean).toBe('clean      the correct endpoint');
  expect(found).toMatch(/^found {6}accepts-expired-token {2}.*\bcredentials\/expired-is-unauthorised\b/);
  expect(rest).toEqual(['', '1 of 1 faults found; the correct endpoint is clean', '']);
  expect(stderr.join('')).toMatch(/^2\/2 /m);
});

test('an unknown fault is refused', async () => {
  await expect(selfcheckCommand({ fault: 'accepts-expired-tokens' })).rejects.toThrow(
    'There is no fault "accepts-expired-tokens". Did you mean "accepts-expired-token"?',
  );
});

test('what fails without being broken finds nothing', () => {
  const fault = { id: 'some-fault', title: 'A fault.', breaks: ['body/*'], hooks: () => ({}) };
  const failing = (requirement: string) =>
    ({
      requirement,
      level: 'MUST',
      technique: 'property',
      title: '',
      verdict: 'fail',
      cases: 1,
      accepted: 0,
      rejected: 1,
      findings: [],
    }) as const;
  const report = { outcome: 'nonconformant', headline: 'One fails.', results: [failing('path/other')] } as const;
  const missed = judge(fault, report);
  expect(missed.verdict).toBe('missed');
  expect(judge(fault, { ...report, results: [failing('body/one')] }).verdict).toBe('found');
  const correct = judge(undefined, report);
  expect(correct.verdict).toBe('not clean');
  expect(matrix([correct, missed])).toBe(
    [
      'not clean  the correct endpoint  path/other (One fails.)',
      'missed     some-fault            path/other (One fails.)',
      '',
      '0 of 1 faults found; the correct endpoint is not clean',
      '',
    ].join('\n'),
  );
});
