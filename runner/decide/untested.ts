import type { UntestedReason } from './procedure.ts';

/** Why a state cannot be tested, for a report. */
export function inWords(reason: UntestedReason): string {
  switch (reason.why) {
    case 'consent':
      return 'consent';
    case 'no state':
      return `the configuration has no state "${reason.state}"`;
    case 'handler cannot':
      return `the state handler cannot provide "${reason.state}"`;
    case 'no value':
      return `the state "${reason.state}" does not name its ${reason.names.join(' and ')}`;
  }
}
