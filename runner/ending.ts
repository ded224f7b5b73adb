import { requirement } from '../specs/requirements.ts';
import { UsageError } from './configuration/usage-error.ts';
import { CredentialError } from './credentials/credentials.ts';
import { SetupRefused } from './decide/conduct.ts';
import { ControlLost } from './decide/conflict.ts';
import type { Core } from './decide/core.ts';
import { diagnosis } from './decide/diagnosis.ts';
import { outcomeOf } from './decide/observation.ts';
import { type Procedure, RunEnded } from './decide/procedure.ts';
import { TraceUnreadable } from './trace/reader.ts';
import { Diverged, RecordEnded } from './trace/replay.ts';
import { TraceNotWritten } from './trace/writer.ts';
import { type Driver, drive, type Observer } from './wire/driver.ts';

/** How a run came to its end. */
export interface Ending {
  /** Why it ended early, if it did. */
  readonly broken?: string;
  /** Why what was not judged yet cannot be, though the target answers. */
  readonly lost?: string;
  /** By a signal. */
  readonly interrupted?: true;
  readonly notes: readonly string[];
}

/** Cut off by a signal. */
export const interruptedEnding: Ending = { broken: 'interrupted', interrupted: true, notes: ['interrupted'] };

/** Plays everything; how it ended. Rejects with Diverged, TraceUnreadable and UsageError, which say nothing of the target. */
export async function playToTheEnd(
  core: Core,
  procedure: Procedure<void>,
  driver: Driver,
  isInterrupted: () => boolean,
  observer: Observer = {},
): Promise<Ending> {
  try {
    await drive(procedure, driver, observer);
    return { notes: [] };
  } catch (error) {
    if ([Diverged, TraceUnreadable, UsageError].some((kind) => error instanceof kind)) throw error;
    if (error instanceof ControlLost) return controlLost(core, error);
    if (error instanceof SetupRefused) {
      const broken = `no valid body was accepted (${error.message})`;
      return {
        broken,
        notes: [`No valid body was accepted (${error.message}): ${error.advice} Nothing else was tested.`],
      };
    }
    if (isInterrupted()) return interruptedEnding;
    const isExpected = [RunEnded, CredentialError, RecordEnded, TraceNotWritten].some((kind) => error instanceof kind);
    const { message, stack = message } = error instanceof Error ? error : new Error(String(error));
    const broken = isExpected ? message : `the suite itself failed: ${stack}`;
    return { broken, notes: [broken] };
  }
}

function controlLost(core: Core, { control, message }: ControlLost): Ending {
  const notes = [`${message} ${diagnosis(control)}`];
  // A token of the owner's may have come to its end meanwhile, or been locked; one of IAM would have been renewed.
  if (control.status === 401 && core.options.auth !== 'iam')
    return { lost: 'control refused: the credential is not accepted any more', notes };
  const row = requirement('state/same-request-same-status');
  const flaw = { expected: 'an acceptance, as before', actual: outcomeOf(control) };
  core.ledger.count(row, control);
  core.ledger.add({ row, check: 'same status', flaw }, control, 1, 1);
  return { lost: `control refused: ${row.id} failed`, notes };
}
