import { answerFaults } from '../../reference/faults/answers.ts';
import { wayFaults } from '../../reference/faults/ways.ts';
import { killMatrix } from './matrix.ts';

killMatrix('answers', [...wayFaults, ...answerFaults]);
