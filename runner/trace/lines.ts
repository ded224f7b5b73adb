import { createHash } from 'node:crypto';
import { label } from '../../generators/words.ts';
import type { AskedLine, ExchangeLine, ThrewLine, ToldLine } from '../../specs/trace.ts';
import type { Command, Exchange, Fact, Sending } from '../decide/procedure.ts';
import type { Counters } from '../wire/client.ts';
import { cameOf, type Shortening } from './came.ts';

export function asked(step: number, command: Command): AskedLine {
  const head = { line: 'asked', step, do: command.do } as const;
  switch (command.do) {
    case 'send':
      return {
        ...head,
        trains: command.trains.map((train) => train.map(({ id }) => id)),
        digest: digestOf(command.trains.flat()),
      };
    case 'wait':
      return { ...head, ms: command.ms, why: command.why };
    case 'provide':
      return { ...head, state: command.state };
  }
}

/** Of all that the requests are, but for their credentials. */
function digestOf(sendings: readonly Sending[]): string {
  const hash = createHash('sha1');
  for (const { case: rendered, given, at, mayAct, fresh } of sendings) {
    const { body, ...head } = rendered.request;
    hash.update(JSON.stringify([given, at, mayAct, fresh, head, body?.length]));
    if (body !== undefined) hash.update(body);
  }
  return hash.digest('base64');
}

export function exchanged(n: number, exchange: Exchange, shortening: Shortening): ExchangeLine {
  const { sending, started, ended } = exchange;
  const came = shortening.of(n, cameOf(exchange));
  return { line: 'exchange', n, id: sending.id, what: label(sending.play), given: sending.given, started, ended, came };
}

export function told(step: number, fact: Fact, { requests, rebuilds, retries }: Counters): ToldLine {
  return {
    line: 'told',
    step,
    now: fact.now,
    counted: [requests, rebuilds, retries],
    ...(fact.told === 'provided' ? { provided: fact.provided } : {}),
  };
}

export function threw(step: number, error: unknown): ThrewLine {
  const { name, message } = error instanceof Error ? error : { name: 'Error', message: String(error) };
  return { line: 'threw', step, name, message };
}
