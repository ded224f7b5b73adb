import type { Setting } from '../../generators/deviations/source.ts';
import { Core } from '../../runner/decide/core.ts';
import { Ledger } from '../../runner/decide/ledger.ts';
import { budgetOf } from '../../runner/plan/budget.ts';
import { fixedItems, generatedItems, validItems } from '../../runner/plan/items.ts';
import { arrange } from '../../runner/plan/order.ts';
import type { Requirement, State } from '../../specs/requirement.ts';

/** What a run will take, as far as can be known before it. */
export interface Cost {
  readonly requests: number;
  /** Those that a correct target accepts. */
  readonly rebuilds: number;
}

/** What is sent beside the cases where nothing may be acted on. */
const hails: Cost = { requests: 3, rebuilds: 0 };
/** What is sent beside the cases of the plan, about: the control, what several requests show, and the walks. */
const relations: Cost = { requests: 60, rebuilds: 12 };
const walk: Cost = { requests: 9, rebuilds: 3 };
const runsPerWalk = 10;
const mostWalks = 12;
/** Rejections behind which a control is sent. */
const batch = 96;

/** The cost of a run of these rows at a target about which the core knows what there is to know. */
export function costOf(core: Core, rows: readonly Requirement[], runs: number): Cost {
  const planned = new Core(core.options, new Ledger([], core.options.edition));
  const { target, options } = planned;
  target.goesBusy = core.target.goesBusy;
  target.busyFor = core.target.busyFor;
  const setting = (given: State): Setting | undefined => core.setting(given);
  const { rejections, doubtful } = fixedItems(rows, setting);
  const valid = validItems(rows, core.fixture('image is billed') !== undefined, core.options.edition);
  const { endings, beside } = arrange({
    valid,
    doubtful,
    isBusy: target.goesBusy,
    most: budgetOf(planned).dear,
    edition: options.edition,
  });
  const isSlow = target.goesBusy && !options.hasHandler;
  const beyond = rows.some(({ send }) => send.kind === 'relation') ? relations : hails;
  const walks = beyond === hails ? 0 : isSlow ? 1 : 1 + Math.min(mostWalks - 1, Math.floor(runs / runsPerWalk));
  planned.rebuilds = endings.length + beside.length + beyond.rebuilds + walks * walk.rebuilds;
  const contracts = rows.filter(({ send, techniques }) => send.kind === 'deviation' && techniques.includes('contract'));
  const fixed =
    contracts.length + rejections.length + endings.length + beside.length + beyond.requests + walks * walk.requests;

  const groups = new Set(
    rows.flatMap(({ send, given }) => (send.kind === 'deviation' ? [`${given} ${JSON.stringify(send)}`] : [])),
  );
  const { generatedDear } = budgetOf(planned);
  const contexts = Math.min(runs, generatedDear);
  const doubtfulRuns = target.goesBusy ? 0 : Math.floor((generatedDear - contexts) / Math.max(1, groups.size / 4));
  let rejected = 0;
  let dear = contexts;
  for (const round of generatedItems(rows, setting, runs, Math.min(runs, doubtfulRuns))) {
    rejected += round.rejections.length;
    dear += round.doubtful.length;
  }
  const controls = Math.max(0, Math.ceil(rejected / batch) - contexts);
  return {
    requests: fixed + rejected + dear + controls,
    rebuilds: Math.min(options.limits.rebuilds, planned.rebuilds + dear + controls),
  };
}
