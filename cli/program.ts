import { Command, Option } from 'commander';
import { formats } from '../reports/formats.ts';
import { defaultEdition, editions } from '../specs/editions.ts';
import { collect, reportFile, shard, whole } from './arguments.ts';
import type { CheckOptions } from './check.ts';
import type { CompareOptions } from './compare.ts';
import { kinds } from './init/answers.ts';
import type { InitOptions } from './init.ts';
import type { ListOptions } from './list.ts';
import type { MergeOptions } from './merge.ts';
import type { RejudgeOptions } from './rejudge.ts';
import type { RenderOptions } from './render.ts';
import type { ReplayOptions } from './replay.ts';
import type { RunFlags } from './run.ts';
import { runOption } from './run-option.ts';
import type { SelfcheckOptions } from './selfcheck.ts';
import type { ServeOptions } from './serve.ts';
import { version } from './version.ts';

/** No default of its own: the configuration may name an edition, too. */
function editionOption(): Option {
  const text = `revision of the page (default: that of the configuration, or ${defaultEdition})`;
  return new Option('--edition <name>', text).choices(editions);
}

/** The whole command line. Each action loads its own code, so that `--help` and `--version` stay quick. */
export function createProgram(exit: (code: number) => void): Command {
  const program = new Command('rebuild-conformance')
    .description('Conformance suite for the desktop-pool rebuild operation')
    .version(version())
    .showSuggestionAfterError()
    .exitOverride();

  program
    .command('run')
    .description('run the suite; without a target, against the embedded reference endpoint')
    .addOption(runOption('target', 'url'))
    .addOption(configFile())
    .option(
      '--report <format=file>',
      `one of ${formats.join(', ')}; FILE may be - for stdout; repeatable, replaces the default ones`,
      reportFile,
    )
    .addOption(runOption('runs', 'n'))
    .addOption(runOption('seed', 'n'))
    .addOption(runOption('only', 'pattern').argParser(collect))
    .addOption(runOption('shard', 'i/n').argParser(shard))
    .addOption(runOption('concurrency', 'n'))
    .addOption(runOption('rate', 'n'))
    .addOption(runOption('timeout', 'ms'))
    .addOption(editionOption())
    .addOption(runOption('allowRebuild'))
    .addOption(runOption('strict'))
    .addOption(runOption('resume', 'trace'))
    .option('--allow-partial', 'a partial outcome exits with 0', false)
    .option('--broker-url <url>', 'verify the pacts of a Pact Broker, too; its token is read from PACT_BROKER_TOKEN')
    .option('--provider <name>', 'how the Broker calls the service (default: rebuild-desktop-pool)')
    .option('--provider-version <version>', 'version to publish for (default: target.version)')
    .option('--provider-branch <name>', 'branch of that version')
    .option('--publish', 'publish the pact of this suite and the verification results to the Broker')
    .option('--out <dir>', 'where the default reports go', 'reports/latest')
    .option('--quiet', 'no progress and no summary', false)
    .option('--no-color', 'no colours')
    .action(async (flags: RunFlags) => exit(await (await import('./run.ts')).runCommand(flags)));

  program
    .command('serve')
    .description('start the reference endpoint alone, as a mock')
    .option('--port <n>', 'port on loopback; 0 takes a free one', whole(0, 65_535), 0)
    .option('--fault <id>', 'answer with a named fault')
    .option('--list-faults', 'print the faults and end', false)
    .option('--latency <ms>', 'milliseconds by which each answer is late', whole(0, 3_600_000), 0)
    .option('--nuisance', 'disturb as gateways do: 429 and 503 with Retry-After, latency, closed connections', false)
    .option('--seed <n>', 'seed of the values that it makes up', whole(0, 0xffff_ffff))
    .addOption(
      new Option('--auth <kind>', 'credentials of the printed configuration; all are accepted')
        .choices(['token', 'aksk', 'iam'])
        .default('token'),
    )
    .addOption(editionOption())
    .option('--config-out <file>', 'write a configuration that tests it, as YAML')
    .action(async (options: ServeOptions) => exit(await (await import('./serve.ts')).serveCommand(options)));

  program
    .command('list')
    .description('print the requirements and what the target must provide for them')
    .option('--json', 'as JSON', false)
    .option('--cases', 'with every fixed case and its expected statuses', false)
    .addOption(editionOption())
    .addOption(new Option('--since <name>', 'what an upgrade from this edition asks of a vendor').choices(editions))
    .option('--faults', 'the named faults of the reference endpoint instead', false)
    .action(async (options: ListOptions) => await (await import('./list.ts')).listCommand(options));

  program
    .command('check')
    .description('read the configuration, reach the target, say what can and cannot be tested')
    .addOption(runOption('target', 'url'))
    .addOption(configFile())
    .addOption(runOption('timeout', 'ms'))
    .addOption(editionOption())
    .addOption(runOption('allowRebuild'))
    .action(async (options: CheckOptions) => exit(await (await import('./check.ts')).checkCommand(options)));

  program
    .command('init')
    .description('write a configuration, with what the target answers; asks on a terminal for what is not given')
    .addOption(runOption('target', 'url'))
    .option('--project <id>', 'the project of the pool')
    .option('--pool <id>', 'a desktop pool that may be rebuilt')
    .option('--image <id>', 'an image that the pool can be rebuilt with')
    .addOption(new Option('--auth <kind>', 'kind of the credential, which the environment holds').choices(kinds))
    .option('--image-type <value>', 'pins image_type in valid bodies')
    .option('--os-type <value>', 'pins os_type in valid bodies')
    .option('--order-id <value>', 'pins order_id in valid bodies')
    .option('--state-handler <url>', 'sets states up, by the protocol of Pact')
    .option('--config <file>', 'the file to write', 'conformance.yaml')
    .addOption(runOption('allowRebuild'))
    .action(async (options: InitOptions) => exit(await (await import('./init.ts')).initCommand(options)));

  program
    .command('rejudge')
    .description('compute the verdicts of a run again from its trace, offline, and say what differs from its report')
    .argument('<trace>', 'trace.ndjson of a run')
    .option('--report <format=file>', 'write a report of it; repeatable', reportFile)
    .option('--no-color', 'no colours')
    .action(async (trace: string, options: RejudgeOptions) =>
      exit(await (await import('./rejudge.ts')).rejudgeCommand(trace, options)),
    );

  program
    .command('replay')
    .description('send again the requests that failed in a report: mended, still fails or cannot tell')
    .argument('<report>', 'JSON report')
    .option('--only <id>', 'this row alone; repeatable', collect)
    .option('--target <url>', 'base URL of the implementation; that of the report is not trusted')
    .option('--config <file>', 'configuration, YAML or JSON (default: conformance.yaml when it exists)')
    .option('--allow-rebuild', 'consent to requests that the target may accept and act on')
    .action(async (file: string, options: ReplayOptions) =>
      exit(await (await import('./replay.ts')).replayCommand(file, options)),
    );

  program
    .command('merge')
    .description('one report out of the reports of all shards')
    .argument('<reports...>', 'JSON reports or traces, in any order')
    .option('--report <format=file>', `one of ${formats.join(', ')}; repeatable`, reportFile)
    .option('--out <dir>', 'where the default reports go', 'reports/latest')
    .action(async (files: string[], options: MergeOptions) =>
      exit(await (await import('./merge.ts')).mergeCommand(files, options)),
    );

  program
    .command('compare')
    .description('two reports: what broke, was mended, still fails; more, or a folder: a matrix of implementations')
    .argument('<reports...>', 'JSON reports, or a folder of ORG-PRODUCT/VERSION/report.json')
    .option('--report <format=file>', 'the matrix as markdown or html; repeatable', reportFile)
    .option('--site <dir>', 'write a static site: the matrix, and a page for each implementation')
    .action(async (paths: string[], options: CompareOptions) =>
      exit((await import('./compare.ts')).compareCommand(paths, options)),
    );

  program
    .command('render')
    .description('other formats from a JSON report')
    .argument('<report>', 'JSON report')
    .option('--report <format=file>', `one of ${formats.join(', ')}; repeatable`, reportFile)
    .option('--publish <dir>', 'write DIR/ORG-PRODUCT/VERSION with report, trace and README')
    .option('--anonymous <name>', 'leave out who was tested and where')
    .action(async (file: string, options: RenderOptions) =>
      exit(await (await import('./render.ts')).renderCommand(file, options)),
    );

  program
    .command('verify-report')
    .description('is a report intact, is it complete, and do its verdicts follow from the trace beside it?')
    .argument('<report>', 'JSON report')
    .action(async (file: string) => exit(await (await import('./verify-report.ts')).verifyReportCommand(file)));

  program
    .command('selfcheck')
    .description('run the suite against the correct reference endpoint and each named fault, and print the matrix')
    .option('--fault <id>', 'this fault alone')
    .addOption(
      new Option('--pairs', 'in place of them each generated fault of two conditions; takes some minutes').conflicts(
        'fault',
      ),
    )
    .addOption(
      new Option('--rebuilds <n>', 'rebuilds that each run may take').argParser(whole(1, 10_000)).conflicts('pairs'),
    )
    .action(async (options: SelfcheckOptions) =>
      exit(await (await import('./selfcheck.ts')).selfcheckCommand(options)),
    );

  return program;
}

function configFile(): Option {
  const option = runOption('config', 'file');
  option.description += ' (default: conformance.yaml when it exists)';
  return option;
}
