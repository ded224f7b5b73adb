import { test } from 'vitest';
import type { Command, Fact } from '../../runner/decide/procedure.ts';
import type { Report } from '../../specs/report.ts';
import { checkAgainst, shortOf, told } from './golden.ts';
import type { Nature } from './nature.ts';
import { simulate } from './simulate.ts';

/** Targets on which it is written down what is asked, and in which order: a change of the suite shows what it moves. */
const whole: Readonly<Record<string, Partial<Nature>>> = {
  'always ready': {},
  'busy for two seconds': { busy: { ms: 2000, how: 'always' } },
  'busy, with a state handler': { busy: { ms: 2000, how: 'always' }, handler: true },
  'busy, three pools': { busy: { ms: 2000, how: 'always' }, pools: ['sim-pool-1', 'sim-pool-2', 'sim-pool-3'] },
  throttling: { throttle: { perSecond: 8, retryAfter: true } },
  'away for a moment': { restarts: [{ at: 3000, ms: 1500, forgets: false }] },
};

/** Oddities that the page allows, one alone each; of these it is written down what came of them, and whether anything moved. */
const oddities: Readonly<Record<string, Partial<Nature>>> = {
  'busy for five minutes': { busy: { ms: 300_000, how: 'always' } },
  'busy for as long as chance has it': { busy: { ms: 3_000, how: 'by chance' } },
  'busy after each tenth acceptance': { busy: { ms: 300, each: 10 } },
  'busy a moment after it has accepted': { busy: { ms: 700, how: 'always' }, busyAfter: 30 },
  'slow to answer': { latency: { least: 20, most: 900 } },
  'looking at the body before the credential': { order: ['body', 'credential', 'pool', 'image', 'conflict'] },
  'looking at the pool before the body': { order: ['credential', 'pool', 'body', 'image', 'conflict'] },
  'throttling each seventh request': { disturbed: [{ each: 7, status: 429, retryAfter: true }] },
  'away behind its gateway now and then': { disturbed: [{ each: 11, status: 503, retryAfter: false }] },
  'closing each connection': { connections: { are: 'closed', each: 1 } },
  'resetting connections that are used again': { connections: { are: 'reset when used again' } },
  'losing answers to what it did': { lost: { each: 60, acts: true } },
  'refusing what it may refuse': { tolerates: tolerating(false) },
  'taking what it may take': { tolerates: tolerating(true) },
  'answering 400 for an unknown image': { unknownImage: 400 },
  'answering 404 to strangers': { otherProject: 404 },
  'answering 404 to other methods': { otherMethod: 404 },
  'numbering its jobs': { jobs: 'number', extra: true },
  'answering 409 first': { busyWithInvalidBody: 409 },
  'unable to fail': { failing: false },
};

function tolerating(all: boolean): Nature['tolerates'] {
  return {
    nulls: all,
    mark: all,
    unknownFields: all,
    otherMediaTypes: all,
    slashes: all,
    queries: all,
    twoTokens: all,
  };
}

type Fault = NonNullable<Nature['fault']>;

/** Answers in place of the right answer where that has a status. */
function where(
  status: number,
  answer: (asked: Parameters<Fault>[0], right: ReturnType<Fault>) => ReturnType<Fault>,
): Fault {
  return (asked) => {
    const right = asked.rightly();
    return 'status' in right && right.status === status ? answer(asked, right) : right;
  };
}

const accepted = { status: 200, body: { job_id: 'job-of-a-fault' } };

/** Faults of the common kinds. */
const faults: Readonly<Record<string, Partial<Nature>>> = {
  'accepts whatever is no body': { fault: where(400, ({ value }, right) => (value === undefined ? accepted : right)) },
  'answers 422 for 400': { fault: where(400, () => ({ status: 422, body: { detail: [] } })) },
  'answers 500 for 400': { fault: where(400, () => ({ status: 500, body: { error_code: 'SIM.5' } })) },
  'answers 401 in plain text': { fault: where(401, () => ({ status: 401, body: 'Unauthorized' })) },
  'gives each job the same id': { fault: where(200, () => accepted) },
  'never answers what is wrong': { fault: where(400, () => ({ silence: 'never' })) },
  'starts what it refuses': {
    busy: { ms: 300, how: 'always' },
    fault: where(400, ({ occupy }, right) => {
      occupy('pool-a', 600);
      return right;
    }),
  },
  'dies of what is no JSON': {
    fault: where(400, ({ value }, right) => (value === undefined ? { crash: 200 } : right)),
  },
};

function verdictsOf({ results, requests, rebuilds, outcome }: Report): readonly string[] {
  const others = results.filter(({ verdict }) => verdict !== 'pass');
  return [
    `${outcome}: ${requests} requests, ${rebuilds} rebuilds, ${results.length - others.length} pass`,
    ...others.map((result) =>
      `${result.requirement} ${result.technique} ${result.verdict} ${result.reason ?? ''}`.trim(),
    ),
  ];
}

/** What came of a target, and what it was asked, a line each. */
async function playedOn(
  nature: Partial<Nature>,
): Promise<{ readonly verdicts: readonly string[]; readonly asked: readonly string[] }> {
  const asked: string[] = [];
  const witness = { told: (command: Command, fact: Fact) => void asked.push(...told(command, fact)) };
  const { report } = await simulate(nature, { witness });
  return { verdicts: verdictsOf(report), asked };
}

/** All but what there were no rebuilds for. */
function isTelling(line: string): boolean {
  return !line.endsWith('untested the limit on rebuilds is reached');
}

test.each(Object.entries(whole))(
  'a target that is %s is asked as it was (UPDATE_GOLDEN=1 writes it again)',
  async (name, nature) => {
    const { verdicts, asked } = await playedOn(nature);
    const lines = [...verdicts, ...asked];
    checkAgainst(name.replaceAll(/[^a-z]+/g, '-'), `${lines.join('\n')}\n`);
  },
);

test.each([
  ['oddities', oddities],
  ['faults', faults],
] as const)('%s come out as they did (UPDATE_GOLDEN=1 writes it again)', async (name, natures) => {
  const parts: string[] = [];
  for (const [title, nature] of Object.entries(natures)) {
    const { verdicts, asked } = await playedOn(nature);
    // What was asked in full takes too much room: whoever wants to see what moved gives the target a file of its own.
    parts.push(
      `${title}: asked ${shortOf(asked.join('\n'))}\n`,
      ...verdicts.filter(isTelling).map((line) => `  ${line}\n`),
    );
  }
  checkAgainst(name, parts.join(''));
});
