// Runs the suite against every example and writes docs/frameworks.md. Needs the built suite: npm run build.
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { cp, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const page = join(root, 'docs', 'frameworks.md');
const bodyShown = 160;

/** Starts a program; `ended` is its exit code and what it wrote. */
function start(command, args, options) {
  const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'], ...options });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk) => {
      output += chunk;
    });
  }
  const ended = new Promise((resolve) => {
    child.on('error', ({ message }) => resolve({ code: -1, output: message }));
    child.on('close', (code) => resolve({ code, output }));
  });
  return { child, ended };
}

function run(command, args, cwd) {
  return start(command, args, { cwd }).ended;
}

function freePort() {
  return new Promise((resolve, reject) => {
    const server = createServer().on('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });
}

function listens(port) {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.on('connect', () => resolve(true)).on('error', () => resolve(false));
    socket.on('close', () => socket.destroy());
    socket.on('connect', () => socket.end());
  });
}

/** The Python that has FastAPI: the first of the path, or the one of the distribution. */
async function findPython() {
  const question = 'import fastapi, uvicorn; print("FastAPI " + fastapi.__version__)';
  for (const command of ['python3', '/usr/bin/python3']) {
    const { code, output } = await run(command, ['-c', question], root);
    if (code === 0) return { command, framework: output.trim() };
  }
  throw new Error('no Python with FastAPI and uvicorn');
}

/** How to start an example, and what it stands on. Throws when it cannot be done here. */
async function prepare(folder) {
  if (existsSync(join(folder, 'server.py'))) {
    return { ...(await findPython()), script: 'server.py' };
  }
  const { code, output } = await run('npm', ['install', '--no-audit', '--no-fund', '--loglevel=error'], folder);
  if (code !== 0) throw new Error(`npm install failed: ${output.trim().split('\n')[0]}`);
  const name = ['express', 'fastify', 'hono'].find((it) => existsSync(join(folder, 'node_modules', it)));
  const { version } = JSON.parse(await readFile(join(folder, 'node_modules', name, 'package.json'), 'utf8'));
  return {
    command: process.execPath,
    script: 'server.js',
    framework: `${name[0].toUpperCase()}${name.slice(1)} ${version}`,
  };
}

/** The report of the suite on one example. */
async function judge(folder) {
  const { command, script, framework } = await prepare(folder);
  const port = await freePort();
  const server = start(command, [script], { cwd: folder, env: { ...process.env, PORT: String(port) } });
  let alive = true;
  server.ended.then(() => {
    alive = false;
  });
  try {
    for (let tries = 0; alive && tries < 100 && !(await listens(port)); tries += 1) await sleep(100);
    if (!alive) throw new Error('the server ended at once');
    const file = join(folder, 'report.json');
    const options = ['--seed', '1', '--runs', '100', '--quiet', '--report', `json=${file}`];
    const target = ['--config', join(folder, 'conformance.yaml'), '--target', `http://127.0.0.1:${port}`];
    const { code, output } = await run(
      process.execPath,
      [join(root, 'dist/cli.js'), 'run', ...target, ...options],
      root,
    );
    if (!existsSync(file)) throw new Error(`the run ended with ${code}: ${output.trim().split('\n')[0]}`);
    return { framework, code, report: JSON.parse(await readFile(file, 'utf8')) };
  } finally {
    server.child.kill();
    await server.ended;
  }
}

/** The failing results of a level, one for each requirement. */
function failing(report, level) {
  const results = report.results.filter((it) => it.level === level && it.verdict === 'fail');
  return [...new Map(results.map((it) => [it.requirement, it])).values()];
}

function code(text) {
  const line = text.replace(/[^\x20-\x7e]/g, (sign) => JSON.stringify(sign).slice(1, -1));
  const ticks = line.includes('`') ? '``' : '`';
  return `${ticks}${line}${ticks}`;
}

function cut(text) {
  return text.length > bodyShown ? `${text.slice(0, bodyShown)}…` : text;
}

/** One request in a line: method and path, and what tells it from others. */
function sent({ exchange: { request }, stimulus }) {
  const { pathname, search } = new URL(request.url);
  const body = request.body === undefined ? 'without a body' : `with ${code(cut(request.body))}`;
  return `${stimulus}: ${code(`${request.method} ${cut(pathname + search)}`)} ${body}`;
}

function section(name, { framework, report }) {
  const lines = failing(report, 'MUST').map(({ requirement, title, findings: [finding] }) =>
    [
      `- ${code(requirement)}: ${title}`,
      `  - sent: ${sent(finding)}`,
      `  - expected: ${finding.expected}`,
      `  - actual: ${code(cut(finding.actual))}`,
    ].join('\n'),
  );
  return `## ${name} (${framework})\n\n${lines.join('\n')}\n`;
}

/** A report without what passes, with short bodies: what the tests of causes rest on. */
function slim(report) {
  const short = ({ body, headers, ...rest }) => ({
    ...rest,
    headers: Object.fromEntries(Object.entries(headers).map(([key, value]) => [key, value.slice(0, 80)])),
    ...(body === undefined ? {} : { body: body.slice(0, 300) }),
  });
  const exchange = ({ request, response, ...rest }) => ({
    ...rest,
    request: short(request),
    ...(response === undefined ? {} : { response: short(response) }),
  });
  const finding = ({ baseline: _, curl, ...rest }) => ({
    ...rest,
    curl: curl.slice(0, 200),
    exchange: exchange(rest.exchange),
  });
  const failing = report.results.filter(({ verdict }) => verdict === 'fail');
  return { ...report, results: failing.map((it) => ({ ...it, findings: it.findings.map(finding) })) };
}

const verdicts = [];
const copy = await mkdtemp(join(tmpdir(), 'examples-'));
try {
  await cp(join(root, 'examples'), copy, { recursive: true, filter: (path) => !path.includes('node_modules') });
  const names = (await readdir(copy)).filter((name) => /-(default|hardened)$/.test(name));
  for (const name of names.sort()) {
    try {
      verdicts.push({ name, ...(await judge(join(copy, name))) });
    } catch (error) {
      verdicts.push({ name, problem: error.message });
    }
    const { problem, report } = verdicts.at(-1);
    if (problem === undefined && name.endsWith('-default'))
      await writeFile(join(root, 'reports', 'fixtures', `${name}.json`), `${JSON.stringify(slim(report))}\n`);
    console.error(`${name}: ${problem ?? report.headline}`);
  }
} finally {
  await rm(copy, { recursive: true, force: true });
}

const rows = verdicts.map(({ name, problem, framework, report }) =>
  problem === undefined
    ? `| ${name} | ${framework} | ${report.outcome} | ${failing(report, 'MUST').length} | ${failing(report, 'SHOULD').length} | ${report.requests} |`
    : `| ${name} | | not run: ${problem} | | | |`,
);
const sections = verdicts
  .filter(({ name, problem }) => name.endsWith('-default') && problem === undefined)
  .map((it) => section(it.name, it));
await writeFile(
  page,
  `# Frameworks

Written by \`node examples/verdicts.js\`, with \`--seed 1 --runs 100\`. Each framework has a default version, the operation as one writes it in a hurry with the framework's own error answers, and a hardened one.

| example | framework | outcome | MUST failed | SHOULD failed | requests |
| --- | --- | --- | --- | --- | --- |
${rows.join('\n')}

Below, for each default version, the MUST requirements that fail, with one finding each. A finding is about the server in the folder: what its framework does by itself, and what its handler leaves to the framework. \`fastify-default\` never looks at \`project_id\`, which is its handler's fault alone.

From run to run the number of requests varies by a few, as does which of several equal findings comes first.

${sections.join('\n')}`,
);
process.exitCode = verdicts.every(
  ({ name, problem, code }) => problem !== undefined || (code === 0) === name.endsWith('-hardened'),
)
  ? 0
  : 1;
