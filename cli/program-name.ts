import { relative } from 'node:path';

/** The program as it was called: by its name where it is installed, else by Node and the file. */
export function programName(script = process.argv[1]): string {
  if (script === undefined || !/\.[cm]?[jt]s$/.test(script) || script.includes('node_modules'))
    return 'rebuild-conformance';
  return `node ${shellWord(relative(process.cwd(), script))}`;
}

/** A word as a shell takes it. */
export function shellWord(text: string): string {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}
