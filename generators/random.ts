import { createHash } from 'node:crypto';
import fc, { type Arbitrary, Random, type Value } from 'fast-check';
import type { Field } from '../specs/requirement.ts';
import { type Body, isGuessed, isWithheld, pinned } from './build.ts';
import type { Case, Fixture, GeneratedCase } from './case.ts';
import { fieldSchema, optionalFields } from './schema.ts';
import { validValues } from './schema-values.ts';

/** The part of a random number generator that fast-check needs. */
interface Generator {
  clone(): Generator;
  /** 32 random bits, signed. */
  next(): number;
  getState(): readonly number[];
}

function mix(value: number): number {
  let x = value | 0;
  x = Math.imul(x ^ (x >>> 16), 0x85ebca6b);
  x = Math.imul(x ^ (x >>> 13), 0xc2b2ae35);
  return x ^ (x >>> 16);
}

/** A counter that is mixed well: small, and the same on every platform. */
function counter(start: number): Generator {
  let state = start | 0;
  return {
    clone: () => counter(state),
    next: () => {
      state = (state + 0x9e3779b9) | 0;
      return mix(state);
    },
    getState: () => [state],
  };
}

/** The random numbers of the n-th case under a seed. */
export function randomOf(seed: number, n: number): Random {
  return new Random(counter(mix(mix(seed) + Math.imul(n + 1, 0x27d4eb2f))));
}

function wrap(arbitrary: Arbitrary<Case>, value: Value<Case>): GeneratedCase {
  return {
    value: value.value,
    *shrink() {
      for (const smaller of arbitrary.shrink(value.value_, value.context)) yield wrap(arbitrary, smaller);
    },
  };
}

/** The n-th case of an arbitrary; early ones are biased towards the edges, as in fast-check's own runs. */
export function randomCases(seed: number, arbitrary: Arbitrary<Case>): (n: number) => GeneratedCase {
  return (n) => wrap(arbitrary, arbitrary.generate(randomOf(seed, n), 2 + Math.floor(Math.log10(n + 1))));
}

/** An id that looks like those of the target, but with 128 bits that the seed alone decides: nobody has it. */
export function unknownId(seed: number, n = 0): string {
  const hex = createHash('sha256').update(`unknown id ${seed} ${n}`).digest('hex').slice(0, 32);
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}

/**
 * A real id in another case, where that can be no other real one: only ids whose letters are hexadecimal digits, and as
 * random as a UUID, are the same in any case or do not exist.
 */
export function recased(id: string): readonly string[] {
  if (!/^(?=(?:[^0-9a-f]*[0-9a-f]){16})[0-9a-f-]+$/i.test(id)) return [];
  const other = id === id.toUpperCase() ? id.toLowerCase() : id.toUpperCase();
  return other === id ? [] : [other];
}

/** Any choice of valid optional fields; with `certain`, none whose value is only guessed. */
export function optionalBody(fixture: Fixture, certain: boolean): Arbitrary<Body> {
  const known: Readonly<Partial<Record<Field, string>>> = pinned(fixture);
  const chosen = optionalFields.filter(
    (field) => !isWithheld(fixture, field) && (!certain || !isGuessed(fixture, field)),
  );
  const values = chosen.map((field) => {
    const pin = known[field];
    return [field, pin === undefined ? validValues(fieldSchema(field)) : fc.constant(pin)] as const;
  });
  return fc.record(Object.fromEntries(values), { requiredKeys: [], noNullPrototype: true });
}
