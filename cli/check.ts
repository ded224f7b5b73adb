import { readConfiguration } from '../runner/configuration/configuration.ts';
import { UsageError } from '../runner/configuration/usage-error.ts';
import type { EditionName } from '../specs/editions.ts';
import { preflight } from './check/preflight.ts';
import { inColumns } from './columns.ts';
import { given, locate } from './locate.ts';

export interface CheckOptions {
  readonly target?: string;
  readonly config?: string;
  readonly timeout?: number;
  readonly allowRebuild?: boolean;
  readonly edition?: EditionName;
}

/** `check`: what can be tested with this configuration; throws the first thing to mend. */
export async function checkCommand(
  options: CheckOptions,
  say: (line: string) => void = (line) => process.stdout.write(inColumns(line)),
): Promise<number> {
  const { timeout, allowRebuild: allow_rebuild, edition } = options;
  const configuration = readConfiguration({
    ...locate(options.config),
    ...given({ target: options.target }),
    env: process.env,
    overrides: given({ timeout, allow_rebuild, edition }),
  });
  const { mend } = await preflight(configuration, say);
  if (mend !== undefined) throw new UsageError(mend);
  return 0;
}
