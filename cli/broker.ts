import { readFileSync } from 'node:fs';
import { Broker, BrokerError, type BrokeredPact } from '../contracts/broker.ts';
import { consumerName, providerName } from '../contracts/examples.ts';
import { visibleLine } from '../reports/visible.ts';
import { readConfiguration } from '../runner/configuration/configuration.ts';
import { UsageError } from '../runner/configuration/usage-error.ts';
import { pactFileOf } from '../runner/contracts.ts';
import { type InteractionResult, playPacts } from '../runner/pacts.ts';
import type { Configuration } from '../specs/configuration.ts';
import type { Outcome, Report } from '../specs/report.ts';
import { locate } from './locate.ts';
import { version as suite } from './version.ts';

export interface BrokerFlags {
  readonly brokerUrl?: string;
  readonly provider?: string;
  readonly providerVersion?: string;
  readonly providerBranch?: string;
  readonly publish?: boolean;
}

interface RunFlags extends BrokerFlags {
  readonly target?: string | undefined;
  readonly config?: string;
  readonly allowRebuild?: boolean | undefined;
  readonly concurrency?: number | undefined;
  readonly rate?: number | undefined;
  readonly timeout?: number | undefined;
}

/** What is done with a Pact Broker after a run. */
export interface BrokerTask {
  readonly broker: Broker;
  readonly configuration: Configuration;
  /** The version to publish results for; undefined: nothing is published. */
  readonly publishFor: string | undefined;
}

/** Settles what can be wrong with the options before the first request; undefined when no Broker is named. */
export function brokerTask(flags: RunFlags, env: NodeJS.ProcessEnv): BrokerTask | undefined {
  const { brokerUrl: url, provider = providerName, providerBranch: branch, publish } = flags;
  const { file } = locate(flags.config);
  if (url === undefined) {
    if (publish || flags.providerVersion !== undefined || branch !== undefined)
      throw new UsageError('--publish, --provider-version and --provider-branch need --broker-url.');
    return undefined;
  }
  if (!URL.canParse(url) || !/^https?:$/.test(new URL(url).protocol) || /[?#@]/.test(url))
    throw new UsageError('--broker-url must be a whole http or https URL without credentials; set PACT_BROKER_TOKEN.');
  if (flags.target === undefined && file === undefined)
    throw new UsageError('--broker-url needs a target: nobody deploys the embedded reference endpoint.');
  const { concurrency, rate, timeout, allowRebuild } = flags;
  const overrides = { concurrency, rate, timeout, allow_rebuild: allowRebuild };
  const configuration = readConfiguration({ ...locate(flags.config), target: flags.target, env, overrides });
  const version = flags.providerVersion ?? configuration.target.version;
  if (publish && version === undefined)
    throw new UsageError('--publish needs --provider-version, or target.version in the configuration.');
  const broker = new Broker({ url, authorization: authorizationIn(env), provider, branch });
  return { broker, configuration, publishFor: publish ? version : undefined };
}

function authorizationIn(env: NodeJS.ProcessEnv): string | undefined {
  const { PACT_BROKER_TOKEN: token, PACT_BROKER_USERNAME: user, PACT_BROKER_PASSWORD: password = '' } = env;
  if (token) return `Bearer ${token}`;
  return user ? `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}` : undefined;
}

/** What the consumers' pacts say of the target, for people and for the exit code. */
export interface BrokerSummary {
  readonly outcome: Outcome;
  readonly lines: readonly string[];
}

/** Plays the pacts of the Broker against the target, and publishes what came of them. Never rejects for the Broker. */
export async function verifyFromBroker(
  { broker, configuration, publishFor: version }: BrokerTask,
  { seed, rebuilds }: Report,
): Promise<BrokerSummary> {
  const lines: string[] = [];
  const outcomes: Outcome[] = [];
  try {
    if (version !== undefined)
      await broker.publishPact(readFileSync(pactFileOf(configuration.edition)), consumerName, suite());
    const pacts = await broker.fetchPacts();
    const left = Math.max(0, configuration.limits.rebuilds - rebuilds);
    const played = await playPacts(
      { configuration, seed, rebuilds: left },
      pacts.map(({ pact }) => pact),
    );
    for (const [i, pact] of pacts.entries()) {
      const results = played[i] ?? [];
      const outcome = outcomeOf(results);
      const told = version === undefined ? '' : `; ${await tell(broker, pact, results, version)}`;
      const pending = pact.pending && outcome === 'nonconformant' ? ', pending: it does not count yet' : '';
      lines.push(visibleLine(`${pact.name}: ${words[outcome]}${pending}${told}`), ...results.flatMap(detailsOf));
      outcomes.push(pact.pending ? 'conformant' : outcome);
    }
  } catch (error) {
    if (!(error instanceof BrokerError)) throw error;
    lines.push(visibleLine(error.message));
    outcomes.push('error');
  }
  return { outcome: worstOf(outcomes), lines };
}

const words: Record<Outcome, string> = {
  conformant: 'kept',
  nonconformant: 'broken',
  partial: 'not tested whole',
  error: 'could not be verified',
};

function outcomeOf(results: readonly InteractionResult[]): Outcome {
  const has = (verdict: InteractionResult['verdict']) => results.some((result) => result.verdict === verdict);
  if (has('fail')) return 'nonconformant';
  if (has('error')) return 'error';
  return has('untested') || results.length === 0 ? 'partial' : 'conformant';
}

/** A result is published when it is known: success of all, or failure of one. What was not tested is neither. */
async function tell(
  broker: Broker,
  pact: BrokeredPact,
  results: readonly InteractionResult[],
  version: string,
): Promise<string> {
  const outcome = outcomeOf(results);
  if (outcome !== 'conformant' && outcome !== 'nonconformant') return 'nothing was published';
  const judged = results.filter(({ verdict }) => verdict === 'pass' || verdict === 'fail');
  const success = outcome === 'conformant';
  await broker.publishResult(pact, { success, version, suite: suite(), tests: judged.flatMap(testOf) });
  return `published as ${success ? 'success' : 'failure'} of ${version}`;
}

function testOf({ id, verdict, mismatches }: InteractionResult) {
  if (id === undefined) return [];
  if (verdict === 'pass') return [{ interactionId: id, success: true }];
  const told = mismatches.map(({ kind, where, text }) => ({
    attribute: kind,
    ...(where === undefined ? {} : { identifier: where }),
    description: text,
  }));
  return [{ interactionId: id, success: false, mismatches: told }];
}

function detailsOf({ verdict, description, reason, mismatches: [first] }: InteractionResult): readonly string[] {
  if (verdict === 'pass') return [];
  const where = first?.where === undefined ? '' : `${first.where}: `;
  return [visibleLine(`  ${verdict} ${description}: ${reason ?? `${where}${first?.text}`}`)];
}

/** Of several outcomes the one that decides: a failure, then what could not be done, then what was not tested. */
export function worstOf(outcomes: readonly Outcome[]): Outcome {
  const order: readonly Outcome[] = ['nonconformant', 'error', 'partial'];
  return order.find((one) => outcomes.includes(one)) ?? 'conformant';
}
