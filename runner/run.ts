import { createRequire } from 'node:module';
import picomatch from 'picomatch';
import type { Case, Fixture, GeneratedCase } from '../generators/case.ts';
import { minimalCase } from '../generators/cases.ts';
import { fits } from '../generators/oracle.ts';
import type { Configuration } from '../specs/configuration.ts';
import type { Report, Result } from '../specs/report.ts';
import type { Requirement, Technique } from '../specs/requirement.ts';
import { requirements } from '../specs/requirements.ts';
import { checkAspect, checkStatus, type Memory } from './checks.ts';
import { playContracts } from './contract-technique.ts';
import { CredentialError, createCredentials } from './credentials.ts';
import { isAccepted, isBroken, isSilence, type Judged, outcomeOf, statusOf } from './exchange.ts';
import { FindingBook } from './findings.ts';
import { Fixtures } from './fixtures.ts';
import { drafts, generated, Judge } from './judge.ts';
import { headline, outcomeOfRun } from './outcome.ts';
import { createRedaction } from './redaction.ts';
import { RunEnded, Session } from './session.ts';
import { situations } from './situations.ts';
import { createLane, transportOptions } from './transport.ts';

export interface RunOptions {
  readonly configuration: Configuration;
  readonly seed: number;
  /** Generated cases for each property; 0 sends the fixed ones alone. */
  readonly runs: number;
  /** Globs of requirement ids; empty: all. */
  readonly only: readonly string[];
  readonly shard?: { readonly index: number; readonly total: number };
  readonly strict: boolean;
  readonly edition: string;
  readonly signal?: AbortSignal;
  /** How this run was called, for the replay lines of findings; without `--only`, `--seed` and `--runs`. */
  readonly command?: string;
}

export interface RunEvents {
  onResult?(result: Result): void;
  onProgress?(progress: { done: number; total: number; requests: number; failed: number; current: string }): void;
  onNotice?(text: string): void;
}

const shrinkLimit = 200;
const { version } = createRequire(import.meta.url)(
  import.meta.url.endsWith('.ts') ? '../package.json' : '../../package.json',
) as { version: string };

/** Tests a target. Never throws for what the target does: an unreachable one gives a report of outcome `error`. */
export async function run(options: RunOptions, events: RunEvents = {}): Promise<Report> {
  return new Run(options, events).play();
}

function isSelected(row: Requirement, options: RunOptions): boolean {
  const index = requirements.indexOf(row);
  const { shard, only } = options;
  return (
    (only.length === 0 || picomatch.isMatch(row.id, [...only])) &&
    (shard === undefined || index % shard.total === shard.index - 1)
  );
}

/** Rows that are played by the same requests. */
function playKey(row: Requirement): string {
  return JSON.stringify([row.given, row.send]);
}

class Run {
  readonly #options: RunOptions;
  readonly #events: RunEvents;
  readonly #session: Session;
  readonly #fixtures: Fixtures;
  readonly #randomPool: string;
  readonly #judge: Judge;
  readonly #redact: (text: string) => string;
  readonly #results = new Map<string, Result>();
  readonly #notes: string[] = [];
  readonly #aspects = new Map<Requirement, FindingBook>();
  readonly #jobIds = new Set<string>();
  #seen = 0;
  #accepted = 0;
  readonly #selected: readonly Requirement[];

  constructor(options: RunOptions, events: RunEvents) {
    this.#options = options;
    this.#events = events;
    const { configuration } = options;
    const credentials = createCredentials(
      configuration.auth,
      (origin) => createLane(origin, transportOptions(configuration)),
      { seed: options.seed },
    );
    this.#session = new Session(configuration, credentials, options.signal);
    this.#randomPool = `0f4c2d1e-5a6b-4c7d-8e9f-${String(options.seed >>> 0).padStart(12, '0')}`;
    this.#fixtures = new Fixtures(configuration, this.#randomPool);
    this.#judge = new Judge(configuration, this.#session, this.#fixtures, (judged) => this.#look(judged));
    const tokens = Object.values(configuration.states).flatMap((s) => (s?.token === undefined ? [] : [s.token]));
    this.#redact = createRedaction(() => [...credentials.secrets(), ...tokens]);
    this.#selected = requirements.filter((row) => isSelected(row, options));
    for (const row of this.#selected) if (row.send.kind === 'every answer') this.#aspects.set(row, new FindingBook());
  }

  async play(): Promise<Report> {
    const started = Date.now();
    let broken: string | undefined;
    let interrupted = false;
    try {
      await this.#playAll();
    } catch (error) {
      interrupted = this.#options.signal?.aborted ?? false;
      broken = interrupted
        ? 'interrupted'
        : error instanceof RunEnded || error instanceof CredentialError
          ? error.message
          : `the suite itself failed: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`;
      this.#notes.push(broken);
    } finally {
      await this.#session.close();
    }
    this.#concludeAspects(broken);
    const results = this.#finish(broken);
    const { configuration, seed, runs, strict, edition } = this.#options;
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
      headline: headline(outcome, results, { runs }),
      notes: this.#notes,
      results,
    };
  }

  async #playAll(): Promise<void> {
    const { configuration } = this.#options;
    const groups = groupRows(this.#selected);
    if (!configuration.allow_rebuild) {
      await this.#playWithoutConsent(groups);
      return;
    }
    const ready = await this.#judge.begin('pool is ready');
    if (!('fixture' in ready)) {
      const reason = 'error' in ready ? ready.error : ready.untested;
      this.#notes.push(`Nothing was tested: ${reason}.`);
      await this.#reach();
      for (const row of this.#selected) {
        for (const technique of row.techniques)
          this.#put(row, technique, 'error' in ready ? 'error' : 'untested', { reason });
      }
      return;
    }
    this.#events.onNotice?.(
      `Rebuilding pool ${ready.fixture.pool_id} of project ${ready.fixture.project_id} at ${configuration.target.url}`,
    );
    const control = await this.#judge.findControl();
    if (!control.ok) {
      this.#refused(
        control.last === undefined
          ? undefined
          : { ...control.last, plays: requirements.filter((r) => r.id === 'body/minimal-is-accepted') },
      );
      return;
    }
    const typical = requirements.find(({ id }) => id === 'body/full-is-accepted');
    const withheld = typical === undefined ? [] : await this.#judge.learnPins(typical);
    if (withheld.length > 0) {
      this.#notes.push(
        `The target refuses plausible values of ${withheld.join(', ')}: pin them in the state "pool is ready".`,
      );
    }
    let done = 0;
    for (const rows of groups.values()) {
      const first = rows[0];
      if (first === undefined || first.send.kind === 'every answer' || first.send.kind === 'repetition') continue;
      this.#progress(done, groups.size, first.id);
      await this.#playGroup(first, rows);
      done += 1;
    }
    this.#progress(done, groups.size, 'contracts');
    await this.#contracts();
    for (const rows of groups.values()) {
      const first = rows[0];
      if (first?.send.kind === 'repetition') await this.#playGroup(first, rows);
    }
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
    const failed = [...this.#results.values()].filter((r) => r.verdict === 'fail').length;
    this.#events.onProgress?.({ done, total, requests: this.#session.requests, failed, current });
  }

  /** Without consent only requests to a random pool are sent. */
  async #playWithoutConsent(groups: ReadonlyMap<string, readonly Requirement[]>): Promise<void> {
    this.#notes.push(
      'No consent: only requests to a random pool id were sent. With --allow-rebuild every requirement is tested, and the configured pool is rebuilt.',
    );
    for (const rows of groups.values()) {
      const first = rows[0];
      if (first === undefined || first.send.kind === 'every answer') continue;
      for (const row of rows) {
        for (const technique of row.techniques) this.#put(row, technique, 'untested', { reason: 'consent' });
      }
      if (first.send.kind === 'unknown pool') await this.#playUnknownPool(first, rows);
    }
  }

  /** The one stimulus that needs no consent. Its control twin is the same request without a credential. */
  async #playUnknownPool(first: Requirement, rows: readonly Requirement[]): Promise<void> {
    const twin = await this.#judge.settle(
      (fixture) => ({ ...minimalCase(fixture), credential: 'absent' }),
      [{ ...first, send: { kind: 'existence without credential' } }],
    );
    if ('error' in twin) throw new RunEnded(twin.error);
    await this.#playGroup(first, rows);
    const known = await this.#judge.settle(minimalCase, [first]);
    if (!('judged' in twin) || !('judged' in known) || outcomeOf(known.judged) !== outcomeOf(twin.judged)) return;
    const reason =
      'consent: a request with a credential and one without are answered alike, so this answer proves nothing';
    for (const row of rows) {
      if (this.#results.get(`${row.id}\nproperty`)?.verdict === 'pass')
        this.#put(row, 'property', 'untested', { reason });
    }
  }

  /** The control is refused: one diagnosis, not seventy failures. */
  #refused(last: Judged | undefined): void {
    const status = last === undefined ? undefined : statusOf(last);
    const hints: Readonly<Record<number, string>> = {
      400: 'is image_id right, or must image_type, os_type or order_id be pinned?',
      401: 'is the credential right?',
      403: 'does the credential have the permission?',
      404: 'are project_id, pool_id and image_id right?',
      409: 'the pool stayed busy: is another rebuild running?',
    };
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
        this.#put(row, 'property', 'fail', { book, cases: 1, rejected: 1 });
      } else {
        for (const technique of row.techniques)
          this.#put(row, technique, 'untested', {
            reason: status === 409 ? 'the pool stayed busy' : 'control refused: body/minimal-is-accepted failed',
          });
      }
    }
  }

  async #playGroup(first: Requirement, rows: readonly Requirement[]): Promise<void> {
    const technique: Technique = first.techniques.includes('sequence') ? 'sequence' : 'property';
    const provided = await this.#judge.begin(first.given);
    if (!('fixture' in provided)) {
      for (const row of rows)
        for (const t of row.techniques)
          this.#put(row, t, 'error' in provided ? 'error' : 'untested', {
            reason: 'error' in provided ? provided.error : provided.untested,
          });
      return;
    }
    const { withheld = [] } = provided.fixture;
    if (first.send.kind === 'valid body' && first.send.vary === 'full' && withheld.length > 0) {
      for (const row of rows)
        for (const t of row.techniques) this.#put(row, t, 'untested', { reason: `pin ${withheld.join(', ')}` });
      return;
    }
    const situation = situations[first.send.kind];
    if (situation !== undefined) {
      const book = new FindingBook();
      const played = await situation({
        judge: this.#judge,
        row: first,
        fixture: provided.fixture,
        book,
        seed: this.#options.seed,
        runs: this.#options.runs,
      });
      for (const row of rows) {
        if ('cases' in played)
          this.#put(row, technique, book.size > 0 ? 'fail' : 'pass', {
            book,
            cases: played.cases,
            accepted: played.accepted,
            rejected: played.cases - played.accepted,
          });
        else if (book.size > 0) this.#put(row, technique, 'fail', { book, cases: 1 });
        else if ('error' in played) this.#put(row, technique, 'error', { reason: played.error });
        else this.#put(row, technique, 'untested', { reason: played.untested });
      }
      return;
    }
    await this.#playCases(first, rows, provided.fixture, technique);
  }

  async #playCases(
    first: Requirement,
    rows: readonly Requirement[],
    fixture: Fixture,
    technique: Technique,
  ): Promise<void> {
    const { seed, runs, configuration } = this.#options;
    const all = drafts(first, fixture, seed, runs);
    const books = new Map(rows.map((row) => [row, new FindingBook()]));
    const failing = new Map<Requirement, number>();
    // The first failing case of a requirement is sent once more.
    const resent = new Set<Requirement>();
    let reason: { error: string } | { untested: string } | undefined;
    let cases = 0;
    let accepted = 0;
    let silent = 0;
    let cut: 'rebuilds' | 'ready_wait' | undefined;
    const mayAccept = first.send.kind === 'valid body' || first.send.kind === 'billed image';
    const quota =
      configuration.limits.rebuilds === undefined
        ? Number.POSITIVE_INFINITY
        : Math.max(1, Math.floor((configuration.limits.rebuilds - 26) / 12));

    const playOne = async (index: number): Promise<void> => {
      const draft = all[index];
      if (draft === undefined || silent > 0) return;
      if (mayAccept && (this.#session.exhausted || accepted >= quota)) {
        cut = 'rebuilds';
        return;
      }
      if (mayAccept && this.#judge.waitedTooLong && cases > 0) {
        cut = 'ready_wait';
        return;
      }
      const settled = await this.#judge.settle(draft, rows);
      if (!('judged' in settled)) {
        reason ??= settled;
        return;
      }
      cases += 1;
      const { judged } = settled;
      if (isAccepted(judged)) accepted += 1;
      if (isSilence(judged.result)) silent += 1;
      for (const row of rows) {
        const flaw = checkStatus(judged, row.expect.statuses, row.send.kind);
        if (flaw !== undefined) {
          const book = books.get(row);
          let failed = 1;
          let sent = 1;
          if (!resent.has(row) && silent === 0) {
            resent.add(row);
            const again = await this.#judge.settle(draft, rows);
            sent += 1;
            if ('judged' in again && checkStatus(again.judged, row.expect.statuses, row.send.kind) !== undefined)
              failed += 1;
          }
          book?.add('status', flaw, judged, failed, sent);
          if (!failing.has(row)) failing.set(row, index);
        }
      }
    };

    const serial = this.#judge.goesBusy && mayAccept;
    const workers = serial ? 1 : configuration.limits.concurrency;
    let next = 0;
    await Promise.all(
      Array.from({ length: workers }, async () => {
        while (next < all.length) {
          const index = next;
          next += 1;
          await playOne(index);
        }
      }),
    );
    for (const [row, index] of failing) await this.#shrink(row, rows, fixture, index, books.get(row));

    for (const row of rows) {
      const book = books.get(row) ?? new FindingBook();
      const details = {
        book,
        cases,
        accepted,
        rejected: cases - accepted,
        ...(cut === undefined ? {} : { cut_by: cut }),
      };
      if (book.size > 0) this.#put(row, technique, 'fail', details);
      else if (cases === 0 && all.length === 0)
        this.#put(row, technique, 'untested', { reason: 'this credential has no such form' });
      else if (cases === 0 && cut !== undefined)
        this.#put(row, technique, 'untested', { ...details, reason: `the limit on ${cut} is reached` });
      else if (reason !== undefined && 'error' in reason)
        this.#put(row, technique, 'error', { ...details, reason: reason.error });
      else if (reason !== undefined && cases === 0)
        this.#put(row, technique, 'untested', { ...details, reason: reason.untested });
      else this.#put(row, technique, 'pass', details);
    }
  }

  /** Looks for the smallest relative of a generated case that fails too. */
  async #shrink(
    row: Requirement,
    rows: readonly Requirement[],
    fixture: Fixture,
    index: number,
    book: FindingBook | undefined,
  ): Promise<void> {
    let current: GeneratedCase | undefined =
      generated(row, fixture, this.#options.seed, index) ??
      // Taking a field away keeps a valid body valid; an invalid one could lose its fault.
      (row.send.kind === 'valid body'
        ? withoutFields(drafts(row, fixture, this.#options.seed, 0)[index]?.(fixture))
        : undefined);
    let sent = 0;
    while (current !== undefined) {
      let smaller: GeneratedCase | undefined;
      for (const candidate of current.shrink()) {
        if (!fits(row.send, candidate.value)) continue;
        if (
          sent >= shrinkLimit ||
          (this.#session.exhausted && row.send.kind === 'valid body') ||
          this.#judge.waitedTooLong
        )
          return;
        sent += 1;
        const settled = await this.#judge.settle(() => candidate.value, rows);
        if (!('judged' in settled)) return;
        const flaw = checkStatus(settled.judged, row.expect.statuses, row.send.kind);
        if (flaw !== undefined) {
          book?.add('status', flaw, settled.judged);
          smaller = candidate;
          break;
        }
      }
      current = smaller;
    }
  }

  async #contracts(): Promise<void> {
    const rows = this.#selected.filter(
      (row) => row.techniques.includes('contract') && !this.#results.has(`${row.id}\ncontract`),
    );
    if (rows.length === 0) return;
    const outcomes = await playContracts(rows, this.#judge);
    for (const row of rows) {
      const outcome = outcomes.get(row.id);
      if (outcome === undefined) continue;
      if ('reason' in outcome) {
        this.#put(row, 'contract', outcome.verdict, { reason: outcome.reason });
        continue;
      }
      const book = new FindingBook();
      if (outcome.flaw !== undefined) book.add('contract', outcome.flaw, outcome.judged);
      const accepted = isAccepted(outcome.judged) ? 1 : 0;
      this.#put(row, 'contract', book.size > 0 ? 'fail' : 'pass', { book, cases: 1, accepted, rejected: 1 - accepted });
    }
  }

  /** Looks at one answer in every aspect; the answer itself is not kept. */
  #look(judged: Judged): void {
    this.#seen += 1;
    if (isAccepted(judged)) this.#accepted += 1;
    const memory: Memory = { jobIds: this.#jobIds, secrets: this.#session.secrets() };
    for (const [row, book] of this.#aspects) {
      if (row.send.kind !== 'every answer') continue;
      const flaw = checkAspect(row.send.aspect, judged, memory);
      if (flaw !== undefined) book.add(row.send.aspect, flaw, judged);
    }
  }

  /** One time-out may be anybody's; several that went away when asked again are the target's. */
  #addLateAnswers(): void {
    const late = this.#session.lateAnswers;
    if (late.length < 2) return;
    for (const [row, book] of this.#aspects) {
      if (row.send.kind !== 'every answer' || row.send.aspect !== 'answered') continue;
      for (const exchange of late) {
        const actual = `${isSilence(exchange.result) ? exchange.result.reason : 'none'}; it came when the request was sent again`;
        book.add('answered', { expected: 'an answer', actual }, { ...exchange, plays: [] }, 1, 2);
      }
    }
  }

  /** The verdicts of the rows that speak of every answer. */
  #concludeAspects(broken: string | undefined): void {
    const accepted = this.#accepted;
    const rejected = this.#seen - accepted;
    this.#addLateAnswers();
    for (const [row, book] of this.#aspects) {
      if (row.send.kind !== 'every answer') continue;
      const { aspect } = row.send;
      const details = { book, cases: this.#seen, accepted, rejected };
      // Without a witness of its kind an answer cannot be praised.
      const witnessed =
        (aspect.startsWith('error') || accepted > 0) && (aspect.startsWith('acceptance') || rejected > 0);
      const refused = this.#options.configuration.allow_rebuild
        ? 'control refused: body/minimal-is-accepted failed'
        : 'consent';
      if (book.size > 0) this.#put(row, 'property', 'fail', details);
      else if (broken !== undefined) this.#put(row, 'property', 'error', { ...details, reason: broken });
      else if (accepted === 0) this.#put(row, 'property', 'untested', { ...details, reason: refused });
      else if (!witnessed) this.#put(row, 'property', 'untested', { ...details, reason: 'no such answer was seen' });
      else this.#put(row, 'property', 'pass', details);
    }
  }

  #put(
    row: Requirement,
    technique: Technique,
    verdict: Result['verdict'],
    details: {
      reason?: string;
      book?: FindingBook;
      cases?: number;
      accepted?: number;
      rejected?: number;
      cut_by?: 'rebuilds' | 'ready_wait';
    } = {},
  ): void {
    const { seed, configuration, runs } = this.#options;
    const { command = `rebuild-conformance run --target ${configuration.target.url}` } = this.#options;
    const replay = `${command} --only ${row.id} --seed ${seed} --runs ${runs}`;
    const waiver = verdict === 'fail' ? this.#waiver(row.id) : undefined;
    const result: Result = {
      requirement: row.id,
      level: row.level,
      technique,
      title: row.title,
      verdict: waiver === undefined ? verdict : 'waived',
      ...(waiver === undefined
        ? details.reason === undefined
          ? {}
          : { reason: this.#redact(details.reason) }
        : { reason: waiver }),
      cases: details.cases ?? 0,
      accepted: details.accepted ?? 0,
      rejected: details.rejected ?? 0,
      ...(details.cut_by === undefined ? {} : { cut_by: details.cut_by }),
      findings: details.book?.findings(row, this.#redact, replay) ?? [],
    };
    this.#results.set(`${row.id}\n${technique}`, result);
    this.#events.onResult?.(result);
  }

  #waiver(id: string): string | undefined {
    const today = new Date().toISOString().slice(0, 10);
    return this.#options.configuration.waivers.find(
      (w) => w.requirement === id && (w.until === undefined || w.until >= today),
    )?.reason;
  }

  /** Every row and technique in table order; what was not played says why. */
  #finish(broken: string | undefined): Result[] {
    for (const waiver of this.#options.configuration.waivers) {
      const mine = [...this.#results.values()].filter((r) => r.requirement === waiver.requirement);
      if (mine.length > 0 && mine.every((r) => r.verdict === 'pass'))
        this.#notes.push(`The waiver of ${waiver.requirement} is stale: it passes.`);
    }
    const selected = new Set(this.#selected);
    return requirements.flatMap((row) =>
      row.techniques.map((technique): Result => {
        const known = this.#results.get(`${row.id}\n${technique}`);
        if (known !== undefined) return known;
        return {
          requirement: row.id,
          level: row.level,
          technique,
          title: row.title,
          verdict: selected.has(row) ? 'error' : 'untested',
          reason: selected.has(row) ? (broken ?? 'the run ended before it') : 'not selected',
          cases: 0,
          accepted: 0,
          rejected: 0,
          findings: [],
        };
      }),
    );
  }
}

/** A fixed case whose smaller relatives lack one optional field each. */
function withoutFields(value: Case | undefined): GeneratedCase | undefined {
  if (value?.body === undefined || value.body.length > 4096) return undefined;
  const text = new TextDecoder().decode(value.body);
  let body: unknown;
  try {
    body = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (typeof body !== 'object' || body === null || Array.isArray(body) || JSON.stringify(body) !== text)
    return undefined;
  const whole: Readonly<Record<string, unknown>> = { ...body };
  return {
    value,
    *shrink() {
      for (const name of Object.keys(whole)) {
        if (name === 'image_id') continue;
        const { [name]: _, ...rest } = whole;
        const smaller = withoutFields({
          ...value,
          label: `${value.label}, without ${name}`,
          body: new TextEncoder().encode(JSON.stringify(rest)),
        });
        if (smaller !== undefined) yield smaller;
      }
    },
  };
}

function groupRows(rows: readonly Requirement[]): Map<string, Requirement[]> {
  const groups = new Map<string, Requirement[]>();
  for (const row of rows) {
    const key = playKey(row);
    const known = groups.get(key);
    if (known === undefined) groups.set(key, [row]);
    else known.push(row);
  }
  return groups;
}
