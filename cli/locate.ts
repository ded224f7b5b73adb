import { existsSync } from 'node:fs';

/** The configuration file that was named, else the usual one when it exists. */
export function locate(named: string | undefined): { file?: string } {
  if (named !== undefined) return { file: named };
  return existsSync('conformance.yaml') ? { file: 'conformance.yaml' } : {};
}

/** Drops what was not given, so that spread options keep their defaults. */
export function given<T extends object>(values: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as {
    [K in keyof T]?: Exclude<T[K], undefined>;
  };
}
