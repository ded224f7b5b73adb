import ora from 'ora';
import type { RunEvents } from '../runner/run.ts';

export interface Progress extends RunEvents {
  stop(): void;
}

const pause = 10_000;

/** Tells people on stderr how far the run is: a spinner on a terminal, else a line now and then. */
export function progress(quiet: boolean, color: boolean): Progress {
  if (quiet) return { stop() {} };
  const line = (text: string): boolean => process.stderr.write(`${text}\n`);
  const words = ({ requests, rebuilds, current }: Parameters<NonNullable<RunEvents['onProgress']>>[0]): string =>
    `${requests} requests, ${rebuilds} rebuilds: ${current}`;

  if (!process.stderr.isTTY) {
    let last = Date.now();
    return {
      onProgress(p) {
        if (Date.now() - last < pause) return;
        last = Date.now();
        line(words(p));
      },
      onNotice: line,
      stop() {},
    };
  }

  const spinner = ora({
    stream: process.stderr,
    discardStdin: false,
    text: 'starting',
    ...(color ? {} : { color: false }),
  });
  spinner.start();
  return {
    onProgress(p) {
      spinner.text = words(p);
    },
    onNotice(text) {
      spinner.clear();
      line(text);
    },
    stop() {
      spinner.stop();
    },
  };
}
