import { canonicalPlay, fixedPlays, hasManyValues, type Play, randomPlay } from '../../generators/cases.ts';
import { fixedContexts, forAuth, full, plain, randomContext, unusual, withLevel } from '../../generators/contexts.ts';
import type { Setting } from '../../generators/deviations/source.ts';
import type { Context } from '../../generators/model.ts';
import { rowOfLevel } from '../../specs/contexts.ts';
import { type DeviationKind, traitsOf } from '../../specs/deviations.ts';
import type { EditionName } from '../../specs/editions.ts';
import type { Requirement, Send, State } from '../../specs/requirement.ts';
import { type RequirementId, requirement, requirements } from '../../specs/requirements.ts';

/** One case of the plan. It is made when it is sent, for the values that its state has then. */
export interface Item {
  /** Rows that are judged by the status of its answer. */
  readonly rows: readonly Requirement[];
  readonly given: State;
  /** What cases with the same deviations share. */
  readonly group: string;
  readonly isFixed: boolean;
  /** Sent to the pool of another state than its own. */
  readonly at?: State;
  /** The case that this one stands for, where no rebuild can be had. */
  readonly scouts?: Item;
  /** `undefined`: there is no such case for these values. */
  readonly make: (setting: Setting) => Play | undefined;
}

/** Cases that a correct target rejects, cases that it may accept, and valid ones. */
export interface Items {
  readonly rejections: readonly Item[];
  readonly doubtful: readonly Item[];
  readonly valid: readonly Item[];
}

type Deviated = Requirement & { readonly send: Extract<Send, { kind: 'deviation' }> };

/** Rows that are served by the same cases. */
interface Group {
  readonly key: string;
  readonly rows: readonly [Deviated, ...Deviated[]];
}

function groupsOf(rows: readonly Requirement[]): readonly Group[] {
  const groups = new Map<string, [Deviated, ...Deviated[]]>();
  for (const row of rows) {
    if (row.send.kind !== 'deviation') continue;
    const deviated = row as Deviated;
    const key = JSON.stringify([row.given, row.send]);
    const known = groups.get(key);
    if (known === undefined) groups.set(key, [deviated]);
    else known.push(deviated);
  }
  return [...groups].map(([key, members]) => ({ key, rows: members }));
}

/** The fixed cases of the selected rows, each class spread over the whole. `setting`: of the state of a row, as it is at the start. */
export function fixedItems(
  selected: readonly Requirement[],
  setting: (given: State) => Setting | undefined,
): Pick<Items, 'rejections' | 'doubtful'> {
  const placed = groupsOf(selected).flatMap(({ key, rows }) => {
    const [first] = rows;
    const now = setting(first.given);
    if (now === undefined) return [];
    const count = fixedPlays(first.send, now).length;
    const isHarsh = traitsOf(first.send.of).phase === 'harsh';
    return Array.from({ length: count }, (_, i) => ({
      item: {
        rows,
        given: first.given,
        group: key,
        isFixed: true,
        make: (later: Setting): Play | undefined => fixedPlays(first.send, later)[i],
      },
      // What has brought servers down goes last, so that little is lost with it.
      place: (i + 0.5) / count + (isHarsh ? 1 : 0),
      accepted: traitsOf(first.send.of).accepted,
    }));
  });
  placed.sort((a, b) => a.place - b.place);
  const of = (isRejected: boolean): Item[] =>
    placed.flatMap(({ item, accepted }) => ((accepted === 'never') === isRejected ? [item] : []));
  return { rejections: of(true), doubtful: of(false) };
}

/** States whose rejections may start something on another pool than their own. */
const foreign: readonly (readonly [State, DeviationKind])[] = [
  ['token lacks permission', 'credential of the state'],
  ['token is for another project', 'credential of the state'],
  ['token is expired', 'credential of the state'],
  ['image is billed', 'missing order'],
];

/** Rejections by what other states bring, at the pool that is ready; judged by nothing but what they start. */
export function foreignItems(setting: (given: State) => Setting | undefined, times: number): readonly Item[] {
  const ready = setting('pool is ready')?.fixture.pool_id;
  return foreign.flatMap(([given, of]): Item[] => {
    const own = setting(given);
    if (own === undefined || own.fixture.pool_id === ready) return [];
    const make = (later: Setting): Play | undefined => canonicalPlay({ kind: 'deviation', of }, later);
    return Array.from({ length: times }, () => ({
      rows: [],
      given,
      group: `${given} elsewhere`,
      isFixed: true,
      at: 'pool is ready' as const,
      make,
    }));
  });
}

/** One in so many generated cases goes to what has few values: only its contexts vary. */
const fewValuesShare = 4;

/**
 * Cases for which there are no rebuilds, at a pool that does not exist. They are judged by what holds for every answer;
 * and one that is refused there for more than the pool is a reason to find a rebuild for the case that it stands for.
 */
export function scoutsOf(cut: readonly Item[]): readonly Item[] {
  return cut.flatMap((item): readonly Item[] =>
    item.given === 'pool is ready'
      ? [{ ...item, rows: [], group: `${item.group} nowhere`, at: 'pool does not exist', scouts: item }]
      : [],
  );
}

/** The n-th generated cases of all groups, one a group. `setting`: of the state of a row, as it is at the start. */
export function* generatedItems(
  selected: readonly Requirement[],
  setting: (given: State) => Setting | undefined,
  runs: number,
  doubtfulRuns: number,
): Generator<{ readonly rejections: readonly Item[]; readonly doubtful: readonly Item[] }> {
  const groups = groupsOf(selected).flatMap((group) => {
    const [{ given, send }] = group.rows;
    const now = setting(given);
    if (now === undefined) return [];
    const isRejected = traitsOf(send.of).accepted === 'never';
    const share = hasManyValues(send, now) ? 1 : fewValuesShare;
    return [{ ...group, isRejected, most: Math.ceil((isRejected ? runs : Math.min(runs, doubtfulRuns)) / share) }];
  });
  for (let n = 0; n < runs; n += 1) {
    const items = groups.flatMap(({ key, rows, isRejected, most }) => {
      const [first] = rows;
      if (n >= most) return [];
      const make = (later: Setting): Play | undefined => randomPlay(first.send, later, n);
      return [{ item: { rows, given: first.given, group: key, isFixed: false, make }, isRejected }];
    });
    const of = (wanted: boolean): Item[] =>
      items.flatMap(({ item, isRejected }) => (isRejected === wanted ? [item] : []));
    yield { rejections: of(true), doubtful: of(false) };
  }
}

/** The rows that an accepted valid request speaks for: those of its levels, and those that name the whole of it. */
export function rowsOfContext(context: Context, given: State): readonly Requirement[] {
  if (given === 'image is billed')
    return requirements.filter((row) => row.given === given && row.send.kind === 'context');
  const ids = unusual(context).flatMap((dimension): RequirementId[] => {
    const id = rowOfLevel(dimension, context.levels[dimension]);
    return id === undefined ? [] : [id];
  });
  return [...new Set(ids)].map((id) => requirement(id));
}

/** A valid request in a context, whatever the values. */
export function validItem(context: Context, given: State = 'pool is ready', rows: readonly Requirement[] = []): Item {
  return {
    rows,
    given,
    group: 'valid',
    isFixed: true,
    make: ({ auth }) => ({ context: forAuth(context, auth), deviation: undefined }),
  };
}

/** The billed image with its order, and contexts around it. */
function billed(edition: EditionName): readonly Context[] {
  return [withLevel(plain, 'order_id', 'given'), withLevel(full(edition), 'is_fix', 'true')];
}

/** The valid requests of an edition's fixed plan that selected rows ask for, the most telling first. */
export function validItems(
  selected: readonly Requirement[],
  hasBilled: boolean,
  edition: EditionName,
): readonly Item[] {
  const wanted = new Set(selected.map(({ id }) => id));
  const named = (which: 'plain' | 'full'): readonly Requirement[] =>
    selected.filter(({ send }) => send.kind === 'context' && send.which === which);
  const billedRows = selected.filter(({ given, send }) => given === 'image is billed' && send.kind === 'context');
  const serves = (context: Context): boolean =>
    rowsOfContext(context, 'pool is ready').some(({ id }) => wanted.has(id));
  const [, , ...others] = fixedContexts(edition);
  return [
    ...(named('plain').length > 0 ? [validItem(plain, 'pool is ready', named('plain'))] : []),
    ...(named('full').length > 0 ? [validItem(full(edition), 'pool is ready', named('full'))] : []),
    ...(hasBilled && billedRows.length > 0
      ? billed(edition).map((context, i) => validItem(context, 'image is billed', i === 0 ? billedRows : []))
      : []),
    ...[...others, withLevel(plain, 'query', 'image_id')].filter(serves).map((context) => validItem(context)),
  ];
}

/** The n-th generated context. */
export function generatedContext(seed: number, n: number, edition: EditionName): Item {
  return { ...validItem(randomContext(seed, n, edition)), isFixed: false };
}
