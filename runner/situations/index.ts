import type { Stimulus } from '../../specs/requirement.ts';
import { afterAcceptance, existence, otherProject } from './credentials.ts';
import { repetition } from './repetition.ts';
import type { Situation } from './situation.ts';
import { startsNothing } from './starts-nothing.ts';
import { differentTogether, twoTogether } from './together.ts';
import { walk } from './walk.ts';

/** Requirements that one request cannot show. */
export const situations: Readonly<Partial<Record<Stimulus['kind'], Situation>>> = {
  repetition,
  'rejected, then accepted': startsNothing,
  'two together': twoTogether,
  'different ones together': differentTogether,
  'credential after acceptance': afterAcceptance,
  'existence without credential': existence,
  'other project': otherProject,
  walk,
};
