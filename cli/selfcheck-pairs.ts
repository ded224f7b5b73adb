import { startReference } from '../reference/endpoint.ts';
import { type Pair, pairs } from '../reference/pairs.ts';
import { readConfiguration } from '../runner/configuration/configuration.ts';
import { run } from '../runner/run.ts';
import { defaultEdition } from '../specs/editions.ts';
import type { Report } from '../specs/report.ts';
import { pooled } from './selfcheck.ts';

/** How a pair was played. */
export interface PlayedPair {
  readonly pair: Pair;
  readonly isFound: boolean;
}

const atOnce = 12;
const seed = 1;
/** Pairs between two lines of progress. */
const stride = 100;

/** Whether one of the rows fails that a pair breaks. */
export function shows({ breaks }: Pair, results: Report['results']): boolean {
  const broken = new Set<unknown>(breaks);
  return results.some(({ verdict, requirement }) => verdict === 'fail' && broken.has(requirement));
}

/** Plays the fixed cases of the rows that are to show a pair: it is found when one of them fails that it breaks. */
export async function playPair(pair: Pair): Promise<PlayedPair> {
  const reference = await startReference({ fault: pair });
  try {
    const configuration = readConfiguration({ data: reference.configuration, env: {}, overrides: {} });
    const { results } = await run({
      configuration,
      seed,
      runs: 0,
      only: pair.rows,
      strict: true,
      edition: defaultEdition,
      contracts: false,
    });
    return { pair, isFound: shows(pair, results) };
  } finally {
    await reference.close();
  }
}

/** `selfcheck --pairs`: do the fixed cases find each generated fault of two conditions? */
export async function pairsCommand(): Promise<number> {
  let done = 0;
  const played = await pooled(
    pairs,
    async (pair) => {
      const result = await playPair(pair);
      done += 1;
      if (done % stride === 0 || !result.isFound)
        process.stderr.write(`${done}/${pairs.length} ${pair.title}: ${result.isFound ? 'found' : 'missed'}\n`);
      return result;
    },
    atOnce,
  );
  process.stdout.write(pairsMatrix(played));
  return played.every(({ isFound }) => isFound) ? 0 : 1;
}

/** A line for what goes wrong: how many of its pairs were found, and beside what it was missed. */
export function pairsMatrix(played: readonly PlayedPair[]): string {
  const bySubject = new Map<string, PlayedPair[]>();
  for (const one of played) {
    const known = bySubject.get(one.pair.subject);
    if (known === undefined) bySubject.set(one.pair.subject, [one]);
    else known.push(one);
  }
  const lines = [...bySubject].map(([subject, all]) => {
    const missed = all.filter(({ isFound }) => !isFound).map(({ pair }) => pair.beside);
    const count = `${all.length - missed.length}/${all.length}`;
    const where = missed.length === 0 ? '' : `: ${missed.join(', ')}`;
    return `${missed.length === 0 ? 'found ' : 'missed'}  ${count.padStart(7)}  ${subject}${where}`;
  });
  const found = played.filter(({ isFound }) => isFound).length;
  return `${lines.join('\n')}\n\n${found} of ${played.length} pairs found\n`;
}
