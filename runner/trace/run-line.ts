import { createRequire } from 'node:module';
import type { AuthKind } from '../../generators/model.ts';
import type { Configuration } from '../../specs/configuration.ts';
import { pinsOf } from '../../specs/editions.ts';
import { hashOfSet } from '../../specs/frozen-set.ts';
import { type RunLine, type Settings, traceVersion } from '../../specs/trace.ts';

const { version } = createRequire(import.meta.url)(
  import.meta.url.endsWith('.ts') ? '../../package.json' : '../../../package.json',
) as { version: string };

export type RunLineOptions = Pick<RunLine, 'seed' | 'runs' | 'strict' | 'only'> & {
  readonly configuration: Configuration;
  readonly auth: AuthKind;
  readonly edition: string;
  readonly shard?: RunLine['shard'] | undefined;
  readonly command?: string | undefined;
  readonly started: Date;
};

/** The first line of a trace. */
export function runLine({
  configuration,
  auth,
  edition,
  shard,
  command,
  started,
  ...options
}: RunLineOptions): RunLine {
  const { seed, runs, strict, only } = options;
  return {
    line: 'run',
    trace: traceVersion,
    suite: { name: 'rebuild-conformance', version, edition },
    set: hashOfSet(),
    node: process.versions.node,
    seed,
    runs,
    strict,
    only,
    ...(shard === undefined ? {} : { shard }),
    ...(command === undefined ? {} : { command }),
    started_at: started.toISOString(),
    settings: settingsOf(configuration, auth),
  };
}

/** The configuration as it may be shown. */
export function settingsOf(configuration: Configuration, auth: AuthKind): Settings {
  const { target, states, pools, state_handler, allow_rebuild, limits, waivers } = configuration;
  const { url, name, version: targetVersion, vendor } = target;
  const ready = states['pool is ready'];
  const project = ready?.project_id;
  return {
    target: {
      url,
      ...(name === undefined ? {} : { name }),
      ...(targetVersion === undefined ? {} : { version: targetVersion }),
      ...(vendor === undefined ? {} : { vendor }),
    },
    auth,
    pools,
    has_handler: state_handler !== undefined,
    allow_rebuild,
    limits,
    waivers,
    pins: pinsOf(configuration.edition).filter((name) => ready?.[name] !== undefined),
    ...(project === undefined ? {} : { project_id: project }),
  };
}
