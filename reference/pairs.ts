import { deviatingPairs } from './pairs/deviating.ts';
import type { Pair } from './pairs/pair.ts';
import { misshapenPairs, refusedPairs } from './pairs/valid.ts';

export type { Pair };

/**
 * Faults of two conditions, made from the tables of contexts and deviations: nobody wrote one of them by hand. The fixed
 * cases must find each, for a covering array of strength 2 has every two conditions in it.
 */
export const pairs: readonly Pair[] = [...deviatingPairs(), ...refusedPairs(), ...misshapenPairs()];
