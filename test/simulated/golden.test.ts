import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { contextKey } from '../../generators/contexts.ts';
import type { Command, Exchange, Fact } from '../../runner/decide/procedure.ts';
import type { Report } from '../../specs/report.ts';
import type { Nature } from './nature.ts';
import { simulate } from './simulate.ts';

const folder = new URL('golden/', import.meta.url);

/** Targets on which it is written down what is asked, and in which order: a change of the suite shows what it moves. */
const natures: Readonly<Record<string, Partial<Nature>>> = {
  'always ready': {},
  'busy for two seconds': { busy: { ms: 2000, how: 'always' } },
  'busy, with a state handler': { busy: { ms: 2000, how: 'always' }, handler: true },
  'busy, three pools': { busy: { ms: 2000, how: 'always' }, pools: ['sim-pool-1', 'sim-pool-2', 'sim-pool-3'] },
  throttling: { throttle: { perSecond: 8, retryAfter: true } },
  'away for a moment': { restarts: [{ at: 3000, ms: 1500, forgets: false }] },
};

function shortOf(text: string): string {
  return createHash('sha1').update(text).digest('hex').slice(0, 6);
}

function exchanged({ sending, result }: Exchange): string {
  const { deviation, context } = sending.play;
  const came = 'status' in result ? result.status : 'silence' in result ? result.silence : result.unsent;
  const given = sending.given === 'pool is ready' ? '' : ` (${sending.given})`;
  return `${came} ${(deviation?.what ?? 'valid').slice(0, 60)} ${shortOf(contextKey(context))}${given}`;
}

function told(command: Command, fact: Fact): readonly string[] {
  switch (command.do) {
    case 'wait':
      return [`wait ${Math.round(command.ms)} ${command.why}`];
    case 'provide':
      return [`provide ${command.state}`];
    case 'send':
      return fact.told === 'sent' ? [`send ${command.trains.length}`, ...fact.exchanges.flat().map(exchanged)] : [];
  }
}

function verdictsOf({ results, requests, rebuilds, outcome }: Report): readonly string[] {
  const others = results.filter(({ verdict }) => verdict !== 'pass');
  return [
    `${outcome}: ${requests} requests, ${rebuilds} rebuilds, ${results.length - others.length} pass`,
    ...others.map((result) =>
      `${result.requirement} ${result.technique} ${result.verdict} ${result.reason ?? ''}`.trim(),
    ),
  ];
}

test.each(Object.entries(natures))(
  'a target that is %s is asked as it was (UPDATE_GOLDEN=1 writes it again)',
  async (name, nature) => {
    const lines: string[] = [];
    const witness = { told: (command: Command, fact: Fact) => void lines.push(...told(command, fact)) };
    const { report } = await simulate(nature, { witness });
    const text = `${[...verdictsOf(report), ...lines].join('\n')}\n`;
    const file = new URL(`${name.replaceAll(/[^a-z]+/g, '-')}.txt`, folder);
    if (process.env['UPDATE_GOLDEN'] === '1') {
      mkdirSync(folder, { recursive: true });
      writeFileSync(file, text);
    }
    expect(text).toBe(readFileSync(file, 'utf8'));
  },
);
