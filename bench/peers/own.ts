import { readConfiguration } from '../../runner/configuration/configuration.ts';
import { run } from '../../runner/run.ts';
import type { Bench, Tool } from './tool.ts';

/** This suite with its fixed cases alone; a row of any level that fails counts, but those that are only recorded. */
export function createOwn({ url }: Bench, configuration: Readonly<Record<string, unknown>>): Tool {
  return {
    name: 'rebuild-conformance',
    cases: 'its fixed cases, `--runs 0 --strict`',
    async judge() {
      const data = { ...configuration, target: { url } };
      const options = { configuration: readConfiguration({ data, env: {} }), seed: 1, runs: 0, only: [], strict: true };
      const { results, outcome } = await run({ ...options, edition: '2025-11' });
      const failed = results.filter(({ verdict }) => verdict === 'fail').map(({ requirement }) => requirement);
      if (failed.length === 0 && outcome !== 'conformant') throw new Error(`the suite could not test this: ${outcome}`);
      return { found: failed.length > 0, said: failed.join('\n') };
    },
  };
}
