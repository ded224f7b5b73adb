import { createRequire } from 'node:module';
import { minimalCase, unknownId } from '../generators/cases.ts';
import type { Configuration } from '../specs/configuration.ts';
import type { Edition } from '../specs/editions.ts';
import type { Report, Result } from '../specs/report.ts';
import type { Requirement, Technique } from '../specs/requirement.ts';
import { requirements } from '../specs/requirements.ts';
import { AnswerWatch } from './answer-watch.ts';
import { playContracts } from './contract-technique.ts';
import { ControlLost } from './control-watch.ts';
import { CredentialError, createCredentials } from './credentials.ts';
import { drafts, firstOf } from './drafts.ts';
import { isAccepted, isBroken, isSilence, type Judged, outcomeOf, statusOf } from './exchange.ts';
import { FindingBook } from './findings.ts';
import { Fixtures } from './fixtures.ts';
import { Judge } from './judge.ts';
import { headline, outcomeOfRun } from './outcome.ts';
import { learnPins } from './pins.ts';
import { type Group, playOrder } from './play-order.ts';
import { type PlayContext, playCases, wantsAcceptance } from './property-technique.ts';
import { createRedaction } from './redaction.ts';
import { Results } from './results.ts';
import { type Selection, select } from './selection.ts';
import { RunEnded, Session } from './session.ts';
import { situations } from './situations/index.ts';
import { createLane, transportOptions } from './transport.ts';

export interface RunOptions extends Selection {
  readonly configuration: Configuration;
  readonly seed: number;
  /** Generated cases for each property; 0 sends the fixed ones alone. */
  readonly runs: number;
  readonly strict: boolean;
  readonly edition: Edition;
  readonly signal?: AbortSignal | undefined;
  /** How this run was called, for the replay lines of findings; without `--only`, `--seed` and `--runs`. */
  readonly command?: string | undefined;
}

export interface RunEvents {
  onResult?(result: Result): void;
  onProgress?(progress: { done: number; total: number; requests: number; failed: number; current: string }): void;
  onNotice?(text: string): void;
}

const { version } = createRequire(import.meta.url)(
  import.meta.url.endsWith('.ts') ? '../package.json' : '../../package.json',
) as { version: string };

/** Tests a target. Never throws for what the target does: an unreachable one gives a report of outcome `error`. */
export async function run(options: RunOptions, events: RunEvents = {}): Promise<Report> {
  return new Run(options, events).play();
}

/** The row that says that a target stays what it is during a run. */
const steadiness = 'state/same-request-same-status';

class Run {
  readonly #options: RunOptions;
  readonly #events: RunEvents;
  readonly #session: Session;
  readonly #randomPool: string;
  readonly #judge: Judge;
  readonly #watch: AnswerWatch;
  readonly #context: PlayContext;
  readonly #notes: string[] = [];
  readonly #selected: readonly Requirement[];
  readonly #played: readonly Requirement[];

  constructor(options: RunOptions, events: RunEvents) {
    this.#options = options;
    this.#events = events;
    const { configuration, seed, runs } = options;
    const { command = `rebuild-conformance run --target ${configuration.target.url}` } = options;
    const credentials = createCredentials(
      configuration.auth,
      (origin) => createLane(origin, transportOptions(configuration)),
      { seed },
    );
    this.#selected = select(options);
    // Who selects nothing but rows about every answer wants answers to be seen.
    const isAnswersAlone = this.#selected.every(({ send }) => send.kind === 'every answer');
    this.#played = isAnswersAlone ? requirements : this.#selected;
    this.#watch = new AnswerWatch(this.#selected);
    this.#session = new Session(configuration, credentials, options.signal);
    this.#randomPool = unknownId(seed);
    const fixtures = new Fixtures(configuration, this.#randomPool);
    this.#judge = new Judge(configuration, this.#session, fixtures, (judged) => this.#look(judged));
    const tokens = Object.values(configuration.states).flatMap((s) => (s?.token === undefined ? [] : [s.token]));
    const results = new Results({
      redact: createRedaction(() => [...credentials.secrets(), ...tokens]),
      selected: new Set(this.#selected),
      replay: (row, example) => [command, ...patterns(row, example), `--seed ${seed} --runs ${runs}`].join(' '),
      waivers: configuration.waivers,
      onResult: (result) => events.onResult?.(result),
    });
    this.#context = { judge: this.#judge, results, limits: configuration.limits, seed, runs };
  }

  async play(): Promise<Report> {
    const started = Date.now();
    const broken = await this.#playToTheEnd();
    const interrupted = this.#options.signal?.aborted ?? false;
    const { configuration, seed, runs, strict, edition } = this.#options;
    const refused = configuration.allow_rebuild ? 'control refused: body/minimal-is-accepted failed' : 'consent';
    const all = this.#context.results;
    this.#watch.conclude(all, this.#session, refused, broken);
    const results = all.all(broken);
    const narrowed = this.#selected.length < requirements.length;
    const outcome = interrupted ? 'error' : outcomeOfRun(results, { strict, broken: broken !== undefined, narrowed });
    const { url, name, version: targetVersion, vendor } = configuration.target;
    return {
      schema_version: 1,
      suite: { name: 'rebuild-conformance', version, edition },
      target: {
        url,
        ...(name === undefined ? {} : { name }),
        ...(targetVersion === undefined ? {} : { version: targetVersion }),
        ...(vendor === undefined ? {} : { vendor }),
      },
      seed,
      runs,
      strict,
      started_at: new Date(started).toISOString(),
      duration_ms: Date.now() - started,
      requests: this.#session.requests,
      rebuilds: this.#session.rebuilds,
      retries: this.#session.retries,
      incomplete: broken !== undefined,
      outcome,
      headline: headline(outcome, results, { runs, interrupted }),
      notes: [...this.#notes, ...all.waiverNotes()],
      results,
    };
  }

  /** Plays everything; why the run ended early, if it did. */
  async #playToTheEnd(): Promise<string | undefined> {
    try {
      if (this.#options.configuration.allow_rebuild) await this.#playAll();
      else await this.#playWithoutConsent();
      return undefined;
    } catch (error) {
      if (error instanceof ControlLost) {
        this.#concludeLoss(error);
        return undefined;
      }
      const broken = this.#options.signal?.aborted
        ? 'interrupted'
        : error instanceof RunEnded || error instanceof CredentialError
          ? error.message
          : `the suite itself failed: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`;
      this.#notes.push(broken);
      return broken;
    } finally {
      await this.#session.close();
    }
  }

  async #playAll(): Promise<void> {
    const { configuration } = this.#options;
    const ready = await this.#judge.begin('pool is ready');
    if (!('fixture' in ready)) {
      const reason = 'error' in ready ? ready.error : ready.untested;
      this.#notes.push(`Nothing was tested: ${reason}.`);
      await this.#reach();
      for (const row of this.#selected)
        this.#context.results.putAll(row, 'error' in ready ? 'error' : 'untested', reason);
      return;
    }
    this.#events.onNotice?.(
      `Rebuilding pool ${ready.fixture.pool_id} of project ${ready.fixture.project_id} at ${configuration.target.url}`,
    );
    const control = await this.#judge.findControl();
    if (!control.ok) {
      const plays = requirements.filter(({ id }) => id === 'body/minimal-is-accepted');
      this.#refused(control.last === undefined ? undefined : { ...control.last, plays });
      return;
    }
    await this.#learnPins();
    const { before, after } = playOrder(this.#played, this.#judge.cost === 'capped');
    const total = before.length + after.length;
    await this.#playGroups(before, 0, total);
    this.#progress(before.length, total, 'contracts');
    await this.#contracts();
    await this.#playGroups(after, before.length, total);
  }

  async #learnPins(): Promise<void> {
    const typical = requirements.find(({ id }) => id === 'body/full-is-accepted');
    const withheld = typical === undefined ? [] : await learnPins(this.#judge, typical);
    if (withheld.length === 0) return;
    this.#notes.push(
      `The target refuses plausible values of ${withheld.join(', ')}: pin them in the state "pool is ready".`,
    );
  }

  async #playGroups(groups: readonly Group[], done: number, total: number): Promise<void> {
    for (const [played, group] of groups.entries()) {
      this.#progress(done + played, total, group[0].id);
      const [first] = group;
      // A pool that goes busy can be told from one that was made so only while it rests.
      const isBusyAgain = this.#judge.goesBusy && wantsAcceptance(first);
      await this.#judge.keepVigil(isBusyAgain);
      if (!wantsAcceptance(first) && first.given === 'pool is ready') await this.#judge.settleDown();
      await this.#playGroup(group);
    }
    await this.#judge.keepVigil(true);
  }

  /** One request that nothing can act on: is anybody there? */
  async #reach(): Promise<void> {
    const configuration: Configuration = { ...this.#options.configuration, allow_rebuild: false };
    const nobody = await new Fixtures(configuration, this.#randomPool).provide('pool does not exist');
    if (!('fixture' in nobody)) return;
    const { result } = await this.#session.send({ ...minimalCase(nobody.fixture), credential: 'absent' });
    if (isSilence(result)) throw new RunEnded(`The target cannot be reached: ${result.reason}`);
  }

  #progress(done: number, total: number, current: string): void {
    const { failed } = this.#context.results;
    this.#events.onProgress?.({ done, total, requests: this.#session.requests, failed, current });
  }

  #look(judged: Judged): void {
    this.#watch.look(judged, this.#session.secrets());
  }

  /** Without consent only requests to a random pool are sent. */
  async #playWithoutConsent(): Promise<void> {
    this.#notes.push(this.#withConsent());
    const { before, after } = playOrder(this.#selected, false);
    for (const group of [...before, ...after]) {
      for (const row of group) this.#context.results.putAll(row, 'untested', 'consent');
      if (group[0].send.kind === 'unknown pool') await this.#playUnknownPool(group);
    }
  }

  /** What was not sent for want of consent. */
  #withConsent(): string {
    const { configuration, seed, runs } = this.#options;
    const { states, limits } = configuration;
    const { project_id, pool_id, image_id = 'unknown' } = states['pool is ready'] ?? {};
    const done = 'No consent: only requests to a random pool id were sent.';
    if (project_id === undefined || pool_id === undefined)
      return `${done} Name a pool in the state "pool is ready" and give --allow-rebuild, and every requirement is tested.`;
    const { before, after } = playOrder(this.#selected, limits.rebuilds !== undefined);
    const sent = [...before, ...after].map(([row]) => drafts(row, { project_id, pool_id, image_id }, seed, runs));
    const about = sent.reduce((sum, { fixed, random }) => sum + fixed.length + random.length, 0);
    const most = limits.rebuilds === undefined ? '' : ` At most ${limits.rebuilds} rebuilds are accepted.`;
    return `${done} With --allow-rebuild about ${about} requests go to pool ${pool_id} of project ${project_id}, valid and invalid ones.${most}`;
  }

  /** The one stimulus that needs no consent. Its control twin is the same request without a credential. */
  async #playUnknownPool(group: Group): Promise<void> {
    const [first] = group;
    const { results } = this.#context;
    const twin = await this.#judge.settle(
      (fixture) => ({ ...minimalCase(fixture), credential: 'absent' }),
      [{ ...first, send: { kind: 'existence without credential' } }],
    );
    if ('error' in twin) throw new RunEnded(twin.error);
    await this.#playGroup(group);
    const known = await this.#judge.settle(minimalCase, [first]);
    if (!('judged' in twin) || !('judged' in known) || outcomeOf(known.judged) !== outcomeOf(twin.judged)) return;
    const reason =
      'consent: a request with a credential and one without are answered alike, so this answer proves nothing';
    for (const row of group)
      if (results.get(row, 'property')?.verdict === 'pass') results.put(row, 'property', 'untested', { reason });
  }

  /** The control is refused: one diagnosis, not seventy failures. */
  #refused(last: Judged | undefined): void {
    const { results } = this.#context;
    const status = last === undefined ? undefined : statusOf(last);
    const hint = status === undefined ? 'is the target up?' : (hints[status] ?? 'see the answer');
    this.#notes.push(
      `No valid body was accepted (${last === undefined ? 'no answer' : outcomeOf(last)}): ${hint} Nothing else was tested.`,
    );
    if (last !== undefined && isSilence(last.result) && !isBroken(last.result))
      throw new RunEnded(`The target cannot be reached: ${last.result.reason}`);
    for (const row of this.#selected) {
      if (row.send.kind === 'every answer') continue;
      if (row.id === 'body/minimal-is-accepted' && last !== undefined && status !== 409) {
        const book = new FindingBook();
        book.add('status', { expected: '200', actual: outcomeOf(last) }, last);
        this.#look(last);
        results.put(row, 'property', 'fail', { book, cases: 1, rejected: 1 });
      } else {
        const reason = status === 409 ? 'the pool stayed busy' : 'control refused: body/minimal-is-accepted failed';
        results.putAll(row, 'untested', reason);
      }
    }
  }

  /** The control was accepted, and is refused now: from then on no rejection can be put down to its fault. */
  #concludeLoss({ control, since, message }: ControlLost): void {
    const { results } = this.#context;
    this.#notes.push(`${message} ${hints[statusOf(control) ?? 0] ?? ''}`.trim());
    for (const row of this.#selected) {
      if (row.send.kind === 'every answer') continue;
      if (row.id === steadiness) {
        const book = new FindingBook();
        const judged: Judged = { ...control, plays: [row] };
        book.add('same status', { expected: '200, as before', actual: outcomeOf(control) }, judged);
        results.put(row, 'property', 'fail', { book, cases: 1, rejected: 1 });
        continue;
      }
      const reason = `control refused: ${steadiness} failed`;
      for (const technique of row.techniques) {
        const verdict = results.get(row, technique)?.verdict;
        if (verdict === undefined || (verdict === 'pass' && since.has(row.id)))
          results.put(row, technique, 'untested', { reason });
      }
    }
  }

  async #playGroup(group: Group): Promise<void> {
    const [first] = group;
    const { results } = this.#context;
    const technique: Technique = first.techniques.includes('sequence') ? 'sequence' : 'property';
    const provided = await this.#judge.begin(first.given);
    if (!('fixture' in provided)) {
      for (const row of group)
        if ('error' in provided) results.putAll(row, 'error', provided.error);
        else results.putAll(row, 'untested', provided.untested);
      return;
    }
    const { fixture } = provided;
    const { withheld = [] } = fixture;
    if (first.send.kind === 'valid body' && first.send.vary === 'full' && withheld.length > 0) {
      for (const row of group) results.putAll(row, 'untested', `pin ${withheld.join(', ')}`);
      return;
    }
    if (await this.#isTwinRefused(first)) {
      for (const row of group)
        results.putAll(row, 'untested', 'control refused: billing/billed-image-with-its-order-is-accepted failed');
      return;
    }
    const situation = situations[first.send.kind];
    if (situation === undefined) {
      await playCases(this.#context, group, fixture, technique);
      return;
    }
    const book = new FindingBook();
    const { judge, seed, runs } = this.#context;
    const played = await situation({ judge, row: first, fixture, book, seed, runs });
    for (const row of group) {
      if ('cases' in played) {
        const { cases, accepted } = played;
        results.put(row, technique, book.size > 0 ? 'fail' : 'pass', {
          book,
          cases,
          accepted,
          rejected: cases - accepted,
        });
      } else if (book.size > 0) results.put(row, technique, 'fail', { book, cases: 1 });
      else if ('error' in played) results.put(row, technique, 'error', { reason: played.error });
      else results.put(row, technique, 'untested', { reason: played.untested });
    }
  }

  /** A billed image without its order is refused for that only if it is accepted with it. */
  async #isTwinRefused(row: Requirement): Promise<boolean> {
    if (row.send.kind !== 'billed image' || row.send.order) return false;
    const twin = requirements.find(({ send }) => send.kind === 'billed image' && send.order);
    if (twin === undefined) return false;
    const known = this.#context.results.get(twin, 'property');
    if (known !== undefined) return known.verdict === 'fail';
    const settled = await this.#judge.settle(firstOf(twin.send), [twin]);
    return 'judged' in settled && !isAccepted(settled.judged);
  }

  async #contracts(): Promise<void> {
    const { results } = this.#context;
    const rows = this.#played.filter(
      (row) => row.techniques.includes('contract') && results.get(row, 'contract') === undefined,
    );
    if (rows.length === 0) return;
    const outcomes = await playContracts(rows, this.#judge);
    for (const row of rows) {
      const outcome = outcomes.get(row.id);
      if (outcome === undefined) continue;
      if ('reason' in outcome) {
        results.put(row, 'contract', outcome.verdict, { reason: outcome.reason });
        continue;
      }
      const book = new FindingBook();
      if (outcome.flaw !== undefined) book.add('contract', outcome.flaw, outcome.judged);
      const accepted = isAccepted(outcome.judged) ? 1 : 0;
      const grounds = { book, cases: 1, accepted, rejected: 1 - accepted };
      results.put(row, 'contract', book.size > 0 ? 'fail' : 'pass', grounds);
    }
  }
}

/** The `--only` options that play again what an example is one of; none: only the whole run shows it. */
function patterns(row: Requirement, { plays }: Judged): readonly string[] {
  const { kind } = row.send;
  if (kind === 'repetition' || kind === 'rejected, then accepted') return [];
  const [first] = plays;
  if (kind !== 'every answer') return [`--only ${row.id}`];
  return first === undefined ? [] : [`--only ${row.id} --only ${first.id}`];
}

/** What most likely is wrong when a valid request is refused. */
const hints: Readonly<Record<number, string>> = {
  400: 'Is image_id right, or must image_type, os_type or order_id be pinned?',
  401: 'Is the credential right, and has it not expired?',
  403: 'Does the credential have the permission?',
  404: 'Are project_id, pool_id and image_id right?',
  409: 'The pool stayed busy: is another rebuild running?',
};
