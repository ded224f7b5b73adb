import type { UntestedReason } from '../../runner/decide/procedure.ts';
import { inWords } from '../../runner/decide/untested.ts';
import { stateVariables } from '../../specs/configuration.ts';
import type { State } from '../../specs/requirement.ts';
import { signs } from './signs.ts';

/** The line of `states` that names a state: `pool is busy: {pool_id: …}`. */
function lineOf(state: State): string {
  const { names } = signs[state];
  const variable = stateVariables[state];
  const members = names.map((name) => `${name}: ${variable === undefined ? '…' : `"\${${variable}}"`}`);
  return `${state}: {${members.join(', ')}}`;
}

/** Why a state cannot be tested, and the line of the configuration that would change it. */
export function missingInWords(reason: Exclude<UntestedReason, { readonly why: 'consent' }>): string {
  const under = (state: State): string => `${inWords(reason)}; under states, give   ${lineOf(state)}`;
  switch (reason.why) {
    case 'no state':
      return under(reason.state);
    case 'handler cannot':
      return `${inWords(reason)}; let it answer 200 with   ${lineOf(reason.state)}`;
    case 'no value': {
      // Values that a state does not name itself come from the pool that is ready: they are given there.
      const own: readonly string[] = signs[reason.state].names;
      return under(reason.names.every((name) => own.includes(name)) ? reason.state : 'pool is ready');
    }
  }
}
