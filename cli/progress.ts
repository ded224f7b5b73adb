import { counted, roughly } from '../reports/text.ts';
import type { Cost } from '../runner/rehearsal/rehearsal.ts';
import type { Progress, RunEvents } from '../runner/run.ts';

export interface Shown extends RunEvents {
  stop(): void;
}

/** Milliseconds between two lines where there is no terminal, and between two looks on one. */
const pause = 10_000;
const blink = 100;
/** Waits that are worth telling. */
const longWait = 500;

/** Says how far a run is, in words; knows when each part began. */
export function createWords(now: () => number): (progress: Progress) => string {
  const begun = now();
  let part = { name: '', since: begun, from: 0 };
  return ({ requests, rebuilds, current, part: progress, waiting }) => {
    const time = now();
    if (current !== part.name) part = { name: current, since: time, from: progress?.done ?? 0 };
    const seconds = Math.max(0.001, (time - begun) / 1000);
    const spent = [
      counted(requests, 'request'),
      counted(rebuilds, 'rebuild'),
      `${Math.round(requests / seconds)}/s`,
    ].join(', ');
    const where = progress === undefined ? current : `${current} ${progress.done} of ${progress.total}`;
    const left = progress === undefined ? undefined : timeLeft(progress, part.from, time - part.since);
    const wait =
      waiting === undefined || waiting.ms < longWait
        ? ''
        : `; waiting ${Math.ceil(waiting.ms / 1000)} s: ${waiting.why}`;
    return `${spent}: ${where}${left === undefined ? '' : `, ${left}`}${wait}`;
  };
}

/** What is left of the current part, by what went before. */
function timeLeft({ done, total }: { readonly done: number; readonly total: number }, from: number, spent: number) {
  if (done <= from || spent < 1000) return undefined;
  const seconds = Math.ceil(((spent / (done - from)) * (total - done)) / 1000);
  return seconds < 100 ? `${seconds} s left` : `${Math.ceil(seconds / 60)} min left`;
}

/** What is ahead, in a sentence. */
export function forecast({ requests, rebuilds, duration }: Cost): string {
  const work = `${counted(requests, 'request')}, ${counted(rebuilds, 'rebuild')} and ${roughly(duration)}`;
  return `This takes about ${work}, if the implementation conforms.`;
}

/** Cuts a line at a word, since a spinner on two lines leaves traces. */
function fitting(text: string, columns: number): string {
  if (text.length <= columns) return text;
  const end = text.lastIndexOf(' ', columns - 2);
  return `${text.slice(0, end > 0 ? end : columns - 2)} …`;
}

/** Tells people on stderr how far the run is: a spinner on a terminal, else a line now and then. */
export async function progress(quiet: boolean, color: boolean): Promise<Shown> {
  if (quiet) return { stop() {} };
  const line = (text: string): boolean => process.stderr.write(`${text}\n`);
  const words = createWords(Date.now);

  if (!process.stderr.isTTY) {
    let last = Date.now();
    return {
      onProgress(p) {
        const text = words(p);
        if (Date.now() - last < pause) return;
        last = Date.now();
        line(text);
      },
      onNotice: line,
      onForecast: (cost) => line(forecast(cost)),
      stop() {},
    };
  }

  const { default: ora } = await import('ora');
  const spinner = ora({
    stream: process.stderr,
    discardStdin: false,
    text: 'starting',
    ...(color ? {} : { color: false }),
  });
  spinner.start();
  const above = (text: string): void => {
    spinner.clear();
    line(text);
  };
  let last = 0;
  return {
    onProgress(p) {
      const text = words(p);
      if (Date.now() - last < blink && p.waiting === undefined) return;
      last = Date.now();
      spinner.text = fitting(text, (process.stderr.columns ?? 80) - 3);
    },
    onNotice: above,
    onForecast: (cost) => above(forecast(cost)),
    stop() {
      spinner.stop();
    },
  };
}
