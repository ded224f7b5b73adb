import { existsSync, writeFileSync } from 'node:fs';
import { isLoopback, readConfiguration } from '../runner/configuration/configuration.ts';
import { UsageError } from '../runner/configuration/usage-error.ts';
import { preflight } from './check/preflight.ts';
import { inColumns } from './columns.ts';
import { type Answers, collectAnswers, collectEnvironment, type Given } from './init/answers.ts';
import { documentOf } from './init/document.ts';
import { createTerminal, type Terminal } from './init/terminal.ts';
import { programName, shellWord } from './program-name.ts';

export interface InitOptions extends Given {
  /** The file to write. */
  readonly config: string;
  readonly allowRebuild?: boolean;
}

/** `init`: asks, looks at the target, and writes a configuration. Nothing is written while something must be mended. */
export async function initCommand(
  options: InitOptions,
  terminal: Terminal | undefined = ofProcess(),
  processEnv: NodeJS.ProcessEnv = process.env,
): Promise<number> {
  const { config: file, allowRebuild, ...given } = options;
  if (existsSync(file))
    throw new UsageError(`${file} is there already, and init overwrites nothing; give --config FILE.`);
  const answers = await collectAnswers(given, terminal);
  const read = (env: NodeJS.ProcessEnv, allow_rebuild?: boolean) =>
    readConfiguration({ text: documentOf(answers, file), file, env, overrides: { allow_rebuild } });
  const { env, typed } = await collectEnvironment(answers.auth, processEnv, terminal);
  const { target, allow_rebuild } = read(env);
  const consent = allow_rebuild || (allowRebuild ?? (await askConsent(answers, terminal)));
  const learnt = await preflight(read(env, consent), say);
  if (learnt.mend !== undefined) throw new UsageError(`${learnt.mend} Nothing was written.`);
  save(file, documentOf(answers, file, learnt));
  say('');
  say(`${file} is written.`);
  if (typed.length > 0) say(`Set ${typed.join(' and ')} in the environment first: what you typed is not kept.`);
  const words = [`${programName()} run`, ...(file === 'conformance.yaml' ? [] : [`--config ${shellWord(file)}`])];
  if (!isLoopback(target.url)) words.push('--allow-rebuild');
  // Whole, whatever its length: it is to be copied.
  process.stderr.write(`Next: ${words.join(' ')}\n`);
  return 0;
}

async function askConsent({ target, pool }: Answers, terminal: Terminal | undefined): Promise<boolean> {
  const question = `May pool ${pool} at ${target} be rebuilt now, a few times, to learn how it answers? Its disks are wiped.`;
  return (await terminal?.confirm(question)) ?? false;
}

function save(file: string, text: string): void {
  try {
    writeFileSync(file, text, { flag: 'wx' });
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new UsageError(`${file} cannot be written (${code}); give another place with --config FILE.`);
  }
}

function say(line: string): void {
  process.stderr.write(inColumns(line));
}

/** The terminal of this process, if there is one. */
function ofProcess(): Terminal | undefined {
  const { stdin, stderr } = process;
  return stdin.isTTY && stderr.isTTY ? createTerminal({ input: stdin, output: stderr }) : undefined;
}
