import type { Readable, Writable } from 'node:stream';
import { confirm, isCancel, password, select, text } from '@clack/prompts';
import { UsageError } from '../../runner/configuration/usage-error.ts';

/** Asks a person. Each question rejects with a UsageError when it is broken off. */
export interface Terminal {
  text(message: string): Promise<string>;
  /** What is typed is not shown. */
  secret(message: string): Promise<string>;
  /** Resolves to one of the values. */
  choose(message: string, options: readonly Choice[]): Promise<string>;
  /** No, unless the person says yes. */
  confirm(message: string): Promise<boolean>;
}

export interface Choice {
  readonly value: string;
  readonly label: string;
}

function answered<T>(value: T): Exclude<T, symbol> {
  if (isCancel(value)) throw new UsageError('init was broken off; nothing was written.');
  return value as Exclude<T, symbol>;
}

const notEmpty = (value: string | undefined): string | undefined =>
  value?.trim() ? undefined : 'It must not be empty.';

export function createTerminal(streams: { readonly input: Readable; readonly output: Writable }): Terminal {
  return {
    text: async (message) => answered(await text({ message, validate: notEmpty, ...streams })).trim(),
    secret: async (message) => answered(await password({ message, validate: notEmpty, ...streams })),
    choose: async (message, options) =>
      answered(await select<string>({ message, options: options.map((option) => ({ ...option })), ...streams })),
    confirm: async (message) => answered(await confirm({ message, initialValue: false, ...streams })),
  };
}
