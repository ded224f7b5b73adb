import { spawn } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createMessageConnection, type MessageConnection } from 'vscode-jsonrpc/node.js';
import { documentOf } from '../cli/init/document.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
/** A project in which the package is installed. */
const folder = mkdtempSync(join(tmpdir(), 'editor-'));
const file = join(folder, 'conformance.yaml');
const uri = pathToFileURL(file).href;
const answers = { target: 'https://w.example', project: 'p1', pool: 'a', image: 'i', auth: 'token' } as const;

interface Diagnostic {
  readonly message: string;
  readonly range: { readonly start: { readonly line: number } };
}

let server: ReturnType<typeof spawn>;
let connection: MessageConnection;
let published: (diagnostics: readonly Diagnostic[]) => void = () => {};

/** The server that the YAML extension of VS Code runs. */
beforeAll(async () => {
  const specs = join(folder, 'node_modules/rebuild-conformance/specs');
  mkdirSync(specs, { recursive: true });
  copyFileSync(join(root, 'specs/config.schema.json'), join(specs, 'config.schema.json'));
  const script = join(root, 'node_modules/yaml-language-server/bin/yaml-language-server');
  const child = spawn(process.execPath, [script, '--stdio'], { stdio: ['pipe', 'pipe', 'ignore'] });
  server = child;
  connection = createMessageConnection(child.stdout, child.stdin);
  connection.onNotification('textDocument/publishDiagnostics', ({ diagnostics }: { diagnostics: Diagnostic[] }) =>
    published(diagnostics),
  );
  // No schema store: nothing is fetched from anywhere.
  const settings = { validate: true, hover: true, completion: true, schemaStore: { enable: false } };
  connection.onRequest('workspace/configuration', ({ items }: { items: { section?: string }[] }) =>
    items.map(({ section }) => (section === 'yaml' ? settings : {})),
  );
  connection.onRequest('client/registerCapability', () => null);
  connection.listen();
  const workspaceFolders = [{ uri: pathToFileURL(folder).href, name: 'project' }];
  const capabilities = { workspace: { configuration: true }, textDocument: {} };
  await connection.sendRequest('initialize', { processId: process.pid, rootUri: null, capabilities, workspaceFolders });
  await connection.sendNotification('initialized', {});
  await connection.sendNotification('workspace/didChangeConfiguration', { settings: { yaml: settings } });
});

afterAll(() => {
  connection.dispose();
  server.kill();
  rmSync(folder, { recursive: true });
});

/** What `init` writes there, with the schema of the installed package. */
function written(): string {
  const text = documentOf(answers, file);
  return text.replace(/\$schema=\S+/, '$schema=./node_modules/rebuild-conformance/specs/config.schema.json');
}

let version = 0;
/** Opens a text, and resolves to what the editor underlines. */
function open(text: string): Promise<readonly Diagnostic[]> {
  version += 1;
  const told = new Promise<readonly Diagnostic[]>((resolve) => {
    published = resolve;
  });
  const textDocument = { uri, languageId: 'yaml', version, text };
  void connection.sendNotification('textDocument/didOpen', { textDocument });
  return told;
}

const lineOf = (text: string, part: string): number => text.split('\n').findIndex((line) => line.includes(part));

test('what init writes is right by its schema line', async () => {
  expect(await open(written())).toEqual([]);
});

test('a wrong key is underlined', async () => {
  const text = written().replace('  url: ', '  ulr: ');
  const found = await open(text);
  expect(found.map(({ message, range }) => [message, range.start.line])).toEqual([
    [expect.stringContaining('ulr'), lineOf(text, 'ulr:')],
  ]);
});

test('a key is explained, and states are proposed', async () => {
  const text = written().replace('  # pool is busy:', '  \n  # pool is busy:');
  await open(text);
  const textDocument = { uri };
  const hover = await connection.sendRequest<{ contents: { value: string } }>('textDocument/hover', {
    textDocument,
    position: { line: lineOf(text, 'pool is ready:'), character: 5 },
  });
  expect(hover.contents.value).toContain('A pool that accepts a rebuild now');
  const list = await connection.sendRequest<{ items: { label: string }[] }>('textDocument/completion', {
    textDocument,
    position: { line: lineOf(text, '  # pool is busy:') - 1, character: 2 },
  });
  expect(list.items.map(({ label }) => label)).toContain('token is expired');
});
