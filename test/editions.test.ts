import { expect, test } from 'vitest';
import { badRequest } from '../reference/answers.ts';
import { fieldOf } from '../reference/checks.ts';
import { startReference } from '../reference/endpoint.ts';
import type { Fault } from '../reference/fault.ts';
import { fault, isError, rewriting } from '../reference/faults/tools.ts';
import { readConfiguration } from '../runner/configuration/configuration.ts';
import { run } from '../runner/run.ts';
import type { EditionName } from '../specs/editions.ts';
import type { Report } from '../specs/report.ts';

/** Plays the fixed cases of some rows; `change` alters the configuration that tests the reference endpoint. */
async function play(
  edition: EditionName,
  only: readonly string[],
  more: { readonly fault?: Fault; readonly change?: (data: Record<string, unknown>) => Record<string, unknown> } = {},
): Promise<Report> {
  const { fault: broken, change = (data) => data } = more;
  const reference = await startReference({ edition, ...(broken === undefined ? {} : { fault: broken }) });
  try {
    const configuration = readConfiguration({ data: change(reference.configuration), env: {} });
    return await run({ configuration, seed: 1, runs: 0, only, strict: true, edition: configuration.edition });
  } finally {
    await reference.close();
  }
}

/** Names no key and no desktop; a handler would hand them out. */
function withoutPins({ state_handler: _, states, ...data }: Record<string, unknown>): Record<string, unknown> {
  const { 'pool is ready': ready, ...others } = states as Record<string, Record<string, unknown>>;
  const { kms_id: _key, desktop_ids: _desktops, ...values } = ready ?? {};
  return { ...data, states: { ...others, 'pool is ready': values } };
}

const verdicts = ({ results }: Report, requirement: string): readonly string[] =>
  results.filter((result) => result.requirement === requirement).map(({ verdict }) => verdict);

test('a target is held to what its edition documents, and to nothing else', async () => {
  const detail = fault(
    'error-detail-is-an-object',
    'error_detail is an object.',
    [],
    rewriting(isError, (body) => ({ ...body, error_detail: {} })),
  );
  const rows = ['answers/error-shape', 'body/image-id-is-required'];
  expect(verdicts(await play('2025-11', rows, { fault: detail }), 'answers/error-shape')).toEqual(['fail']);
  expect(verdicts(await play('2025-07', rows, { fault: detail }), 'answers/error-shape')).toEqual(['pass']);
});

test('the report has the rows of its edition, and names it', async () => {
  const { suite, results } = await play('2026-01', ['body/kms-id-is-required-when-encrypted']);
  const ids = new Set(results.map(({ requirement }) => requirement));
  expect(suite.edition).toBe('2026-01');
  expect(ids.has('billing/billed-image-needs-an-order')).toBe(false);
  expect(results.filter(({ verdict }) => verdict === 'pass').map(({ technique }) => technique)).toEqual([
    'contract',
    'property',
  ]);
});

test('ids that nobody pinned are blamed on no row', async () => {
  const rows = [
    'body/optional-fields-combine',
    'body/documented-values-are-accepted',
    'body/full-*',
    'body/kms-id-is-*',
  ];
  const report = await play('2026-01', rows, {
    change: withoutPins,
  });
  expect(report.results.filter(({ verdict }) => verdict === 'fail')).toEqual([]);
  expect(report.notes).toContainEqual(expect.stringMatching(/refuses plausible values of .*kms_id.*: pin them/));
  const untested = report.results.filter(({ reason }) => reason?.startsWith('pin '));
  expect(untested.map(({ requirement, technique }) => `${requirement} by ${technique}`)).toEqual([
    'body/full-is-accepted by contract',
    'body/full-is-accepted by property',
    'body/kms-id-is-required-when-encrypted by contract',
    'body/kms-id-is-required-when-encrypted by property',
    'body/kms-id-is-not-empty-when-encrypted by property',
  ]);
});

test('a value that nobody pinned is found to be refused beside others, though there are others that need pins', async () => {
  const refused = fault('refuses-type-without-message', 'image_type is refused where there is no message.', [], {
    after: (response, x) =>
      response.status === 200 && fieldOf(x, 'image_type') && fieldOf(x, 'message') === undefined
        ? badRequest()
        : response,
  });
  const report = await play('2026-01', ['body/optional-fields-combine', 'body/any-text-is-accepted'], {
    fault: refused,
    change: withoutPins,
  });
  expect(verdicts(report, 'body/optional-fields-combine')).toEqual(['fail']);
});
