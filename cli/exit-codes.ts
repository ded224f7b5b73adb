import type { Outcome } from '../specs/report.ts';

/** What the program ends with. */
export const exitCodes: Readonly<Record<Outcome, number>> = { conformant: 0, nonconformant: 1, partial: 2, error: 3 };
