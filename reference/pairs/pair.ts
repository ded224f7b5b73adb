import type { Dimension } from '../../specs/contexts.ts';
import { defaultEdition, edition, pinsOf } from '../../specs/editions.ts';
import type { Requirement, Send } from '../../specs/requirement.ts';
import type { RequirementId } from '../../specs/requirements.ts';
import type { Exchange } from '../checks.ts';
import type { Fault, Needs } from '../fault.ts';
import type { Subject } from './classes.ts';
import { hasLevel } from './levels.ts';

/** Pairs are made of what there is in the default edition. */
const { requirements } = edition(defaultEdition);

/** A fault of two conditions, one of which is a level of a dimension of the context. */
export interface Pair extends Fault {
  /** What goes wrong; the title adds where. */
  readonly subject: string;
  /** Where it does, in words: `transfer pieces`. */
  readonly beside: string;
  /** The rows that are played and judged: enough to show it. */
  readonly rows: readonly string[];
}

/** A level of a dimension. */
export interface At {
  readonly dimension: Dimension;
  readonly level: string;
}

export function inWords({ dimension, level }: At): string {
  return `${dimension} ${level}`;
}

export function isAt(exchange: Exchange, { dimension, level }: At): boolean {
  return hasLevel(exchange, dimension, level);
}

/**
 * What is signed is told by signed requests alone; and where values that name things of the target are refused beside
 * each other, nobody but its owner knows whether that is wrong.
 */
export function needsOf(...places: readonly At[]): { readonly needs?: Needs } {
  const auth: Needs = places.some(({ dimension }) => dimension === 'signing') ? { auth: 'aksk' } : {};
  const pinned = places.flatMap(({ dimension }) => pinsOf(defaultEdition).filter((pin) => pin === dimension));
  const values = pinned.map((pin) => [pin, `pinned-${pin}`] as const);
  const needs: Needs = { ...auth, ...(pinned.length > 1 ? { pins: Object.fromEntries(values) } : {}) };
  return Object.keys(needs).length === 0 ? {} : { needs };
}

/** What rows with one deviation say that is sent, each once, with the rows that say it. */
export function subjects(): readonly (readonly [Subject, readonly Requirement<RequirementId>[]])[] {
  const found = new Map<string, [Subject, Requirement<RequirementId>[]]>();
  for (const row of requirements) {
    const { send, given } = row;
    // Of two things that are wrong the other is refused, whatever is passed over.
    if (send.kind !== 'deviation' || send.second !== undefined) continue;
    const subject: Subject = { kind: send.of, field: send.field, given };
    const entry = found.get(JSON.stringify(subject)) ?? [subject, []];
    entry[1].push(row);
    found.set(JSON.stringify(subject), entry);
  }
  return [...found.values()];
}

/** The rows about valid requests on a pool that is ready. */
export function validRows(): readonly string[] {
  const isAbout = ({ kind }: Send): boolean => kind === 'context';
  return requirements.filter(({ send, given }) => isAbout(send) && given === 'pool is ready').map(({ id }) => id);
}
