import type { Relation } from '../../../specs/requirement.ts';
import { afterAcceptance, existence } from './credentials.ts';
import type { RelationProcedure } from './relation.ts';
import { repetition } from './repetition.ts';
import { differentTogether, twoTogether } from './together.ts';
import { walk } from './walk.ts';

/** How each relation is played; "rejected, then accepted" is what all rounds show. */
export const relations: Readonly<Record<Exclude<Relation, 'rejected, then accepted'>, RelationProcedure>> = {
  'credential after acceptance': afterAcceptance,
  'existence without credential': existence,
  'same request, same status': repetition,
  'two together': twoTogether,
  'different ones together': differentTogether,
  walk,
};
