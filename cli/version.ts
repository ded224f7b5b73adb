import { createRequire } from 'node:module';

/** The version in package.json, which is one folder up from the sources and two up from the built files. */
export function version(): string {
  const require = createRequire(import.meta.url);
  for (const path of ['../package.json', '../../package.json']) {
    try {
      return (require(path) as { version: string }).version;
    } catch {
      // The other place has it.
    }
  }
  return 'unknown';
}
