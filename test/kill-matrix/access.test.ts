import { accessFaults } from '../../reference/faults/access.ts';
import { signatureFaults } from '../../reference/faults/signatures.ts';
import { killMatrix } from './matrix.ts';

killMatrix('access', [...signatureFaults, ...accessFaults]);
