import { bodyFaults } from '../../reference/faults/body.ts';
import { killMatrix } from './matrix.ts';

killMatrix('body', bodyFaults);
