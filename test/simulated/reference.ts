import type { Clock } from '../../reference/clock.ts';
import type { Fault } from '../../reference/fault.ts';
import { createService, type Service } from '../../reference/service.ts';
import { readConfiguration } from '../../runner/configuration/configuration.ts';
import { type ContractJudge, createPactJudge } from '../../runner/contracts.ts';
import { createCredentials } from '../../runner/credentials/credentials.ts';
import type { Command, Fact } from '../../runner/decide/procedure.ts';
import { runWith } from '../../runner/run.ts';
import { transportOptions } from '../../runner/wire/connection.ts';
import { createDriver } from '../../runner/wire/driver.ts';
import type { EditionName } from '../../specs/editions.ts';
import type { Report } from '../../specs/report.ts';
import { openInProcess } from './in-process.ts';
import { VirtualTime } from './virtual-time.ts';

/** How a service is asked. */
export interface Play {
  readonly rebuilds?: number;
  readonly only?: readonly string[];
  /** Default: Pact. */
  readonly contracts?: ContractJudge;
  readonly seed?: number;
  /** Whether the state handler is asked; else the values of the configuration hold. Default true. */
  readonly handler?: boolean;
  /** Told of each command and what came of it. */
  readonly told?: (command: Command, fact: Fact) => void;
}

export interface ReferencePlay extends Play {
  readonly edition?: EditionName;
  readonly busyMs?: number;
  readonly nuisance?: boolean;
}

/** Nobody is asked there. */
const url = 'http://127.0.0.1:1';

/**
 * The fixed cases against the reference endpoint, as over sockets, but without any and in simulated time: what comes late
 * by milliseconds comes late by them however busy the machine is.
 */
export function playReference(fault: Fault | undefined, asking: ReferencePlay = {}): Promise<Report> {
  const { edition, busyMs, nuisance, ...play } = asking;
  const varied = {
    ...(fault === undefined ? {} : { fault }),
    ...(edition === undefined ? {} : { edition }),
    ...(busyMs === undefined ? {} : { busyMs }),
    ...(nuisance === undefined ? {} : { nuisance }),
  };
  return playService((clock) => createService({ ...varied, seed: asking.seed ?? 1, clock }), play);
}

/** The fixed cases against a service, without sockets and in simulated time. */
export async function playService(create: (clock: Clock) => Service, asking: Play = {}): Promise<Report> {
  const { rebuilds, only = [], contracts = createPactJudge(), seed = 1, handler = true, told } = asking;
  const time = new VirtualTime();
  const service = create(time);
  const { limits, state_handler, ...data } = service.configuration(url);
  const merged = { ...(limits as object | undefined), ...(rebuilds === undefined ? {} : { rebuilds }) };
  const asked = handler && state_handler !== undefined ? { state_handler } : {};
  const configuration = readConfiguration({ data: { ...data, ...asked, limits: merged }, env: {}, overrides: {} });
  const open = () => openInProcess(service, time, transportOptions(configuration));
  const credentials = createCredentials(configuration.auth, open, { seed });
  const driver = createDriver({ configuration, credentials, seed, clock: time, open });
  const simulated = {
    async perform(command: Command) {
      const fact = await time.during(driver.perform(command));
      told?.(command, fact);
      return fact;
    },
    get counters() {
      return driver.counters;
    },
    close: () => driver.close(),
  };
  const { edition } = configuration;
  return runWith(
    { driver: simulated, auth: credentials.kind, contracts },
    { configuration, seed, runs: 0, only, strict: true, edition },
  );
}
