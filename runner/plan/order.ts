import { plain, unusual } from '../../generators/contexts.ts';
import type { Setting } from '../../generators/deviations/source.ts';
import type { Item } from './items.ts';

/** Valid and doubtful cases, as they are to be played. */
export interface Arrangement {
  /** Each ends a round. */
  readonly endings: readonly Item[];
  /** Played beside the rejections, where an acceptance makes no pool busy. */
  readonly beside: readonly Item[];
  /** Those for which there are not enough rebuilds. */
  readonly cut: readonly Item[];
}

const anybody: Setting = { fixture: { project_id: 'p', pool_id: 'q', image_id: 'i' }, auth: 'aksk', seed: 0 };

/** What weighs most comes first: each level and each row once, then the rest, until the rebuilds are spent. */
export function arrange(all: {
  readonly valid: readonly Item[];
  readonly doubtful: readonly Item[];
  readonly isBusy: boolean;
  readonly most: number;
}): Arrangement {
  const { valid, doubtful, isBusy, most } = all;
  const [levels, others] = byLevels(valid);
  const [counting, minor] = byRows(doubtful);
  const ordered = [...levels, ...counting, ...others, ...minor];
  const kept = new Set(ordered.slice(0, most));
  const cut = ordered.slice(most);
  const isValid = new Set(valid);
  const endings = ordered.filter((item) => kept.has(item) && (isBusy || isValid.has(item)));
  const beside = isBusy ? [] : doubtful.filter((item) => kept.has(item));
  return { endings, beside, cut };
}

/** Those that together meet each level, with those that are named by rows; and the others. */
function byLevels(valid: readonly Item[]): readonly [readonly Item[], readonly Item[]] {
  const named = valid.filter(({ rows }) => rows.length > 0);
  let left = valid.filter(({ rows }) => rows.length === 0);
  const seen = new Set<string>();
  const levelsOf = (item: Item): readonly string[] => {
    const { context } = item.make(anybody) ?? { context: plain };
    return unusual(context)
      .filter((dimension) => dimension !== 'query')
      .map((dimension) => `${dimension}=${context.levels[dimension]}`);
  };
  for (const item of named) for (const level of levelsOf(item)) seen.add(level);
  const chosen: Item[] = [];
  for (;;) {
    const gains = left.map((item) => levelsOf(item).filter((level) => !seen.has(level)).length);
    const best = Math.max(0, ...gains);
    const item = left[gains.indexOf(best)];
    if (best === 0 || item === undefined) break;
    chosen.push(item);
    for (const level of levelsOf(item)) seen.add(level);
    left = left.filter((one) => one !== item);
  }
  return [[...named, ...chosen], left];
}

/** The first case of each group whose rows count, and the others. */
function byRows(doubtful: readonly Item[]): readonly [readonly Item[], readonly Item[]] {
  const seen = new Set<string>();
  const first: Item[] = [];
  const rest: Item[] = [];
  for (const item of doubtful) {
    const counts = item.rows.some(({ level }) => level !== 'MAY');
    if (counts && !seen.has(item.group)) first.push(item);
    else rest.push(item);
    seen.add(item.group);
  }
  return [first, rest];
}
