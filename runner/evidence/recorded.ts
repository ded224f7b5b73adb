import { createHash } from 'node:crypto';
import { deviationsSent, lawfulPlay, type Play } from '../../generators/cases.ts';
import { keepsItsClaim } from '../../generators/claim.ts';
import { contextKey, plain, unusual } from '../../generators/contexts.ts';
import type { Setting } from '../../generators/deviations/source.ts';
import type { Case, Context, Deviation, Draft, Fixture } from '../../generators/model.ts';
import { render } from '../../generators/render.ts';
import { dimensionNames, isField, levelsOf } from '../../specs/contexts.ts';
import { type DeviationKind, deviations, traitsOf } from '../../specs/deviations.ts';
import type { EditionName } from '../../specs/editions.ts';
import type { ReportedCase, ReportedDeviation, ReportedSending } from '../../specs/report.ts';
import { type Field, fields } from '../../specs/requirement.ts';
import type { Sending } from '../decide/procedure.ts';
import type { Recorded } from '../decide/recorded.ts';

/** What is wrong with a request, by its class. */
export function deviationOf({ play: { deviation } }: Sending): ReportedDeviation | undefined {
  if (deviation === undefined) return undefined;
  const { kind, field, second } = deviation;
  return {
    kind,
    dimension: traitsOf(kind).dimension,
    ...(field === undefined ? {} : { field }),
    ...(second === undefined ? {} : { second: { kind: second.kind, dimension: traitsOf(second.kind).dimension } }),
  };
}

/** A request as a report keeps it. */
export function caseOf({ play: { context }, case: { request }, fixture, given, at, fresh }: Sending): ReportedCase {
  return {
    given,
    ...(at === given ? {} : { at }),
    ...(fresh === undefined ? {} : { fresh }),
    levels: Object.fromEntries(unusual(context).map((dimension) => [dimension, context.levels[dimension]])),
    values: Object.fromEntries(
      Object.entries(context.values).filter(([field]) => unusual(context).some((dimension) => dimension === field)),
    ),
    fixture: { ...fixture },
    sha256: digestOf(request),
  };
}

/** The same with what is wrong with it. */
export function sendingOf(sending: Sending): ReportedSending {
  const deviation = deviationOf(sending);
  return { ...(deviation === undefined ? {} : { deviation }), case: caseOf(sending) };
}

/** Of all that goes out, and of the form of the credential. */
export function digestOf({ body, headers, ...head }: Draft): string {
  const hash = createHash('sha256');
  const { method, path, transfer, connection, headerCase, signing, unframed, credential } = head;
  hash.update(
    JSON.stringify([
      [method, path, Object.entries(headers)],
      [transfer, connection, headerCase, signing, unframed],
      credential,
      body?.length ?? null,
    ]),
  );
  if (body !== undefined) hash.update(body);
  return hash.digest('hex');
}

/** What a run was like that a report is of, as far as its requests depend on it. */
export interface Origin extends Omit<Setting, 'fixture'> {
  readonly runs: number;
}

/**
 * The request that a report has on record, if this version of the suite sends the very same one, byte by byte: nothing
 * else is sent for it, for a report may come from anywhere.
 */
export function recalled({ deviation: reported, case: kept }: ReportedSending, origin: Origin): Recorded | undefined {
  const { runs, ...same } = origin;
  const context = kept === undefined ? undefined : contextOf(kept, origin.edition);
  const fixture = kept === undefined ? undefined : fixtureOf(kept);
  if (kept === undefined || context === undefined || fixture === undefined) return undefined;
  const { given, at = given, fresh, sha256 } = kept;
  const then: Setting = { ...same, fixture };
  const rest = { given, at, fresh, key: JSON.stringify([sha256, given, at, fresh]), fixture };
  if (reported === undefined) {
    const play: Play = { context, deviation: undefined };
    return isSame(play, then, sha256) ? { ...rest, accepted: 'always', make: () => play } : undefined;
  }
  const kind = kindOf(reported.kind);
  const second = reported.second === undefined ? undefined : kindOf(reported.second.kind);
  const field = fields.find((one) => one === reported.field);
  if (kind === undefined || (reported.second !== undefined && second === undefined)) return undefined;
  const all = (setting: Setting): Iterable<Deviation> => deviationsSent(sendOf(kind, field, second), setting, runs);
  let place = 0;
  for (const deviation of all(then)) {
    if (isSame({ context, deviation }, then, sha256)) {
      const make = (setting: Setting): Play | undefined => {
        const found = nth(all(setting), place);
        return found === undefined ? undefined : { context, deviation: found };
      };
      return { ...rest, accepted: traitsOf(kind).accepted, make };
    }
    place += 1;
  }
  return undefined;
}

function sendOf(of: DeviationKind, field: Field | undefined, second: DeviationKind | undefined) {
  return {
    kind: 'deviation' as const,
    of,
    ...(field === undefined ? {} : { field }),
    ...(second === undefined ? {} : { second: [second] }),
  };
}

function kindOf(name: string): DeviationKind | undefined {
  return Object.hasOwn(deviations, name) ? (name as DeviationKind) : undefined;
}

/** Whether a play makes the request with this digest, and is what it says. */
function isSame(play: Play, { fixture, edition: name }: Setting, sha256: string): boolean {
  const made = lawfulPlay(play, name);
  if (contextKey(made.context) !== contextKey(play.context)) return false;
  const rendered = renderedFor(fixture, made, name);
  return rendered !== undefined && digestOf(rendered.request) === sha256 && keepsItsClaim(rendered, name);
}

/** Undefined: the values of the state are no text that an address can hold. */
function renderedFor(fixture: Fixture, { context, deviation }: Play, name: EditionName): Case | undefined {
  try {
    return render({ fixture, edition: name }, context, deviation);
  } catch (error) {
    if (error instanceof URIError) return undefined;
    throw error;
  }
}

function contextOf({ levels, values }: ReportedCase, name: EditionName): Context | undefined {
  const isKnown = ([dimension, level]: readonly [string, string]): boolean =>
    dimensionNames.some((one) => one === dimension && levelsOf(one, name).includes(level));
  const isOfField = (field: string): boolean => dimensionNames.some((one) => one === field && isField(one));
  if (!Object.entries(levels).every(isKnown) || !Object.keys(values).every(isOfField)) return undefined;
  return { levels: { ...plain.levels, ...levels }, values };
}

function fixtureOf({ fixture }: ReportedCase): Fixture | undefined {
  const { project_id, pool_id, image_id } = fixture;
  if (typeof project_id !== 'string' || typeof pool_id !== 'string' || typeof image_id !== 'string') return undefined;
  return { ...fixture, project_id, pool_id, image_id };
}

function nth<T>(all: Iterable<T>, wanted: number): T | undefined {
  let place = 0;
  for (const one of all) {
    if (place === wanted) return one;
    place += 1;
  }
  return undefined;
}
