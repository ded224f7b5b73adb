import type { Play } from '../../generators/cases.ts';
import { plain, unusual } from '../../generators/contexts.ts';
import type { Context } from '../../generators/model.ts';
import type { EditionName } from '../../specs/editions.ts';
import type { Level } from '../../specs/requirement.ts';
import { type Item, rowsOfContext } from './items.ts';
import { stretchesOf } from './stretches.ts';

/** Valid and doubtful cases, as they are to be played. */
export interface Arrangement {
  /** Each ends a round. */
  readonly endings: readonly Item[];
  /** Played beside the rejections, where an acceptance makes no pool busy. */
  readonly beside: readonly Item[];
  /** Those for which there are not enough rebuilds. */
  readonly cut: readonly Item[];
}

type PlayOf = (item: Item) => Play | undefined;

/** What items are for somebody or other: their contexts do not depend on whom. Each is made once. */
function makePlayOf(edition: EditionName): PlayOf {
  const setting = {
    fixture: { project_id: 'p', pool_id: 'q', image_id: 'i' },
    auth: 'aksk',
    seed: 0,
    edition,
  } as const;
  const made = new Map<Item, Play | undefined>();
  return (item) => {
    if (!made.has(item)) made.set(item, item.make(setting));
    return made.get(item);
  };
}

/** What weighs most comes first: each row, those that bind most before the others; each level; then the rest, until the rebuilds are spent. */
export function arrange(all: {
  readonly valid: readonly Item[];
  readonly doubtful: readonly Item[];
  readonly isBusy: boolean;
  readonly most: number;
  readonly edition: EditionName;
}): Arrangement {
  const { valid, doubtful, isBusy, most, edition } = all;
  const playOf = makePlayOf(edition);
  const rowsOf = (level: Level) => (item: Item) => rowsOfPlay(item, playOf(item), level);
  const levelsOf = (item: Item): readonly string[] => levelsOfContext(playOf(item)?.context ?? plain);
  const isValid = new Set(valid);
  const [musts, beyondMusts] = covering([...valid, ...doubtful], rowsOf('MUST'));
  const [shoulds, beyondShoulds] = covering(beyondMusts, rowsOf('SHOULD'), [...musts]);
  const [levels, others] = covering(
    beyondShoulds.filter((item) => isValid.has(item)),
    levelsOf,
    [...musts, ...shoulds].filter((item) => isValid.has(item)),
  );
  const minor = beyondShoulds.filter((item) => !isValid.has(item));
  const ordered = [...musts, ...shoulds, ...levels, ...firstOfGroups(minor), ...others];
  const placed = new Set(ordered);
  ordered.push(...minor.filter((item) => !placed.has(item)));
  const kept = new Set(ordered.slice(0, most));
  const cut = ordered.slice(most);
  const chosen = ordered.filter((item) => kept.has(item) && (isBusy || isValid.has(item)));
  // Where each rebuild is waited for, no connection lasts from one to the next.
  const endings = isBusy
    ? chosen
    : stretchesOf(chosen, (item) => (playOf(item)?.context ?? plain).levels.connection).flat();
  const beside = isBusy ? [] : doubtful.filter((item) => kept.has(item));
  return { endings, beside, cut };
}

/** The fewest that together have everything that any of them has, nearly, and the others; what `before` have is had. */
function covering(
  items: readonly Item[],
  has: (item: Item) => readonly string[],
  before: readonly Item[] = [],
): readonly [readonly Item[], readonly Item[]] {
  const had = new Set(before.flatMap(has));
  const having: Having = new Map(items.map((item) => [item, has(item).filter((one) => !had.has(one))]));
  // Whichever comes first, the one that then adds most is next: of all these ways the shortest.
  const ways = items.filter((item) => having.get(item)?.length !== 0).map((item) => meeting(item, having));
  const [shortest = []] = ways.sort((a, b) => a.length - b.length);
  const chosen = meeting(undefined, new Map(shortest.map((item) => [item, having.get(item) ?? []])));
  return [chosen, items.filter((item) => !chosen.includes(item))];
}

type Having = ReadonlyMap<Item, readonly string[]>;

/** What begins so, and goes on with whatever adds most until nothing adds anything. */
function meeting(first: Item | undefined, having: Having): readonly Item[] {
  const chosen = first === undefined ? [] : [first];
  const seen = new Set(first === undefined ? [] : having.get(first));
  for (;;) {
    let best: Item | undefined;
    let most = 0;
    for (const [item, all] of having) {
      const gain = all.filter((one) => !seen.has(one)).length;
      if (gain > most) [best, most] = [item, gain];
    }
    if (best === undefined) return chosen;
    for (const one of having.get(best) ?? []) seen.add(one);
    chosen.push(best);
  }
}

/** The rows of a level that an item speaks for if it is accepted. */
function rowsOfPlay({ rows, given }: Item, play: Play | undefined, level: Level): readonly string[] {
  const more = play?.deviation === undefined ? rowsOfContext(play?.context ?? plain, given) : [];
  return [...rows, ...more].flatMap((row) => (row.level === level ? [row.id] : []));
}

function levelsOfContext(context: Context): readonly string[] {
  return unusual(context)
    .filter((dimension) => dimension !== 'query')
    .map((dimension) => `${dimension}=${context.levels[dimension]}`);
}

/** The first case of each group whose rows count. */
function firstOfGroups(items: readonly Item[]): readonly Item[] {
  const seen = new Set<string>();
  return items.filter(({ group, rows }) => {
    if (seen.has(group) || rows.every(({ level }) => level === 'MAY')) return false;
    seen.add(group);
    return true;
  });
}
