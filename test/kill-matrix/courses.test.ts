import { courseFaults } from '../../reference/faults/courses.ts';
import { edgeFaults } from '../../reference/faults/edge.ts';
import { killMatrix } from './matrix.ts';

killMatrix('courses', [...courseFaults, ...edgeFaults]);
