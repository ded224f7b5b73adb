import { createHash } from 'node:crypto';
import { Random } from 'fast-check';

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
