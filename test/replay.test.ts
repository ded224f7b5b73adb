import { expect, test } from 'vitest';
import { startReference } from '../reference/endpoint.ts';
import { readConfiguration } from '../runner/configuration/configuration.ts';
import { run } from '../runner/run.ts';
import type { Report } from '../specs/report.ts';
import { requirements } from '../specs/requirements.ts';

async function play(fault: string, only: readonly string[]): Promise<Report> {
  const reference = await startReference({ fault });
  try {
    const configuration = readConfiguration({ data: reference.configuration, env: {} });
    return await run({ configuration, seed: 1, runs: 2, only, strict: true, edition: '2025-11' });
  } finally {
    await reference.close();
  }
}

function failing({ results }: Report): readonly string[] {
  return results.filter(({ verdict }) => verdict === 'fail').map(({ requirement }) => requirement);
}

/** Whether several requests show it. */
function isRelation(id: string): boolean {
  return requirements.some((row) => row.id === id && row.send.kind === 'relation');
}

test.concurrent.each([
  'accepts-any-type-of-delay-time',
  'crashes-on-emoji',
  'crashes-on-deep-nesting',
  'answers-html-400',
  'answers-numeric-job-id',
  'shows-stack-trace',
  'ignores-billing',
  'starts-before-checking',
  'mixes-up-requests-at-once',
])('the replay lines of %s show what they were written for', async (fault) => {
  const { results } = await play(fault, []);
  // What failed once of two times need not fail again; what several requests show is tried all the same.
  const findings = results.flatMap(({ requirement, findings: [first] }) =>
    first === undefined || (first.failed < first.sent && !isRelation(requirement))
      ? []
      : [{ requirement, replay: first.replay }],
  );
  expect(findings.length).toBeGreaterThan(0);
  for (const { requirement, replay } of findings.slice(0, 3).concat(findings.slice(-1))) {
    const only = [...replay.matchAll(/--only (\S+)/g)].map(([, id = '']) => id);
    expect(failing(await play(fault, only)), replay).toContain(requirement);
  }
});

test('rows about every answer can be selected alone', async () => {
  expect(failing(await play('answers-object-error-msg', ['answers/error-shape']))).toEqual(['answers/error-shape']);
});
