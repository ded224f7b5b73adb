import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { createProgram } from '../cli/program.ts';
import { run as playRun, type RunOptions } from '../index.ts';
import { type Reference, startReference } from '../reference/endpoint.ts';
import { readConfiguration } from '../runner/configuration/configuration.ts';
import { playPacts } from '../runner/pacts.ts';

const pages = [
  'README.md',
  ...readdirSync('docs')
    .filter((name) => name.endsWith('.md'))
    .map((name) => join('docs', name)),
];

/** Commands that cannot run here, and why. Each must be written somewhere. */
const elsewhere: readonly (readonly [RegExp, string])[] = [
  [/^npm ci && npm (start|test)$/, 'it is what .ci/run does'],
  [/^node dist\/cli\.js init$/, 'it asks; cli/init/init.test.ts answers'],
  [/^npx --package @pact-foundation\/pact-cli /, 'it needs the registry and a Broker'],
  [/--broker-url https:/, 'test/broker.test.ts does it with a stand-in'],
];

interface Block {
  readonly page: string;
  readonly language: string;
  readonly text: string;
}

const blocks: readonly Block[] = pages.flatMap((page) =>
  [...readFileSync(page, 'utf8').matchAll(/^```([^\n]+)\n([\s\S]*?)^```$/gm)].map(([, language = '', text = '']) => ({
    page,
    language,
    text,
  })),
);

function blocksOf(language: string): readonly Block[] {
  return blocks.filter((block) => block.language === language);
}

/** Milliseconds for one command: others may use the machine, too. */
const patience = 170_000;
vi.setConfig({ testTimeout: patience + 10_000 });

let folder: string;
let reference: Reference;

beforeAll(async () => {
  // Inside the package, so that its own name can be imported as a user does.
  mkdirSync('dist', { recursive: true });
  folder = mkdtempSync(resolve('dist/docs-'));
  reference = await startReference();
  writeFileSync(join(folder, 'conformance.yaml'), JSON.stringify(reference.configuration));
  const bin = join(folder, 'bin');
  mkdirSync(bin);
  const script = `#!/bin/sh\nexec '${process.execPath}' '${resolve('dist/cli.js')}' "$@"\n`;
  for (const name of ['rebuild-conformance', 'npx'])
    writeFileSync(join(bin, name), script.replace('"$@"', name === 'npx' ? '$2 $3' : '"$@"'), { mode: 0o755 });
  await writeReports();
}, patience);

/** The reports that commands on reports are given. */
async function writeReports(): Promise<void> {
  const config = reference.configuration;
  const play = async (name: string, shard?: RunOptions['shard']): Promise<void> => {
    const report = await playRun({ config, runs: 0, seed: 1, shard, trace: join(folder, 'trace.ndjson') });
    writeFileSync(join(folder, name), JSON.stringify(report));
  };
  await play('shard1.json', { index: 1, total: 2 });
  await play('shard2.json', { index: 2, total: 2 });
  // The last one has its trace beside it.
  await play('report.json');
  mkdirSync(join(folder, 'implementations/acme-desktop/1.0'), { recursive: true });
  for (const name of ['before.json', 'after.json', 'implementations/acme-desktop/1.0/report.json'])
    copyFileSync(join(folder, 'report.json'), join(folder, name));
}
afterAll(async () => {
  await reference.close();
  rmSync(folder, { recursive: true, force: true });
});

function environment(): NodeJS.ProcessEnv {
  return { ...process.env, PATH: `${join(folder, 'bin')}:${process.env['PATH']}`, PACT_DO_NOT_TRACK: '1' };
}

function run(file: string, args: readonly string[]): Promise<{ code: number; output: string }> {
  return new Promise((done) => {
    const child = execFile(file, args, { cwd: folder, env: environment(), timeout: patience }, (_, stdout, stderr) =>
      done({ code: child.exitCode ?? -1, output: stdout + stderr }),
    );
  });
}

/** What a server writes first. */
function firstLine(child: ChildProcess): Promise<string> {
  return new Promise((done) => child.stdout?.once('data', (data: Buffer) => done(data.toString())));
}

const commands = blocksOf('sh').flatMap(({ page, text }) =>
  text.split('\n').flatMap((line) => {
    const command = line.replace(/\s+#.*$/, '').trim();
    return command === '' || command.startsWith('export ') ? [] : [{ page, command }];
  }),
);

function isElsewhere(command: string): boolean {
  return elsewhere.some(([pattern]) => pattern.test(command));
}

describe('the commands of the documentation', () => {
  it.each(commands.filter(({ command }) => !isElsewhere(command)))('$command ($page)', async ({ command }) => {
    // The fixed cases alone: what is tested is the command, not the target.
    const line = command.replace('node dist/cli.js', 'rebuild-conformance').replace(/ run\b/, ' run --runs 0');
    if (!line.includes(' serve')) {
      expect(await run('sh', ['-euc', line])).toMatchObject({ code: 0 });
      return;
    }
    const server = spawn('sh', ['-euc', `exec ${line}`], { cwd: folder, env: environment() });
    expect(JSON.parse(await firstLine(server))).toHaveProperty('config');
    server.kill();
  });

  it('that cannot run here are written somewhere', () => {
    for (const [pattern, why] of elsewhere)
      expect(
        commands.some(({ command }) => pattern.test(command)),
        why,
      ).toBe(true);
  });

  it('have no option that the program does not know', () => {
    const program = createProgram(() => undefined);
    const known = program.commands
      .flatMap((command) => command.options.map(({ long }) => long))
      .concat('--help', '--version');
    for (const { command } of commands) {
      if (!/^(node dist\/cli\.js|rebuild-conformance) /.test(command)) continue;
      for (const [option] of command.matchAll(/--[a-z-]+/g)) expect(known, command).toContain(option);
    }
  });
});

describe('the configurations of the documentation', () => {
  const env = { WORKSPACE_TOKEN: 'a', EXPIRED_TOKEN: 'b', READONLY_TOKEN: 'c', OTHER_TOKEN: 'd' };
  it.each(blocksOf('yaml'))('can be read ($page)', ({ text }) => {
    const isWhole = text.includes('target:');
    const whole = isWhole ? text : `target: { url: "http://127.0.0.1:1" }\n${text}`;
    expect(() => readConfiguration({ text: whole, env })).not.toThrow();
  });
});

describe('the programs of the documentation', () => {
  it.each(blocksOf('js run').map((block, n) => ({ ...block, n })))('run ($page, $n)', async ({ text, n }) => {
    const file = join(folder, `program-${n}.mjs`);
    writeFileSync(file, text);
    const { code, output } = await run(process.execPath, [file]);
    expect(code, output).toBe(0);
    if (text.includes('serve')) expect(output).toMatch(/status: 200, job_id: [\s\S]*status: 409,\s+error_code: /);
  });

  it('write a pact that this suite verifies', async () => {
    const pact: unknown = JSON.parse(readFileSync(join(folder, 'pacts/console-rebuild-desktop-pool.json'), 'utf8'));
    const configuration = readConfiguration({ data: reference.configuration, env: {} });
    const [results = []] = await playPacts({ configuration, seed: 1, rebuilds: 5 }, [pact]);
    expect(results).toMatchObject([{ description: 'a rebuild in five minutes', verdict: 'pass' }]);
  });

  /** Asks a handler on the port that the documentation names for some states. */
  async function statesOf(server: ChildProcess): Promise<readonly unknown[]> {
    const ask = (state: string) =>
      fetch('http://127.0.0.1:8081/_states', {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ state, params: {}, action: 'setup' }),
      });
    try {
      for (let tries = 0; tries < 300; tries += 1) {
        if (
          await ask('pool is busy').then(
            () => true,
            () => false,
          )
        )
          break;
        await new Promise((done) => setTimeout(done, 100));
      }
      const [ready, again, nobody, expired] = [
        await ask('pool is ready'),
        await ask('pool is ready'),
        await ask('pool does not exist'),
        await ask('token is expired'),
      ];
      return [await ready.json(), await again.json(), await nobody.json(), expired.status];
    } finally {
      server.kill('SIGKILL');
    }
  }
  const expected = [{ pool_id: 'pool-a' }, { pool_id: 'pool-c' }, {}, 404];

  it('handle states with Express', async () => {
    const [block] = blocksOf('js express');
    // Express is no dependency: what little is used of it stands here.
    const module = join(folder, 'node_modules/express');
    mkdirSync(module, { recursive: true });
    writeFileSync(join(module, 'package.json'), '{"type":"module","exports":"./index.js"}');
    writeFileSync(
      join(module, 'index.js'),
      `import { createServer } from 'node:http';
const express = () => {
  let route;
  return {
    post: (path, parse, handler) => { route = async (request, response) => { request.body = await parse(request); handler(request, { json: (value) => response.end(JSON.stringify(value)), sendStatus: (code) => response.writeHead(code).end() }); }; },
    listen: (port, host) => createServer((request, response) => route(request, response)).listen(port, host),
  };
};
express.json = () => async (request) => { let text = ''; for await (const part of request) text += part; return JSON.parse(text); };
export default express;
`,
    );
    const file = join(folder, 'express.mjs');
    writeFileSync(file, block?.text ?? '');
    expect(await statesOf(spawn(process.execPath, [file], { stdio: 'ignore' }))).toEqual(expected);
  });

  it('handle states with FastAPI', async (context) => {
    const python = await pythonWithFastApi();
    if (python === undefined) return context.skip('no Python with FastAPI and uvicorn');
    const [block] = blocksOf('python');
    writeFileSync(join(folder, 'states.py'), block?.text ?? '');
    const args = ['-m', 'uvicorn', 'states:app', '--port', '8081', '--log-level', 'error'];
    expect(await statesOf(spawn(python, args, { cwd: folder, stdio: 'ignore' }))).toEqual(expected);
  });

  async function pythonWithFastApi(): Promise<string | undefined> {
    for (const name of ['python3', '/usr/bin/python3'])
      if ((await run(name, ['-c', 'import fastapi, uvicorn'])).code === 0) return name;
    return undefined;
  }
});

it('every file that the documentation names is there', () => {
  for (const page of pages) {
    const text = readFileSync(page, 'utf8').replace(/^```[\s\S]*?^```$/gm, '');
    const named = [
      ...text.matchAll(/`((?:docs|examples|specs|contracts|bench)\/[\w./-]+|[A-Z]+\.md|action\.yml)`/g),
      ...text.matchAll(/\]\(((?:docs)\/[^)#]+)/g),
    ];
    for (const [, file = ''] of named)
      if (!file.includes('NAME')) expect(() => readFileSync(file), `${page}: ${file}`).not.toThrow(/ENOENT/);
  }
});
