import type { Fault } from './fault.ts';
import { accessFaults } from './faults/access.ts';
import { answerFaults } from './faults/answers.ts';
import { bodyFaults } from './faults/body.ts';
import { courseFaults } from './faults/courses.ts';
import { edgeFaults } from './faults/edge.ts';
import { editionFaults } from './faults/editions.ts';
import { signatureFaults } from './faults/signatures.ts';
import { wayFaults } from './faults/ways.ts';

export type { Fault, Hooks } from './fault.ts';

/** Defects as careless vendors make them, each on top of the correct endpoint. */
export const faults: readonly Fault[] = [
  ...bodyFaults,
  ...accessFaults,
  ...answerFaults,
  ...edgeFaults,
  ...editionFaults,
  ...wayFaults,
  ...signatureFaults,
  ...courseFaults,
];
