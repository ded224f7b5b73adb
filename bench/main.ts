import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { arch, cpus, platform, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ratesAt, runSuite, timesOf } from './measures.ts';
import { intoPage } from './peers/page.ts';
import { command, type Served, serve } from './programs.ts';

/** Times that what is short is measured; of what is long, once in so many. */
const often = 5;
const seldom = 3;
/** Generated cases a property of a long run, and of two of which one is ten times as long. */
const long = Number(process.env['BENCH_RUNS'] ?? 400);
const [few, many] = [long / 4, (long / 4) * 10];
const connections = 16;

const page = fileURLToPath(new URL('../../docs/benchmarks.md', import.meta.url));

interface Line {
  readonly what: string;
  readonly value: string;
  readonly beside: string;
}

const ms = (value: number): string => `${(value / 1000).toFixed(2)} s`;
const ratio = (value: number, other: number): string => (value / other).toFixed(2);

/** Whole commands, beside a Node that does nothing: a machine that is twice as slow is so for both. */
async function commands(config: string): Promise<readonly Line[]> {
  const nothing = await timesOf(['-e', '0'], often);
  const beside = (value: number): string => `${ratio(value, nothing)} times a bare \`node -e 0\` (${ms(nothing)})`;
  const lines: Line[] = [];
  for (const name of ['--version', 'list']) {
    const value = await timesOf([command, name], often);
    lines.push({ what: `\`${name}\``, value: ms(value), beside: beside(value) });
  }
  for (const [what, runs] of [
    ['fixed cases alone, contracts and reports included', '0'],
    ['default run (`--runs 100`)', '100'],
  ] as const) {
    const all = [];
    for (let n = 0; n < seldom; n += 1) all.push(await runSuite(['--config', config, '--seed', '1', '--runs', runs]));
    const [ran] = [...all].sort((a, b) => a.ms - b.ms).slice(Math.floor(all.length / 2));
    if (ran !== undefined)
      lines.push({ what, value: `${ms(ran.ms)}, ${ran.requests} requests`, beside: beside(ran.ms) });
  }
  return lines;
}

async function throughput(what: string, origin: string, token: string, config: string): Promise<Line> {
  const shot = { origin, path: '/v2/p1/desktop-pools/pool-a/rebuild', token };
  const { suite, loop, same, pool, cannon } = await ratesAt(shot, config, long, connections, seldom);
  return {
    what: `requests a second against ${what}, ${connections} connections`,
    value: `${Math.round(suite)}`,
    beside: [
      `${ratio(suite, loop)} of a bare loop of the same client (${Math.round(loop)})`,
      `${ratio(suite, same)} of the same client that only sends the same requests (${Math.round(same)})`,
      `${ratio(suite, cannon)} of autocannon (${Math.round(cannon)})`,
      `${ratio(suite, pool)} of undici's Pool (${Math.round(pool)})`,
    ].join(', '),
  };
}

/** What more cases cost: time for each, and memory for all. */
async function growth(config: string): Promise<readonly Line[]> {
  const common = ['--config', config, '--seed', '1', '--runs'];
  const [none, some, more] = [
    await runSuite([...common, '0']),
    await runSuite([...common, String(few)]),
    await runSuite([...common, String(many)]),
  ];
  const each = (ran: typeof none): number => (ran.ms - none.ms) / (ran.requests - none.requests);
  const lines: Line[] = [
    {
      what: `time for a request, ${more.requests} requests`,
      value: `${each(more).toFixed(2)} ms`,
      beside: `${ratio(each(more), each(some))} of that of ${some.requests} requests`,
    },
  ];
  if (more.peak !== undefined && some.peak !== undefined)
    lines.push({
      what: `peak memory, ${more.requests} requests`,
      value: `${Math.round(more.peak)} MB`,
      beside: `${Math.round(more.peak - some.peak)} MB more than for ${some.requests} requests`,
    });
  return lines;
}

async function shards(config: string): Promise<Line> {
  const common = ['--config', config, '--seed', '1', '--runs', String(few)];
  const whole = await runSuite(common);
  const parts = await Promise.all(['1/2', '2/2'].map((shard) => runSuite([...common, '--shard', shard])));
  return {
    what: 'two shards side by side',
    value: parts.map(({ requests }) => `${requests} requests`).join(' and '),
    beside: `${parts.map(({ requests }) => ratio(requests, whole.requests)).join(' and ')} of ${whole.requests}; ${ratio(Math.max(...parts.map(({ ms: time }) => time)), whole.ms)} of the time`,
  };
}

function table(lines: readonly Line[]): string {
  const rows = lines.map(({ what, value, beside }) => `| ${what} | ${value} | ${beside} |`);
  return ['| what | measured | beside |', '| --- | --- | --- |', ...rows].join('\n');
}

const folder = mkdtempSync(join(tmpdir(), 'bench-'));
const servers: Served[] = [];
try {
  const config = join(folder, 'reference.json');
  const reference = await serve([command, 'serve', '--config-out', config]);
  servers.push(reference);
  const served = JSON.parse(reference.line) as { url: string; config: { auth: { token: string } } };
  const { url, config: configuration } = served;
  const lines = [
    ...(await commands(config)),
    await throughput('the reference endpoint in another process', url, configuration.auth.token, config),
    ...(await growth(config)),
    await shards(config),
  ];
  const [cpu] = cpus();
  const when = new Date().toISOString().slice(0, 10);
  const machine = `${when}, ${cpus().length} × ${cpu?.model.trim() ?? 'unknown'}, ${platform()} ${arch()}, Node ${process.versions.node}`;
  const figures = `${machine}.\n\n${table(lines)}`;
  process.stdout.write(`${figures}\n`);
  if (process.argv.includes('--write')) writeFileSync(page, intoPage(readFileSync(page, 'utf8'), figures));
} finally {
  await Promise.all(servers.map((server) => server.stop()));
  rmSync(folder, { recursive: true, force: true });
}
