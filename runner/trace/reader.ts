import type {
  AskedLine,
  Came,
  EndedLine,
  ExchangeLine,
  RunLine,
  ThrewLine,
  ToldLine,
  TraceLine,
} from '../../specs/trace.ts';
import { traceVersion } from '../../specs/trace.ts';
import { Lengthening } from './came.ts';
import { parseLine } from './parse.ts';
import { textsOf } from './texts.ts';

/** Thrown for a file that is no trace of ours, or one of a newer suite. */
export class TraceUnreadable extends Error {
  override readonly name = 'TraceUnreadable';
}

/** A command as it is on record, with what came of it; without an end where the run was cut off in the middle. */
export interface Step {
  readonly asked: AskedLine;
  /** By the id of the request. */
  readonly exchanges: ReadonlyMap<number, Recorded>;
  readonly end: ToldLine | ThrewLine | undefined;
}

export interface Recorded extends Pick<ExchangeLine, 'n' | 'id' | 'what' | 'started' | 'ended'> {
  readonly came: Came;
}

/** A trace that is read as it is needed. */
export interface TraceReader {
  readonly run: RunLine;
  /** The next command; undefined behind the last one. Rejects with TraceUnreadable. */
  next(): Promise<Step | undefined>;
  /** Known once `next` has come to the end. */
  readonly ended: EndedLine | undefined;
  /** Exchanges that were read so far. */
  readonly exchanges: number;
  close(): Promise<void>;
}

/** Opens a trace. A last line that was cut off is left out. `end`: bytes to read. Rejects with TraceUnreadable. */
export async function openTrace(file: string, end = Number.POSITIVE_INFINITY): Promise<TraceReader> {
  const lines = linesOf(file, textsOf(file, end));
  const first = (await lines.next()).value;
  if (first?.line !== 'run') throw new TraceUnreadable(`${file} is no trace: its first line does not describe a run.`);
  if (first.trace > traceVersion)
    throw new TraceUnreadable(
      `${file} was written by a newer suite (trace version ${first.trace}); this one reads up to ${traceVersion}.`,
    );
  const lengthening = new Lengthening();
  let exchanges = 0;
  let ended: EndedLine | undefined;
  let asked: AskedLine | undefined;

  const step = async (): Promise<Step | undefined> => {
    const came = new Map<number, Recorded>();
    for (;;) {
      const { value: line, done } = await lines.next();
      if (done === true || line === undefined) {
        const known = asked;
        asked = undefined;
        return known === undefined ? undefined : { asked: known, exchanges: came, end: undefined };
      }
      switch (line.line) {
        case 'asked':
          asked = line;
          break;
        case 'exchange': {
          const { n, id, what, started, ended: at } = line;
          exchanges = n;
          came.set(id, { n, id, what, started, ended: at, came: lengthening.of(n, line.came) });
          break;
        }
        case 'told':
        case 'threw': {
          const known = asked;
          asked = undefined;
          if (known?.step === line.step) return { asked: known, exchanges: came, end: line };
          throw new TraceUnreadable(`${file} is damaged: step ${line.step} ends without having begun.`);
        }
        case 'ended':
          ended = line;
          break;
        case 'resumed':
          ended = undefined;
          break;
        case 'run':
          throw new TraceUnreadable(`${file} holds more than one run; give each run its own trace.`);
      }
    }
  };

  return {
    run: first,
    async next() {
      try {
        return await step();
      } catch (error) {
        if (error instanceof TraceUnreadable) throw error;
        throw new TraceUnreadable(`${file} is damaged: ${error instanceof Error ? error.message : String(error)}.`);
      }
    },
    get ended() {
      return ended;
    },
    get exchanges() {
      return exchanges;
    },
    async close() {
      await lines.return(undefined);
    },
  };
}

async function* linesOf(file: string, texts: AsyncIterable<string>): AsyncGenerator<TraceLine, undefined> {
  let number = 0;
  let pending: string | undefined;
  try {
    for await (const text of texts) {
      if (pending !== undefined) yield parsed(file, number, pending);
      number += 1;
      pending = text;
    }
  } catch (error) {
    if (error instanceof TraceUnreadable) throw error;
    const { code, message } = error as NodeJS.ErrnoException;
    throw new TraceUnreadable(`${file} cannot be read: ${code ?? message}.`);
  }
  if (pending === undefined) return;
  // The last line may have been cut off.
  const last = attempt(() => parseLine(pending ?? ''));
  if (last !== undefined) yield last;
}

function parsed(file: string, number: number, text: string): TraceLine {
  try {
    return parseLine(text);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new TraceUnreadable(`${file}, line ${number}: ${why}.`);
  }
}

function attempt<T>(action: () => T): T | undefined {
  try {
    return action();
  } catch {
    return undefined;
  }
}
