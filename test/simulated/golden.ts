import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect } from 'vitest';
import { contextKey } from '../../generators/contexts.ts';
import type { Command, Exchange, Fact } from '../../runner/decide/procedure.ts';

const folder = new URL('golden/', import.meta.url);

/** Enough of a digest to tell texts apart. */
export function shortOf(text: string): string {
  return createHash('sha1').update(text).digest('hex').slice(0, 6);
}

function exchanged({ sending, result }: Exchange): string {
  const { deviation, context } = sending.play;
  const came = 'status' in result ? result.status : 'silence' in result ? result.silence : result.unsent;
  const given = sending.given === 'pool is ready' ? '' : ` (${sending.given})`;
  return `${came} ${(deviation?.what ?? 'valid').slice(0, 60)} ${shortOf(contextKey(context))}${given}`;
}

/** What was commanded and what came of it, a line each. */
export function told(command: Command, fact: Fact): readonly string[] {
  switch (command.do) {
    case 'wait':
      return [`wait ${Math.round(command.ms)} ${command.why}`];
    case 'provide':
      return [`provide ${command.state}`];
    case 'send':
      return fact.told === 'sent' ? [`send ${command.trains.length}`, ...fact.exchanges.flat().map(exchanged)] : [];
  }
}

/** Holds a text against the one on record; UPDATE_GOLDEN=1 writes it again. */
export function checkAgainst(name: string, text: string): void {
  const file = new URL(`${name}.txt`, folder);
  if (process.env['UPDATE_GOLDEN'] === '1') {
    mkdirSync(dirname(fileURLToPath(file)), { recursive: true });
    writeFileSync(file, text);
  }
  expect(text).toBe(readFileSync(file, 'utf8'));
}
