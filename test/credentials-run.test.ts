import { expect, test } from 'vitest';
import { type ReferenceOptions, startReference } from '../reference/endpoint.ts';
import { accessKeys } from '../reference/world.ts';
import { readConfiguration } from '../runner/configuration/configuration.ts';
import { run } from '../runner/run.ts';
import type { Report } from '../specs/report.ts';

/** A whole run, with `auth` in place of the credentials that the endpoint prints. */
async function play(options: ReferenceOptions, auth?: object): Promise<Report> {
  const reference = await startReference(options);
  try {
    const data = auth === undefined ? reference.configuration : { ...reference.configuration, auth };
    const configuration = readConfiguration({ data, env: {} });
    return await run({ configuration, seed: 1, runs: 0, only: [], strict: false, edition: '2025-11' });
  } finally {
    await reference.close();
  }
}

function expectNoBlame(report: Report): void {
  const wrong = report.results.filter(
    ({ level, verdict }) => verdict === 'error' || (verdict === 'fail' && level === 'MUST'),
  );
  expect(wrong).toEqual([]);
  expect(report.incomplete).toBe(false);
  expect(report.rebuilds).toBeGreaterThan(0);
}

test.each<ReferenceOptions>([
  { auth: 'token', nuisance: true },
  { auth: 'aksk' },
  { auth: 'aksk', nuisance: true },
  { auth: 'iam' },
  { auth: 'iam', nuisance: true },
])('a whole run with %j blames the reference endpoint for nothing', async (options) => {
  expectNoBlame(await play(options));
});

test('nor does a run with a temporary key and its security token', async () => {
  const { id, secret, securityToken } = accessKeys.temporary;
  const auth = { access_key: id, secret_key: secret, security_token: securityToken };
  const report = await play({}, auth);
  expectNoBlame(report);
  expect(JSON.stringify(report)).not.toContain(securityToken);
});
