import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Reference, startReference } from '../../reference/endpoint.ts';
import type { Fault } from '../../reference/fault.ts';
import { createDredd } from './dredd.ts';
import { createOwn } from './own.ts';
import { createPact } from './pact.ts';
import { type Cell, type Column, figuresOf, intoPage } from './page.ts';
import { createPortman } from './portman.ts';
import { createPrism } from './prism.ts';
import { runTool } from './process.ts';
import { createRespect } from './respect.ts';
import { conforming, faulty, type Target } from './targets.ts';
import type { Bench, Tool } from './tool.ts';
import { packages } from './versions.ts';

/**
 * Plays other tools, and this suite, against every fault and against conforming endpoints, and writes docs/comparison.md.
 * Installs them from npm into a folder of its own; `PEERS=folder` names one where they are. `EVERY=4` plays every fourth
 * fault; `ONLY=text` the targets whose id contains it, and prints what was said instead of writing the page.
 */
const { ONLY: only = '', EVERY: every = '1' } = process.env;
const page = new URL(
  import.meta.url.endsWith('.ts') ? '../../docs/comparison.md' : '../../../docs/comparison.md',
  import.meta.url,
);
const folder = await mkdtemp(join(tmpdir(), 'peers-'));
try {
  const bin = await install(folder);
  const port = await freePort();
  const bench: Bench = { bin, folder, url: `http://127.0.0.1:${port}` };
  const columns = await play(bench, port);
  const figures = figuresOf(columns, chosen(faulty), chosen(conforming), new Date().toISOString().slice(0, 10));
  if (only === '') await writeFile(page, intoPage(await readFile(page, 'utf8'), figures));
  process.stdout.write(`${figures}\n`);
} finally {
  await rm(folder, { recursive: true, force: true });
}

function chosen(targets: readonly Target[]): readonly Target[] {
  const step = targets === faulty ? Number(every) : 1;
  return targets.filter(({ id }, i) => id.includes(only) && i % step === 0);
}

async function install(into: string): Promise<string> {
  const there = process.env['PEERS'];
  if (there !== undefined) return join(there, 'node_modules/.bin');
  const names = Object.entries(packages).map(([name, version]) => `${name}@${version}`);
  const args = ['install', '--prefix', into, '--ignore-scripts', '--no-audit', '--no-fund', ...names];
  const { code, output } = await runTool('npm', args, into);
  if (code !== 0) throw new Error(`the tools cannot be installed: ${output}`);
  return join(into, 'node_modules/.bin');
}

/** A target at the port that every tool was set up for; counts the requests for the operation. */
async function start({ options }: Target, port: number): Promise<{ reference: Reference; count: () => number }> {
  let requests = 0;
  const { fault } = options;
  if (typeof fault !== 'object') throw new Error('a target of the comparison is a fault, if an empty one');
  const counting: Fault = {
    ...fault,
    hooks: () => {
      const hooks = fault.hooks();
      return {
        ...hooks,
        before(exchange) {
          requests += 1;
          return hooks.before?.(exchange);
        },
      };
    },
  };
  return { reference: await startReference({ ...options, fault: counting, port }), count: () => requests };
}

async function play(bench: Bench, port: number): Promise<readonly Column[]> {
  const makers: readonly ((configuration: Reference['configuration']) => Tool | Promise<Tool>)[] = [
    () => createPact(bench),
    () => createPortman(bench),
    () => createRespect(bench),
    () => createPrism(bench),
    () => createDredd(bench),
    (configuration) => createOwn(bench, configuration),
  ];
  const columns: Column[] = [];
  for (const make of makers) {
    const { reference } = await start(conforming[0] as Target, port);
    const { configuration } = reference;
    const tool = await make(configuration);
    await reference.close();
    const cells = new Map<string, Cell>();
    try {
      for (const target of [...chosen(conforming), ...chosen(faulty)])
        cells.set(target.id, await judge(tool, target, port));
    } finally {
      await tool.close?.();
    }
    columns.push({ name: tool.name, cases: tool.cases, cells });
  }
  return columns;
}

async function judge(tool: Tool, target: Target, port: number): Promise<Cell> {
  const { reference, count } = await start(target, port);
  try {
    const before = performance.now();
    const { found, said } = await tool.judge();
    const ms = performance.now() - before;
    process.stderr.write(
      `${tool.name}: ${target.id}: ${found ? 'found' : 'nothing'}, ${count()} requests, ${Math.round(ms)} ms\n`,
    );
    if (only !== '') process.stderr.write(`${said}\n`);
    return { found, requests: count(), ms };
  } finally {
    await reference.close();
  }
}

async function freePort(): Promise<number> {
  const reference = await startReference();
  await reference.close();
  return Number(new URL(reference.url).port);
}
