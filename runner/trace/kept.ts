import { closeSync, openSync, renameSync, writeSync } from 'node:fs';
import type { TraceLine } from '../../specs/trace.ts';
import { parseLine } from './parse.ts';
import { textsOf } from './texts.ts';

/**
 * Copies what is worth keeping of a trace, so that its run can go on: all whole lines or, where the target had gone
 * away, those up to its last answer. Resolves to the length of the copy, in bytes.
 */
export async function keep(from: string, to: string): Promise<number> {
  const last = await lastAnswer(from);
  const temporary = `${to}.tmp`;
  const descriptor = openSync(temporary, 'w', 0o600);
  let length = 0;
  let number = 0;
  let step = 0;
  try {
    for await (const text of textsOf(from)) {
      number += 1;
      const line = attempt(text);
      // Only the last line can be cut off.
      if (line === undefined && number > 1) break;
      if (last !== undefined && number > last.number) break;
      if (line?.line === 'asked') step = line.step;
      const isSilence = line?.line === 'exchange' && !('like' in line.came) && line.came.silence !== undefined;
      if (last !== undefined && step === last.step && isSilence) continue;
      const bytes = Buffer.from(`${text}\n`);
      for (let at = 0; at < bytes.length; ) at += writeSync(descriptor, bytes, at);
      length += bytes.length;
    }
  } finally {
    closeSync(descriptor);
  }
  renameSync(temporary, to);
  return length;
}

/** Where the last answer stands, in a run that came to an end because nothing more was answered; else undefined. */
async function lastAnswer(file: string): Promise<{ readonly number: number; readonly step: number } | undefined> {
  let number = 0;
  let step = 0;
  let last: { readonly number: number; readonly step: number } | undefined;
  let isBroken = false;
  for await (const text of textsOf(file)) {
    number += 1;
    const line = attempt(text);
    if (line?.line === 'asked') step = line.step;
    if (line?.line === 'ended') isBroken = line.broken && !line.interrupted;
    if (line?.line === 'resumed') isBroken = false;
    if (line?.line !== 'exchange') continue;
    const isAnswer = 'like' in line.came || line.came.answer !== undefined;
    if (isAnswer) last = { number, step };
  }
  return isBroken ? last : undefined;
}

function attempt(text: string): TraceLine | undefined {
  try {
    return parseLine(text);
  } catch {
    return undefined;
  }
}
